// The login page: password, second factor, passkey or provider; back to where a guard came from once somebody is signed in.
import type { EndReason } from '@latchkey/core'
import { useAuth } from '@latchkey/react'
import { useLogin, useMfa } from '@latchkey/react/forms'
import { usePasskey, usePasskeys } from '@latchkey/react/passkeys'
import { useReturnTo } from '@latchkey/react/router'
import { Link, Navigate, useLocation } from 'react-router'
import { failureOf } from './auth'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'
import { Providers, useReturned } from './providers'

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
  const [back, dropBack] = useReturned()
  if (isAuthenticated) return <Navigate to={returnTo} replace />
  const half = [login.data, back].find((result) => result?.status === 'mfa-required') ?? null
  const notice = back?.status === 'failed' ? failureOf(back.code) : notices[reason ?? 'no-session']
  const again = () => {
    login.reset()
    dropBack()
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

function FirstStep({ login }: { readonly login: ReturnType<typeof useLogin> }) {
  const passkey = usePasskey()
  const { isSupported } = usePasskeys()
  return (
    <>
      <Form className="card" send={login.mutate} aria-label="Log in">
        <Field label="Email" name="email" type="email" autoComplete="username" required />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        <Problem error={login.error} />
        <button disabled={login.isPending}>Log in</button>
      </Form>
      {isSupported() && (
        <>
          <button className="quiet" onClick={() => passkey.mutate()} disabled={passkey.isPending}>
            Log in with a passkey
          </button>
          <Problem error={passkey.error} />
        </>
      )}
    </>
  )
}

type SecondStepProps = { readonly challenge: string; readonly methods: readonly string[]; readonly again: () => void }

function SecondStep({ challenge, methods, again }: SecondStepProps) {
  const mfa = useMfa()
  const passkey = usePasskey()
  return (
    <Form className="card" send={({ code = '' }) => mfa.mutate({ challenge, code })} aria-label="Second factor">
      <Field
        label="Code"
        name="code"
        autoComplete="one-time-code"
        hint="Six digits from your authenticator app, or one of your backup codes."
        required
        autoFocus
      />
      <Problem error={mfa.error ?? passkey.error} />
      <p className="actions">
        <button disabled={mfa.isPending}>Verify</button>
        {methods.includes('passkey') && (
          <button type="button" className="quiet" onClick={() => passkey.mutate({ challenge })}>
            Use a passkey
          </button>
        )}
        <button type="button" className="quiet" onClick={again}>
          Begin anew
        </button>
      </p>
    </Form>
  )
}
