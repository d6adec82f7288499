// The slips of the memory store; the secret is that a slip is gone before anybody reads it.
import { millisecondsOf, type EngineClock } from './clock.js'
import type { Slip, Slips } from './slip.js'

/** Slips in memory; those that nobody came for go when the next one comes. `requireOpen` throws where the store is closed. */
export function createMemorySlips(
  clock: EngineClock,
  requireOpen: () => void,
): Slips & {
  /** Drops those that expired before the moment, and answers how many. */
  readonly forgetSlips: (before: number, limit: number) => number
} {
  const slips = new Map<string, Slip>()
  return {
    insertSlip: async (slip) => {
      requireOpen()
      const now = millisecondsOf(clock)
      for (const { hash, expiresAt } of slips.values()) if (expiresAt <= now) slips.delete(hash)
      slips.set(slip.hash, slip)
    },
    forgetSlips: (before, limit) => {
      const old = [...slips.values()].filter(({ expiresAt }) => expiresAt < before).slice(0, limit)
      for (const { hash } of old) slips.delete(hash)
      return old.length
    },
    takeSlip: async (hash, kind) => {
      requireOpen()
      const slip = slips.get(hash)
      if (slip?.kind !== kind) return null
      slips.delete(hash)
      return millisecondsOf(clock) < slip.expiresAt ? slip.content : null
    },
  }
}
