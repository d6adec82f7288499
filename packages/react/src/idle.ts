// The countdown before an idle session ends; its secret is what takes the warning back: a deed in any tab.
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
    const end = () => {
      clearInterval(ticking)
      setWarning(null)
    }
    const begin = (endsAt: number) => {
      const tick = () => setWarning({ endsAt, secondsLeft: Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)) })
      clearInterval(ticking)
      ticking = setInterval(tick, 1000)
      tick()
    }
    const stop = client.on((event) => {
      if (event.type === 'idle-warning') begin(event.endsAt)
      else if (event.type === 'logout' || event.type === 'expired') end()
    })
    const act = (event: Event) => {
      if (!(event instanceof StorageEvent) || event.key?.endsWith(':active')) end()
    }
    deeds.forEach((deed) => window.addEventListener(deed, act))
    return () => {
      stop()
      clearInterval(ticking)
      deeds.forEach((deed) => window.removeEventListener(deed, act))
    }
  }, [client])
  return warning
}

/** What the core counts as acting; what is done in another tab, that one writes down under `…:active`. */
const deeds = ['pointerdown', 'keydown', 'wheel', 'touchstart', 'storage']
