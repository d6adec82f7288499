// The time of the server side; its secret is that every moment is a whole number of milliseconds.

/** Wall-clock milliseconds, handed in so that tests can move it. */
export type EngineClock = { readonly now: () => number }

/** The clock of the machine. */
export const systemClock: EngineClock = { now: () => Date.now() }

/** Reads the clock in whole milliseconds, as stores keep them. */
export const millisecondsOf = (clock: EngineClock): number => Math.floor(clock.now())
