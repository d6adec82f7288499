// One exchange at a time per origin. Its secrets are Web Locks, and how to do without.
import type { Tabs } from './core.js'
import { within } from './wait.js'

const lockWait = 5_000

/**
 * Runs one exchange at a time per origin. Waits at most 5 s for the lock, then goes on without it: a frozen tab must
 * not stop the others, and the server's rotation makes that safe. Null where the signal ended the wait.
 */
export async function exclusive<T>(tabs: Tabs, run: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  const leave = await enter(tabs, signal)
  try {
    return signal.aborted ? null : await run()
  } finally {
    leave()
  }
}

async function enter(tabs: Tabs, signal: AbortSignal): Promise<() => void> {
  /** What leaves the lock again; null where another tab has it and this one would not wait. Rejects without locks. */
  const take = (options: LockOptions): Promise<(() => void) | null> =>
    new Promise((entered, refuse) => {
      const { locks } = tabs.page
      if (locks === null) return refuse()
      locks
        .request(`latchkey:1:${tabs.name}`, options, (lock) =>
          lock === null ? entered(null) : new Promise<void>((leave) => entered(leave)),
        )
        .catch(refuse)
    })
  tabs.followed = false
  try {
    const leave = await take({ ifAvailable: true })
    if (leave !== null) return leave
    const waited = await within(tabs.clock, lockWait, signal, (waiting) => take({ signal: waiting }))
    tabs.followed = true
    if (waited !== null) return waited
  } catch {
    // No lock: the turns of this tab are left.
  }
  const before = tabs.turn
  let leave = (): void => {}
  tabs.turn = new Promise<void>((done) => {
    leave = done
  })
  await before
  return leave
}
