// A new password, by the current one.
import { account } from './auth'
import { useCall } from './call'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'

export function NewPassword() {
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
