// When the next silent refresh happens. Its secrets: buffer, jitter, visibility, and timers that sleep with the device.
import type { Clock } from './clock.js'
import { onShown, type Page } from './page.js'

/** When silent refreshes run: in any tab, in the visible one, or never by themselves. */
export type Proactive = 'always' | 'visible' | 'never'

/**
 * Seconds before expiry at which a silent refresh is due, by the token's lifetime in seconds: a quarter (at least 5 s)
 * under five minutes, a tenth (10 s to 5 min) above, and never more than half of the lifetime.
 */
export function defaultBuffer(lifetime: number): number {
  const buffer = lifetime < 300 ? Math.max(lifetime / 4, 5) : Math.min(Math.max(lifetime / 10, 10), 300)
  return Math.min(buffer, lifetime / 2)
}

export type Scheduler = {
  /** Looks anew at what is due: after every token, failure and end of a session. */
  readonly rearm: () => void
  readonly dispose: () => void
}

type Wiring = {
  readonly clock: Clock
  readonly page: Page
  readonly proactive: Proactive
  /** Milliseconds until the next refresh is due; null where none is. Asked again on every occasion. */
  readonly dueIn: (occasion?: Occasion) => number | null
  /** Looks anew itself when it is done. */
  readonly onDue: (occasion: Occasion) => void
}

/** Why it looks: time has come, the network came back, or the page is looked at again. */
export type Occasion = 'timer' | 'online' | 'shown'

/** Shortest wait: whatever the server says, a timer never becomes a loop. */
const shortest = 1_000

/** A timer that re-checks on every occasion at which the device may have slept or the network come back. */
export function createScheduler({ clock, page, proactive, dueIn, onDue }: Wiring): Scheduler {
  let cancel = (): void => {}
  let disposed = false
  const sleeps = (): boolean => disposed || proactive === 'never' || (proactive === 'visible' && page.hidden())

  function rearm(): void {
    cancel()
    const wait = dueIn()
    if (wait !== null && !sleeps()) cancel = clock.after(Math.max(wait, shortest), () => check('timer'))
  }
  function check(occasion: Occasion): void {
    const wait = dueIn(occasion)
    if (wait !== null && wait <= 0 && !sleeps()) onDue(occasion)
    else rearm()
  }
  const unlisten = [onShown(page, () => check('shown')), page.listen('online', () => check('online'))]
  return {
    rearm,
    dispose() {
      disposed = true
      cancel()
      unlisten.forEach((stop) => stop())
    },
  }
}
