// The pages that mails lead to, and the one that asks for a mail.
import { Link } from 'react-router'
import { account } from './auth'
import { useCall } from './call'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'
import { useToken } from './token'

export function ForgotPassword() {
  const { run, isPending, error, done } = useCall()
  const ask = (email: string) =>
    run(() => account.forgotPassword(email), 'If that address has an account, a mail is on its way.')
  return (
    <main className="page narrow">
      <title>Forgot your password · Latchkey</title>
      <h1>Forgot your password?</h1>
      <Form className="card" send={({ email = '' }) => ask(email)}>
        <Field label="Email" name="email" type="email" autoComplete="username" required />
        <Problem error={error} />
        <button disabled={isPending}>Send me a link</button>
        <p role="status">{done}</p>
      </Form>
      <p className="muted">
        <Link to="/login">Back to the login</Link>
      </p>
    </main>
  )
}

export function ResetPassword() {
  const token = useToken()
  const { run, isPending, error, done } = useCall()
  const set = (password: string) => run(() => account.resetPassword({ token, password }), 'Your new password is set.')
  return (
    <main className="page narrow">
      <title>A new password · Latchkey</title>
      <h1>A new password</h1>
      {done === '' ? (
        <Form className="card" send={({ password = '' }) => set(password)}>
          <Field
            label="New password"
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={15}
            hint="At least 15 characters."
            required
          />
          <Problem error={error} />
          <button disabled={isPending}>Set the password</button>
        </Form>
      ) : (
        <p role="status">
          {done} <Link to="/login">Log in with it</Link>
        </p>
      )}
    </main>
  )
}

export function VerifyEmail() {
  const token = useToken()
  const { run, isPending, error, done } = useCall()
  return (
    <main className="page narrow">
      <title>Confirm your address · Latchkey</title>
      <h1>Confirm your address</h1>
      {/* A click, because mail scanners follow links. */}
      {done === '' && (
        <div className="card">
          <p>One click, and we know that the address is yours.</p>
          <Problem error={error} />
          <button
            disabled={isPending}
            onClick={() => run(() => account.verifyEmail(token), 'Your address is confirmed.')}
          >
            Confirm it
          </button>
        </div>
      )}
      <p role="status">
        {done} {done !== '' && <Link to="/account">To your account</Link>}
      </p>
    </main>
  )
}
