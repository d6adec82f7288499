// One at a time per key, inside this process. Its secret: who waits for whom, and that nobody waits for ever (S16).

/** Runs tasks of one key after one another; tasks of different keys do not meet. */
export type Lanes = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>

/**
 * Lanes in front of a scarce thing: fifty refreshes of one token take one database connection, not fifty.
 * A task that waited longer than `patience` milliseconds is not begun; its promise rejects with what `tooLate` makes.
 */
export function createLanes(patience: number, tooLate: () => Error, monotonic: () => number): Lanes {
  const tails = new Map<string, Promise<unknown>>()

  return async (key, task) => {
    const since = monotonic()
    const before = tails.get(key)
    const turn = async () => {
      if (before === undefined) return task()
      await before
      if (monotonic() - since > patience) throw tooLate()
      return task()
    }
    const run = turn()
    const tail = run.then(
      () => undefined,
      () => undefined,
    )
    tails.set(key, tail)
    try {
      return await run
    } finally {
      if (tails.get(key) === tail) tails.delete(key)
    }
  }
}
