// Another email address: asked for here, confirmed by the mail that goes there.
import { useUser } from '@latchkey/react'
import { account } from './auth'
import { useCall } from './call'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'

export function NewAddress() {
  const user = useUser()
  const { run, isPending, error, done } = useCall()
  return (
    <section className="card" aria-labelledby="address">
      <h2 id="address">Email address</h2>
      <p className="muted">
        It is <strong>{user?.email}</strong>, until you confirm another.
      </p>
      <Form
        className="field"
        send={({ email = '' }) => run(() => account.changeEmail(email), `A mail is on its way to ${email}.`)}
      >
        <Field label="New address" name="email" type="email" autoComplete="email" required />
        <Problem error={error} />
        <button disabled={isPending}>Send me a link there</button>
        <p role="status">{done}</p>
      </Form>
    </section>
  )
}
