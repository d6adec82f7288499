// Where the mail to another address leads: it moves the account of whoever is signed in, by a click.
import { SignedIn, SignedOut } from '@latchkey/react'
import { Link } from 'react-router'
import { account, auth } from './auth'
import { useCall } from './call'
import { Problem } from './problem'
import { useToken } from './token'

export function ConfirmEmail() {
  const token = useToken()
  const { run, isPending, error, done } = useCall()
  const confirm = () =>
    run(async () => {
      await account.confirmEmailChange(token)
      await auth.refresh()
    }, 'Your account has moved to your new address.')
  return (
    <main className="page narrow">
      <title>Confirm your new address · Latchkey</title>
      <h1>Confirm your new address</h1>
      <SignedOut>
        <div className="card">
          <p>Log in to the account that is to move: a link alone moves none.</p>
          <Link className="button" to="/login?returnTo=/confirm-email">
            Log in
          </Link>
        </div>
      </SignedOut>
      <SignedIn>
        {done === '' && (
          <div className="card">
            <p>One click, and you log in with your new address. Your other devices are logged out.</p>
            <Problem error={error} />
            <button disabled={isPending} onClick={confirm}>
              Confirm it
            </button>
          </div>
        )}
        <p role="status">
          {done} {done !== '' && <Link to="/account">To your account</Link>}
        </p>
      </SignedIn>
    </main>
  )
}
