// The protected page: who is signed in, and the two ways out.
import { useAuth } from '@latchkey/react'
import { useNavigate } from 'react-router'
import { account } from './auth'
import { ApiCall } from './api-call'
import { useCall } from './call'
import { Countdown } from './countdown'
import { EventLog } from './event-log'

export function Account() {
  const { user, logout } = useAuth()
  const navigate = useNavigate()
  // Signed out: the guard is on its way to the login page, or the banner leads there.
  if (user === null) return null

  const leave = (everywhere: boolean) => {
    void logout({ everywhere })
    void navigate('/')
  }

  return (
    <main className="page">
      <title>Your account · Latchkey</title>
      <h1>Your account</h1>
      <div className="grid account">
        <section className="card tall" aria-labelledby="who">
          <h2 id="who">Who you are</h2>
          <dl>
            <dt>Name</dt>
            <dd>{user.display_name ?? '—'}</dd>
            <dt>Email</dt>
            <dd>
              {user.email} {!user.email_verified && <Unconfirmed />}
            </dd>
            <dt>Role</dt>
            <dd>{user.role}</dd>
            <dt>Member since</dt>
            <dd>{new Date(user.created_at).toLocaleDateString(undefined, { dateStyle: 'long' })}</dd>
          </dl>
          <p className="actions">
            <button onClick={() => leave(false)}>Log out</button>
            <button className="quiet" onClick={() => leave(true)}>
              Log out everywhere
            </button>
          </p>
        </section>
        <Countdown />
        <ApiCall />
        <EventLog />
      </div>
    </main>
  )
}

function Unconfirmed() {
  const { run, isPending, done, error } = useCall()
  return (
    <>
      <span className="tag">not confirmed</span>{' '}
      <button
        className="quiet small"
        disabled={isPending}
        onClick={() => run(account.resendVerification, 'A mail is on its way.')}
      >
        Send the mail again
      </button>
      <span role="status"> {error === null ? done : error.message}</span>
    </>
  )
}
