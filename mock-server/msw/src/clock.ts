// The mock's clock: real time plus what the test has added to it. Its secret is how a duration is spelled.

/** Time as the mock's server side sees it. */
export type MockClock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Moves time forward: milliseconds, or a number with a unit, `'500ms'`, `'30s'`, `'16m'`, `'8h'`, `'14d'`. */
  readonly advance: (by: number | string) => void
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A clock that runs with `now` until it is advanced; `rewind` takes back all that was advanced. */
export function openClock(now: () => number): MockClock & { readonly rewind: () => void } {
  let ahead = 0
  return {
    now: () => now() + ahead,
    advance: (by) => {
      ahead += milliseconds(by)
    },
    rewind: () => {
      ahead = 0
    },
  }
}

function milliseconds(by: number | string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(String(by)) ?? []
  const duration = typeof by === 'number' ? by : Number(count) * (unitMs[unit ?? ''] ?? Number.NaN)
  if (Number.isFinite(duration) && duration >= 0) return duration
  throw new TypeError(
    `mock.clock.advance(${JSON.stringify(by)}) failed: that is not a duration, and time moves forward only. ` +
      `Give milliseconds (960000) or a number with a unit: '500ms', '30s', '16m', '8h', '14d'.`,
  )
}
