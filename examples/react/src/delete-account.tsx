// The way out for good: meant twice, and by whoever can sign in right now.
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { account } from './auth'
import { useCall } from './call'
import { Problem } from './problem'

export function DeleteAccount() {
  const navigate = useNavigate()
  const { run, isPending, error } = useCall()
  const [isMeant, setIsMeant] = useState(false)
  const remove = () =>
    run(async () => {
      await account.deleteAccount()
      await navigate('/')
    })

  return (
    <section className="card" aria-labelledby="delete">
      <h2 id="delete">Delete account</h2>
      <p className="muted">Your account goes for good, with everything in it. Every device is logged out.</p>
      <Problem error={error} />
      {isMeant ? (
        <p className="actions" role="group" aria-label="Delete it for good?">
          <button disabled={isPending} onClick={remove}>
            Yes, delete it for good
          </button>
          <button className="quiet" onClick={() => setIsMeant(false)}>
            Keep it
          </button>
        </p>
      ) : (
        <p className="actions">
          <button className="quiet" onClick={() => setIsMeant(true)}>
            Delete my account
          </button>
        </p>
      )}
    </section>
  )
}
