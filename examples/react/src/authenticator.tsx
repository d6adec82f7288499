// Codes of an authenticator app: set up, confirmed by the first one, turned off.
import { useEffect, useState } from 'react'
import { account } from './auth'
import { useCall } from './call'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'

export function Authenticator() {
  const { run, isPending, error } = useCall()
  const [isOn, setIsOn] = useState(false)
  const [invitation, setInvitation] = useState<Awaited<ReturnType<typeof account.mfa.enroll>> | null>(null)
  const [codes, setCodes] = useState<readonly string[]>([])
  const look = async () => setIsOn((await account.mfa.status()).totp)
  // oxlint-disable-next-line react/exhaustive-deps -- once, when the page opens
  useEffect(() => run(look), [])

  const confirm = (code: string) =>
    run(async () => {
      setCodes(await account.mfa.confirm(code))
      setInvitation(null)
      setIsOn(true)
    })
  const turnOff = () =>
    run(async () => {
      await account.mfa.disable()
      setCodes([])
      setIsOn(false)
    })

  return (
    <section className="card" aria-labelledby="totp">
      <h2 id="totp">Authenticator app</h2>
      <p className="muted">{isOn ? 'Your login asks for a code.' : 'A code from your phone, beside the password.'}</p>
      <Problem error={error} />
      {codes.length > 0 && (
        <>
          <p role="status">It is on. Keep these backup codes; they are shown once.</p>
          <ul className="codes" aria-label="Backup codes">
            {codes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      {invitation !== null && (
        <Form className="field" send={({ code = '' }) => confirm(code)}>
          <img src={invitation.qr} alt="QR code for your authenticator app" width="180" height="180" />
          <p className="muted">
            Or type in: <code data-testid="secret">{invitation.secret}</code>
          </p>
          <Field label="Code" name="code" autoComplete="one-time-code" inputMode="numeric" required />
          <button disabled={isPending}>Turn it on</button>
        </Form>
      )}
      {invitation === null && (
        <p className="actions">
          {isOn ? (
            <button className="quiet" disabled={isPending} onClick={turnOff}>
              Turn it off
            </button>
          ) : (
            <button disabled={isPending} onClick={() => run(async () => setInvitation(await account.mfa.enroll()))}>
              Set it up
            </button>
          )}
        </p>
      )}
    </section>
  )
}
