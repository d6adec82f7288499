// The account's passkeys: added, listed, removed.
import { useAddPasskey, usePasskeys } from '@latchkey/react/passkeys'
import { useEffect, useState } from 'react'
import { useCall } from './call'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'

export function Passkeys() {
  const passkeys = usePasskeys()
  const add = useAddPasskey()
  const { run, isPending, error } = useCall()
  const [mine, setMine] = useState<Awaited<ReturnType<typeof passkeys.list>>>([])
  const { list } = passkeys
  const load = async () => setMine(await list())
  // oxlint-disable-next-line react/exhaustive-deps -- once, when the page opens
  useEffect(() => run(load), [])

  return (
    <section className="card" aria-labelledby="passkeys">
      <h2 id="passkeys">Passkeys</h2>
      <p className="muted">Your fingerprint, face or security key in the place of a password.</p>
      <Problem error={error} />
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
        <Form className="field" send={({ name = '' }) => run(() => add.mutateAsync(name).then(load))}>
          <Field label="Name" name="name" placeholder="My laptop" required />
          <button disabled={isPending}>Add a passkey</button>
        </Form>
      )}
    </section>
  )
}
