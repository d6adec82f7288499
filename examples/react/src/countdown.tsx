// How long the access token lives: the one component that renders on every refresh.
import { useSession } from '@latchkey/react'
import { useEffect, useState } from 'react'

export function Countdown() {
  const session = useSession()
  const expiresAt = session.status === 'authenticated' ? session.expiresAt : null
  const now = useNow()
  if (expiresAt === null) return null
  const left = Math.max(0, Math.round((expiresAt - now) / 1000))

  return (
    <section className="card" aria-labelledby="lifetime">
      <h2 id="lifetime">Access token</h2>
      <p className="clock" role="timer" aria-labelledby="lifetime">
        {`${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`}
      </p>
      <p className="muted">It is replaced before it runs out. Only this number and the log below notice.</p>
    </section>
  )
}

/** Local milliseconds, four times a second. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(ticking)
  }, [])
  return now
}
