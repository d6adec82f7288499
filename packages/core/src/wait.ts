// Waits that end early; their secret is that whoever stops waiting stops nobody else.
import type { Clock } from './clock.js'

/** Runs with a signal that aborts after so many milliseconds, or with the given one; settles as the work does. */
export async function within<T>(
  clock: Pick<Clock, 'after'>,
  ms: number,
  signal: AbortSignal | null | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  const stop = (): void => abort.abort()
  const cancel = clock.after(ms, stop)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  try {
    return await run(abort.signal)
  } finally {
    cancel()
    signal?.removeEventListener('abort', stop)
  }
}

/** Resolves after so many milliseconds, or as soon as the signal aborts. */
export function pause(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  const work = (over: AbortSignal) => waitFor(new Promise<void>(() => {}), over).catch(() => {})
  return within(clock, ms, signal, work)
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
