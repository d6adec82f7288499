// The two steps of a login: a password or a passkey, and the second factor where the account has one.
import { type useLogin, useMfa } from '@latchkey/react/forms'
import { usePasskey, usePasskeys } from '@latchkey/react/passkeys'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'

type FirstStepProps = {
  readonly login: ReturnType<typeof useLogin>
  /** Whose login it must be; anybody's where absent. */
  readonly email?: string | undefined
}

export function FirstStep({ login, email }: FirstStepProps) {
  const passkey = usePasskey()
  const { isSupported } = usePasskeys()
  return (
    <>
      <Form className="card" send={login.mutate} aria-label="Log in">
        <Field
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={email}
          readOnly={email !== undefined}
          required
        />
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

export function SecondStep({ challenge, methods, again }: SecondStepProps) {
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
