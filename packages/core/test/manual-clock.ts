// A clock that stands still until a test moves it.
import type { Clock } from '../src/index.js'

export type ManualClock = Clock & {
  /** Runs every timer that falls due, in order, and lets promises settle after each. */
  readonly advance: (ms: number) => Promise<void>
  /** Moves the wall clock alone, as a person or a time server does. */
  readonly jump: (ms: number) => void
  /** Moves both clocks and runs no timer until something else does: the device slept. */
  readonly sleep: (ms: number) => void
  readonly timers: () => number
}

/** `idle`: resolves when what the clock knows nothing of (a real server’s cryptography) has nothing under way. */
export function manualClock(start = 1_700_000_000_000, idle?: () => Promise<void>): ManualClock {
  let now = start
  let monotonic = 0
  let order = 0
  const due = new Map<number, { readonly at: number; readonly call: () => void }>()
  return {
    now: () => now,
    monotonic: () => monotonic,
    after(ms, call) {
      const id = order++
      due.set(id, { at: monotonic + Math.max(0, ms), call })
      return () => void due.delete(id)
    },
    async advance(ms) {
      const end = monotonic + ms
      await settle()
      await idle?.()
      for (;;) {
        const [next] = [...due].filter(([, { at }]) => at <= end).toSorted(([, a], [, b]) => a.at - b.at)
        if (next === undefined) break
        const [id, { at, call }] = next
        due.delete(id)
        const step = Math.max(0, at - monotonic)
        monotonic += step
        now += step
        call()
        await settle()
        await idle?.()
      }
      now += Math.max(0, end - monotonic)
      monotonic = Math.max(monotonic, end)
      await settle()
    },
    jump: (ms) => void (now += ms),
    sleep(ms) {
      now += ms
      monotonic += ms
    },
    timers: () => due.size,
  }
}

/** Lets every promise that can settle without a timer settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
