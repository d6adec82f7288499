// What the account is protected by: password, authenticator app, passkeys. A change may ask for a fresh login first.
import { useAddPasskey, usePasskeys } from '@latchkey/react/passkeys'
import { useEffect, useState } from 'react'
import { account } from './auth'
import { useCall } from './call'
import { DeleteAccount } from './delete-account'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'

export const Security = () => (
  <main className="page">
    <title>Security · Latchkey</title>
    <h1>Security</h1>
    <div className="grid account">
      <Authenticator />
      <Password />
      <Passkeys />
      <DeleteAccount />
    </div>
  </main>
)

function Authenticator() {
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

function Passkeys() {
  const passkeys = usePasskeys()
  const add = useAddPasskey()
  const { run, isPending, error } = useCall()
  const [mine, setMine] = useState<Awaited<ReturnType<typeof passkeys.list>>>([])
  const { list } = passkeys
  const load = async () => setMine(await list())
  // oxlint-disable-next-line react/exhaustive-deps -- when the page opens, and when one was added
  useEffect(() => run(load), [add.data])

  return (
    <section className="card" aria-labelledby="passkeys">
      <h2 id="passkeys">Passkeys</h2>
      <p className="muted">Your fingerprint, face or security key in the place of a password.</p>
      <Problem error={error ?? add.error} />
      <ul className="list" aria-label="Your passkeys">
        {mine.map(({ id, name }) => (
          <li key={id}>
            {name}{' '}
            <button
              className="quiet small"
              aria-label={`Remove ${name}`}
              disabled={isPending}
              onClick={() => run(() => passkeys.remove(id).then(load))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      {passkeys.isSupported() && (
        <Form className="field" send={({ name = '' }) => add.mutate(name)}>
          <Field label="Name" name="name" placeholder="My laptop" required />
          <button disabled={add.isPending}>Add a passkey</button>
        </Form>
      )}
    </section>
  )
}

function Password() {
  const { run, isPending, error, done } = useCall()
  const change = ({ current = '', next = '' }: Readonly<Record<string, string>>) =>
    run(() => account.changePassword({ currentPassword: current, newPassword: next }), 'Your password is changed.')
  return (
    <section className="card tall" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <Form className="field" send={change}>
        <Field label="Current password" name="current" type="password" autoComplete="current-password" required />
        <Field
          label="New password"
          name="next"
          type="password"
          autoComplete="new-password"
          minLength={15}
          hint="At least 15 characters. Every other device is logged out."
          required
        />
        <Problem error={error} />
        <button disabled={isPending}>Change it</button>
        <p role="status">{done}</p>
      </Form>
    </section>
  )
}
