// The login page: its two steps, or a provider; back to where a guard came from once somebody is signed in.
import type { EndReason } from '@latchkey/core'
import { useAuth } from '@latchkey/react'
import { useLogin } from '@latchkey/react/forms'
import { useReturnTo } from '@latchkey/react/router'
import { Link, Navigate, useLocation } from 'react-router'
import { Providers, useReturned } from './providers'
import { FirstStep, SecondStep } from './steps'

const notices: Readonly<Partial<Record<EndReason, string>>> = {
  expired: 'Your session has expired. Log in again to go on.',
  revoked: 'Your session was ended from another device. Log in again to go on.',
  idle: 'You were logged out because nothing happened for a while.',
  'logged-out-elsewhere': 'You logged out in another tab.',
}

export function Login() {
  const { isAuthenticated, reason } = useAuth()
  const { search } = useLocation()
  const returnTo = useReturnTo('/account')
  const login = useLogin()
  const back = useReturned()
  if (isAuthenticated) return <Navigate to={returnTo} replace />
  const half = login.data?.status === 'mfa-required' ? login.data : back.half
  const notice = back.hasFailed ? back.failure : notices[reason ?? 'no-session']
  const again = () => {
    login.reset()
    back.drop()
  }

  return (
    <main className="page narrow">
      <title>Log in · Latchkey</title>
      <h1>{half === null ? 'Welcome back' : 'One more step'}</h1>
      {notice && half === null && <p className="notice">{notice}</p>}
      {half === null ? (
        <>
          <FirstStep login={login} />
          <Providers returnTo={returnTo} />
        </>
      ) : (
        <SecondStep {...half} again={again} />
      )}
      <p className="muted">
        New here? <Link to={{ pathname: '/register', search }}>Create an account</Link>
        {' · '}
        <Link to="/forgot-password">Forgot your password?</Link>
      </p>
    </main>
  )
}
