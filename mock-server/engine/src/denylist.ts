// Access tokens that were taken back before they expired. Its secret: how long that must be remembered, and what to do where it was not.
import { millisecondsOf, type EngineClock } from './clock.js'

/** Who a verified access token speaks for, as far as that can be taken back. */
export type Bearer = { readonly sub: string; readonly sid: string; readonly role: string }

/** What is taken back: every token of a session, or those of an account that carry another role than its present one. */
export type Denial =
  | { readonly kind: 'session'; readonly sid: string }
  | { readonly kind: 'role'; readonly accountId: string; readonly role: string }

/** Remembers denials for as long as a token may live that they are about. */
export type Denylist = {
  /** Takes back. Settles once every process that can be told has been told; does not reject. */
  readonly deny: (denials: readonly Denial[]) => Promise<void>
  /** Whether this process knows that the token was taken back; asks nobody. */
  readonly knows: (bearer: Bearer) => boolean
  /** Whether the token was taken back, by any process; null where that cannot be told, and the store must be asked. */
  readonly denies: (bearer: Bearer) => Promise<boolean | null>
}

/** What a denylist is made for. */
export type DenylistOptions = {
  readonly clock: EngineClock
  /** Seconds that an access token lives. */
  readonly ttl: number
  /** Denials at most, 100,000 where absent; of more the oldest are forgotten, and nothing is certain until they would have expired. */
  readonly most?: number
}

type Remembered = { readonly until: number; readonly role: string | null }

/** A denylist in this process's memory: all there is to know where there is one process. */
export function createDenylist({ clock, ttl, most = 100_000 }: DenylistOptions): Denylist {
  /** In the order in which they were put there, which is that of their end. */
  const denials = new Map<string, Remembered>()
  let certainFrom = -Infinity

  const forget = (now: number): void => {
    for (const [key, { until }] of denials) {
      const isOver = until <= now
      if (!isOver && denials.size <= most) return
      if (!isOver) certainFrom = until
      denials.delete(key)
    }
  }

  const knows = ({ sub, sid, role }: Bearer): boolean => {
    const now = millisecondsOf(clock)
    const session = denials.get(keyOfSession(sid))
    if (session !== undefined && now < session.until) return true
    const account = denials.get(keyOfAccount(sub))
    return account !== undefined && now < account.until && account.role !== role
  }

  return {
    deny: async (more) => {
      const now = millisecondsOf(clock)
      for (const denial of more) {
        const key = denial.kind === 'session' ? keyOfSession(denial.sid) : keyOfAccount(denial.accountId)
        denials.delete(key)
        denials.set(key, { until: now + ttl * 1000, role: denial.kind === 'role' ? denial.role : null })
      }
      forget(now)
    },
    knows,
    denies: async (bearer) => {
      if (knows(bearer)) return true
      return millisecondsOf(clock) < certainFrom ? null : false
    },
  }
}

const keyOfSession = (sid: string): string => `session ${sid}`
const keyOfAccount = (accountId: string): string => `account ${accountId}`
