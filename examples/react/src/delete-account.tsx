// The way out for good: meant twice, and by whoever can sign in right now.
import { isAuthError } from '@latchkey/core'
import { useAuth } from '@latchkey/react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { account, auth } from './auth'
import { useCall } from './call'
import { Field } from './field'
import { Form } from './form'
import { Problem } from './problem'

/** What is asked next: whether it is meant, then, where the login is not fresh, the password, and a code after it. */
type Step = { readonly ask: 'nothing' | 'meaning' | 'password' } | { readonly ask: 'code'; readonly challenge: string }

export function DeleteAccount() {
  const { user } = useAuth()
  const navigate = useNavigate()
  const { run, isPending, error } = useCall()
  const [step, setStep] = useState<Step>({ ask: 'nothing' })

  const remove = async () => {
    try {
      await account.deleteAccount()
      await navigate('/')
    } catch (cause) {
      if (!isAuthError(cause, 'step_up_required')) throw cause
      setStep({ ask: 'password' })
    }
  }
  const prove = async (proof: Readonly<Record<string, string>>) => {
    const result =
      step.ask === 'code'
        ? await auth.verifyMfa({ challenge: step.challenge, code: proof['code'] ?? '' })
        : await auth.login({ email: user?.email ?? '', password: proof['password'] ?? '' })
    if (result.status === 'mfa-required') setStep({ ask: 'code', challenge: result.challenge })
    else await remove()
  }

  return (
    <section className="card" aria-labelledby="delete">
      <h2 id="delete">Delete account</h2>
      <p className="muted">Your account goes for good, with everything in it. Every device is logged out.</p>
      <Problem error={error} />
      {step.ask === 'nothing' && (
        <p className="actions">
          <button className="quiet" onClick={() => setStep({ ask: 'meaning' })}>
            Delete my account
          </button>
        </p>
      )}
      {step.ask === 'meaning' && (
        <p className="actions" role="group" aria-label="Delete it for good?">
          <button disabled={isPending} onClick={() => run(remove)}>
            Yes, delete it for good
          </button>
          <button className="quiet" onClick={() => setStep({ ask: 'nothing' })}>
            Keep it
          </button>
        </p>
      )}
      {(step.ask === 'password' || step.ask === 'code') && (
        <Form className="field" key={step.ask} send={(proof) => run(() => prove(proof))}>
          {step.ask === 'password' ? (
            <Field label="Your password" name="password" type="password" autoComplete="current-password" required />
          ) : (
            <Field label="Your code" name="code" autoComplete="one-time-code" inputMode="numeric" required />
          )}
          <button disabled={isPending}>Delete it for good</button>
        </Form>
      )}
    </section>
  )
}
