// The login page: back to where a guard came from once somebody is signed in.
import { useAuth } from '@latchkey/react'
import { useReturnTo } from '@latchkey/react/router'
import { Link, useLocation, useNavigate } from 'react-router'
import { Field } from './field'
import { useSubmission } from './submission'

const notices: Readonly<Record<string, string>> = {
  expired: 'Your session has expired. Log in again to go on.',
  revoked: 'Your session was ended from another device. Log in again to go on.',
  'logged-out-elsewhere': 'You logged out in another tab.',
}

export function Login() {
  const { login, reason } = useAuth()
  const navigate = useNavigate()
  const { search } = useLocation()
  const returnTo = useReturnTo('/account')
  const { isSending, error, onSubmit } = useSubmission(async (credentials) => {
    const { status } = await login(credentials)
    if (status === 'authenticated') await navigate(returnTo, { replace: true })
  })
  const notice = reason === null ? undefined : notices[reason]

  return (
    <main className="page narrow">
      <title>Log in · Latchkey</title>
      <h1>Welcome back</h1>
      {notice !== undefined && <p className="notice">{notice}</p>}
      <form className="card" onSubmit={onSubmit}>
        <Field label="Email" name="email" type="email" autoComplete="username" required />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        {error !== null && (
          <p role="alert" className="wrong">
            {error.message}
          </p>
        )}
        <button disabled={isSending}>Log in</button>
      </form>
      <p className="muted">
        New here? <Link to={{ pathname: '/register', search }}>Create an account</Link>
      </p>
    </main>
  )
}
