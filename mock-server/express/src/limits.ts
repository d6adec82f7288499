// How often a route may be called. Its secret: which counters a call draws from, and what stands in when Redis is gone.
import { createHash } from 'node:crypto'
import { canonicalEmail, type LimitClass } from '@latchkey/engine'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { clientKey } from './client-ip.js'

/** So many calls in so many seconds. */
export type Limit = { readonly points: number; readonly seconds: number }

/** What is counted. The narrow one is by account *and* address, so that a stranger cannot lock a person out (B22). */
export type Limits = {
  readonly credentialPerIp: Limit
  readonly credentialPerAccount: Limit
  readonly credentialPerAccountAndIp: Limit
  /** Mails that a call sends: so that nobody's letter box is flooded, and login's counters are not used up by it. */
  readonly mailPerIp: Limit
  readonly mailPerAccount: Limit
  readonly sessionPerIp: Limit
}

/** Generous to an office behind one address, hopeless for a guesser. */
export const defaultLimits: Limits = {
  credentialPerIp: { points: 120, seconds: 60 },
  credentialPerAccount: { points: 100, seconds: 3_600 },
  credentialPerAccountAndIp: { points: 10, seconds: 300 },
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
  /** Forgets the narrow counter after a success, so that signing in often is no offence. */
  readonly forgive: (attempt: Attempt) => Promise<void>
}

/** Counts in this process, or on Redis with this process's memory as the insurance while Redis does not answer (S31). */
export function createLimiter(limits: Partial<Limits> = {}, redis: Redis | null = null): Limiter {
  const all = { ...defaultLimits, ...limits }
  const counter = (name: keyof Limits) => {
    const settings = { keyPrefix: `latchkey:${name}`, points: all[name].points, duration: all[name].seconds }
    const memory = new RateLimiterMemory(settings)
    if (redis === null) return memory
    return new RateLimiterRedis({
      ...settings,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: memory,
    })
  }
  const perIp = counter('credentialPerIp')
  const perAccount = counter('credentialPerAccount')
  const perAccountAndIp = counter('credentialPerAccountAndIp')
  const mailPerIp = counter('mailPerIp')
  const mailPerAccount = counter('mailPerAccount')
  const session = counter('sessionPerIp')

  return {
    admit: async ({ limit, ip, ...who }) => {
      if (limit === 'none') return null
      const address = clientKey(ip)
      if (limit === 'session') return take(session, address)
      const account = accountKey(who)
      if (limit === 'mail')
        return (await take(mailPerIp, address)) ?? (account === null ? null : await take(mailPerAccount, account))
      if (account === null) return take(perIp, address)
      // In this order: who is stopped by the narrow counter does not use up the account's own.
      return (
        (await take(perIp, address)) ??
        (await take(perAccountAndIp, `${account} ${address}`)) ??
        (await take(perAccount, account))
      )
    },
    forgive: async ({ limit, ip, ...who }) => {
      const account = accountKey(who)
      if (limit === 'credential' && account !== null) await perAccountAndIp.delete(`${account} ${clientKey(ip)}`)
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
