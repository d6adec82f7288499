// The countdown before an idle session ends; its secret is what makes the seconds pass.
import { useEffect, useState } from 'react'
import { useAuthClient } from './provider.js'

/** How long until nobody's acting ends the session. */
export type IdleWarning = {
  /** Local milliseconds since the epoch. */
  readonly endsAt: number
  readonly secondsLeft: number
}

/**
 * The warning that the client's `idle` option gives, once a second while it stands; null while there is none.
 * Any deed takes it back, in this tab or another: a button “Stay signed in” needs nothing behind it.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useIdleWarning(): IdleWarning | null {
  const client = useAuthClient()
  const [warning, setWarning] = useState<IdleWarning | null>(null)
  useEffect(() => {
    let ticking: ReturnType<typeof setInterval> | undefined
    const stop = client.on((event) => {
      if (event.type !== 'idle-warning') return
      clearInterval(ticking)
      const { endsAt } = event
      if (endsAt === null) return setWarning(null)
      const tick = () => setWarning({ endsAt, secondsLeft: Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)) })
      ticking = setInterval(tick, 1000)
      tick()
    })
    return () => {
      stop()
      clearInterval(ticking)
    }
  }, [client])
  return warning
}
