// Time, handed in; its secret is the ceiling of the platform's timers.

/** Where time comes from: two readings, because either alone lies after sleep or a changed clock, and one timer. */
export type Clock = {
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds that only grow, from an arbitrary start; may stand still while the device sleeps. */
  readonly monotonic: () => number
  /** Calls once after so many milliseconds, however many; returns what cancels it. */
  readonly after: (ms: number, call: () => void) => () => void
}

/** `setTimeout` fires at once beyond this. */
const ceiling = 2 ** 31 - 1

/** The device's own clock; waits longer than 24.8 days are chained. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, call) {
    let timer: ReturnType<typeof setTimeout>
    const arm = (left: number): void => {
      timer = setTimeout(() => (left > ceiling ? arm(left - ceiling) : call()), Math.min(left, ceiling))
    }
    arm(ms)
    return () => clearTimeout(timer)
  },
}
