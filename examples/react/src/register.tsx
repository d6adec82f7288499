// The registration page: what the server says of a field stands beside it.
import { useAuth } from '@latchkey/react'
import { useReturnTo } from '@latchkey/react/router'
import { Link, useLocation, useNavigate } from 'react-router'
import { Field } from './field'
import { useSubmission } from './submission'

export function Register() {
  const { register } = useAuth()
  const navigate = useNavigate()
  const { search } = useLocation()
  const returnTo = useReturnTo('/account')
  const { isSending, error, onSubmit } = useSubmission(async ({ display_name, ...credentials }) => {
    const { status } = await register(display_name ? { ...credentials, display_name } : credentials)
    if (status === 'authenticated') await navigate(returnTo, { replace: true })
  })
  const wrong = error?.fieldErrors ?? {}

  return (
    <main className="page narrow">
      <title>Create an account · Latchkey</title>
      <h1>Create an account</h1>
      <form className="card" onSubmit={onSubmit}>
        <Field label="Name" name="display_name" autoComplete="name" error={wrong['display_name']} />
        <Field label="Email" name="email" type="email" autoComplete="username" required error={wrong['email']} />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={15}
          hint="At least 15 characters. A few words in a row are easy to keep in mind."
          error={wrong['password']}
        />
        {error !== null && (
          <p role="alert" className="wrong">
            {error.fieldErrors === undefined ? error.message : 'Correct what is marked above, and send it again.'}
          </p>
        )}
        <button disabled={isSending}>Create account</button>
      </form>
      <p className="muted">
        Registered already? <Link to={{ pathname: '/login', search }}>Log in</Link>
      </p>
    </main>
  )
}
