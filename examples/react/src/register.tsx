// The registration page: what the server says of a field stands beside it.
import { useAuth } from '@latchkey/react'
import { useRegister } from '@latchkey/react/forms'
import { useReturnTo } from '@latchkey/react/router'
import { Link, Navigate, useLocation } from 'react-router'
import { Field } from './field'
import { Form } from './form'

export function Register() {
  const { isAuthenticated } = useAuth()
  const { search } = useLocation()
  const returnTo = useReturnTo('/account')
  const { mutate, data, isPending, error, fieldErrors: wrong } = useRegister()
  if (isAuthenticated) return <Navigate to={returnTo} replace />
  if (data?.status === 'registered') return <MailSent />

  return (
    <main className="page narrow">
      <title>Create an account · Latchkey</title>
      <h1>Create an account</h1>
      <Form className="card" send={mutate}>
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
        <button disabled={isPending}>Create account</button>
      </Form>
      <p className="muted">
        Registered already? <Link to={{ pathname: '/login', search }}>Log in</Link>
      </p>
    </main>
  )
}

/** Where the server tells nobody whether an address is taken, a mail goes on. */
const MailSent = () => (
  <main className="page narrow">
    <title>Look into your mail · Latchkey</title>
    <h1>Look into your mail</h1>
    <p role="status">A mail is on its way to you. Its link goes on from here.</p>
  </main>
)
