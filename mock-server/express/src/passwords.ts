// Passwords by argon2id. Its secret: the parameters, and that a flood of sign-ins queues instead of eating the memory (B20, S23).
import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import type { Passwords } from '@latchkey/engine'

/** More people want their password checked than the machine can do: answered with 503. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}

export type PasswordOptions = {
  /** Hashes at a time, `memoryKiB` each; by default one per core, at most 3 of libuv's 4 threads. */
  readonly concurrency?: number
  /** How many may wait before others are turned away. */
  readonly queue?: number
  /** KiB for one hash; 19 MiB where absent. */
  readonly memoryKiB?: number
  /** How often a hash goes over its memory; 2 where absent. */
  readonly passes?: number
}

/** argon2id with 19 MiB, two passes, one lane: OWASP's and the library's default. Hashes of other parameters are stale. */
export function createPasswords(options: PasswordOptions = {}): Passwords {
  const { concurrency = Math.min(3, availableParallelism()), queue = 200 } = options
  const cost = { memoryCost: options.memoryKiB ?? 19_456, timeCost: options.passes ?? 2, parallelism: 1 }
  const wanted = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`
  const take = createTurns(concurrency, queue)
  return {
    hash: (password) => take(() => hash(password, cost)),
    verify: (known, password) => take(() => verify(known, password)),
    isStale: (known) => !known.startsWith(wanted),
  }
}

function createTurns(concurrency: number, queue: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let running = 0

  return async (task) => {
    if (running >= concurrency) {
      if (waiting.length >= queue) throw new Overloaded('Too many passwords wait to be checked. Try again.')
      // The one that leaves hands its place on, so `running` stays.
      await new Promise<void>((resolve) => void waiting.push(resolve))
    } else {
      running += 1
    }
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
