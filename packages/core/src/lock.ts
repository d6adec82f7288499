// One exchange at a time per origin. Its secrets are Web Locks, and how to do without.
import type { Tabs } from './core.js'
import { within } from './wait.js'

const lockWait = 5_000

/**
 * Runs one exchange at a time per origin. Waits at most 5 s for the lock, then goes on without it: a frozen tab must
 * not stop the others, and the server's rotation makes that safe. Null where the signal ended the wait.
 */
export async function exclusive<T>(tabs: Tabs, run: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  const section = async (): Promise<T | null> => (signal.aborted ? null : run())
  let answer: Promise<T | null> | undefined
  /** Answers inside the lock; not at all where another tab has it and this one would not wait, or where there is none. */
  const take = async (options: LockOptions): Promise<unknown> =>
    tabs.page.locks?.request(`latchkey:1:${tabs.name}`, options, (lock) => {
      if (lock === null) return
      tabs.followed = !options.ifAvailable
      return (answer = section())
    })
  tabs.followed = false
  try {
    await take({ ifAvailable: true })
    if (!answer) await within(tabs.clock, lockWait, signal, (waiting) => take({ signal: waiting }))
  } catch {
    // What became of an answer is told below; without one, there is no lock.
  }
  // The turns of this tab are left.
  if (!answer) {
    answer = Promise.resolve(tabs.turn).then(section)
    tabs.turn = answer.catch(() => undefined)
  }
  return answer
}
