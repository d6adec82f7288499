// How often a route may be called. Its secret: which counters a call draws from, and what stands in when Redis is gone.
import { createHash } from 'node:crypto'
import { canonicalEmail, type LimitClass } from '@latchkey/engine'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { clientKey } from './client-ip.js'

/** So many calls in so many seconds. */
export type Limit = { readonly points: number; readonly seconds: number }

/**
 * What is counted. The narrow one is by account *and* address. Those by account alone and of all together hold for
 * addresses that the account has not signed in from: so that strangers cannot lock its owner out (B22).
 */
export type Limits = {
  readonly credentialGlobal: Limit
  readonly credentialPerIp: Limit
  readonly credentialPerAccount: Limit
  readonly credentialPerAccountAndIp: Limit
  /** Mails that a call sends: so that nobody's letter box is flooded, and login's counters are not used up by it. */
  readonly mailGlobal: Limit
  readonly mailPerIp: Limit
  readonly mailPerAccount: Limit
  readonly sessionPerIp: Limit
}

/** Generous to an office behind one address, hopeless for a guesser. */
export const defaultLimits: Limits = {
  credentialGlobal: { points: 3_000, seconds: 60 },
  credentialPerIp: { points: 120, seconds: 60 },
  credentialPerAccount: { points: 100, seconds: 3_600 },
  credentialPerAccountAndIp: { points: 10, seconds: 300 },
  mailGlobal: { points: 5_000, seconds: 3_600 },
  mailPerIp: { points: 60, seconds: 3_600 },
  mailPerAccount: { points: 10, seconds: 3_600 },
  sessionPerIp: { points: 12_000, seconds: 60 },
}

/** Who calls what: all that is counted. The account is the one whose email was sent, else that of a verified bearer. */
export type Attempt = {
  readonly limit: LimitClass
  readonly ip: string | null
  readonly email: string | null
  readonly subject?: string | null
}

/** Counts calls; the counters of one `Limiter` are shared by all that use it, those on Redis by all processes. */
export type Limiter = {
  /** Counts one call: null where it may go on, else the seconds to wait. */
  readonly admit: (attempt: Attempt) => Promise<number | null>
  /** After a success: forgets the narrow counter, so that signing in often is no offence, and knows the address from now on. */
  readonly forgive: (attempt: Attempt) => Promise<void>
}

/** How long an address is known that an account has signed in from. Timers in memory end at 24 days. */
const knownSeconds = 20 * 86_400

/** Counts in this process; or on Redis, and while that does not answer in this process's memory, half as much of it (S31). */
export function createLimiter(limits: Partial<Limits> = {}, redis: Redis | null = null): Limiter {
  const all = { ...defaultLimits, ...limits }
  const counting = (name: string, { points, seconds }: Limit) => {
    const settings = { keyPrefix: `latchkey:${name}`, duration: seconds }
    if (redis === null) return new RateLimiterMemory({ ...settings, points })
    return new RateLimiterRedis({
      ...settings,
      points,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      // Other processes count for themselves as well.
      insuranceLimiter: new RateLimiterMemory({ ...settings, points: Math.ceil(points / 2) }),
    })
  }
  const counter = (name: keyof Limits) => counting(name, all[name])
  const perIp = counter('credentialPerIp')
  const perAccount = counter('credentialPerAccount')
  const perAccountAndIp = counter('credentialPerAccountAndIp')
  const global = counter('credentialGlobal')
  const known = counting('known', { points: 1, seconds: knownSeconds })
  const mailGlobal = counter('mailGlobal')
  const mailPerIp = counter('mailPerIp')
  const mailPerAccount = counter('mailPerAccount')
  const session = counter('sessionPerIp')

  return {
    admit: async ({ limit, ip, ...who }) => {
      if (limit === 'none') return null
      const address = clientKey(ip)
      if (limit === 'session') return take(session, address)
      const account = accountKey(who)
      // In this order: who is stopped by a narrow counter does not use up a wide one.
      if (limit === 'mail') {
        const wait = (await take(mailPerIp, address)) ?? (account === null ? null : await take(mailPerAccount, account))
        return wait ?? take(mailGlobal, 'all')
      }
      if (account === null) return (await take(perIp, address)) ?? take(global, 'all')
      const pair = `${account} ${address}`
      const wait = (await take(perIp, address)) ?? (await take(perAccountAndIp, pair))
      if (wait !== null || (await known.get(pair)) !== null) return wait
      return (await take(perAccount, account)) ?? take(global, 'all')
    },
    forgive: async ({ limit, ip, ...who }) => {
      const account = accountKey(who)
      if (limit !== 'credential' || account === null) return
      const pair = `${account} ${clientKey(ip)}`
      await Promise.all([perAccountAndIp.delete(pair), known.set(pair, 1, knownSeconds)])
    },
  }
}

/** A digest: no address rests on Redis. */
function accountKey({ email, subject = null }: Pick<Attempt, 'email' | 'subject'>): string | null {
  const account = (email === null ? null : canonicalEmail(email)) ?? subject
  return account === null ? null : createHash('sha256').update(account).digest('base64url')
}

async function take(counter: RateLimiterMemory | RateLimiterRedis, key: string): Promise<number | null> {
  try {
    await counter.consume(key)
    return null
  } catch (error) {
    if (error instanceof RateLimiterRes) return Math.max(1, Math.ceil(error.msBeforeNext / 1000))
    throw error
  }
}
