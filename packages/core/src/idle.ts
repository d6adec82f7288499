// Ends a session in which nobody acts. Its secrets: what somebody does in any tab counts for all, and sleep is no deed.
import type { Clock } from './clock.js'
import { attempt, onShown, type Page } from './page.js'

/** When a session ends because nobody acts: milliseconds since the last deed, and how long before the end to warn. */
export type IdleOptions = { readonly after: number; readonly warn?: number }

export type Idle = {
  /** Somebody signed in: counts from now. */
  readonly restart: () => void
  /** Looks at the time: something changed, or the device may have slept. */
  readonly look: () => void
  readonly dispose: () => void
}

type Wiring = IdleOptions & {
  readonly clock: Clock
  readonly page: Page
  readonly name: string
  readonly isSignedIn: () => boolean
  /** `endsAt`: local milliseconds since the epoch. Once for each stretch of idleness. */
  readonly onWarning: (endsAt: number) => void
  readonly onIdle: () => void
}

const deeds = ['pointerdown', 'keydown', 'wheel', 'touchstart']
/** A deed is written down at most once a second. */
const grain = 1_000

/** By the wall clock, because timers and the monotonic clock may stand still while the device sleeps. */
export function createIdle({ clock, page, name, after, warn = 0, isSignedIn, onWarning, onIdle }: Wiring): Idle {
  const key = `latchkey:${name}:active`
  const stored = (): number => Number(attempt(() => page.storage?.getItem(key))) || 0
  // What was done before a reload counts; a first visit counts from now.
  let own = stored() || clock.now()
  let warned = false
  let cancel = (): void => {}

  /** The last deed in any tab; where the clock was set back, now is taken for it. */
  function lastDeed(): number {
    const last = Math.max(own, stored())
    if (last > clock.now()) write()
    return Math.min(last, clock.now())
  }
  function write(): void {
    own = clock.now()
    attempt(() => page.storage?.setItem(key, String(own)))
  }
  function look(): void {
    cancel()
    if (!isSignedIn()) return
    const left = lastDeed() + after - clock.now()
    if (left <= 0) return onIdle()
    if (left > warn) warned = false
    else if (!warned) {
      warned = true
      onWarning(clock.now() + left)
    }
    cancel = clock.after(left > warn ? left - warn : left, look)
  }
  function act(): void {
    if (!isSignedIn()) return
    // The first touch after a long sleep comes too late: it looks, and finds the session over.
    const since = clock.now() - lastDeed()
    if (since < after && (since >= grain || warned)) write()
    if (since >= grain || warned) look()
  }
  const unlisten = [
    ...deeds.map((type) => page.listen(type, act)),
    onShown(page, look),
    page.listen('storage', (event) => {
      if ((event as StorageEvent).key === key) look()
    }),
  ]
  return {
    restart() {
      write()
      look()
    },
    look,
    dispose() {
      cancel()
      unlisten.forEach((stop) => stop())
    },
  }
}
