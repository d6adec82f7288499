// Waits that end early; their secret is that whoever stops waiting stops nobody else.
import type { Clock } from './clock.js'

/** Resolves after so many milliseconds, or as soon as the signal aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal?.addEventListener('abort', done)
    if (signal?.aborted) done()
  })
}

/** The promise for one caller: rejects with the signal's reason when that caller gives up; the work itself goes on. */
export function waitFor<T>(shared: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return shared
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error)
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp)
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}
