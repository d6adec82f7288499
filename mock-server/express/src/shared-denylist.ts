// A denylist that several processes share by Redis. Its secret: what is certain while Redis is there, and what nobody can tell while it is not.
import type { Bearer, Denial, Denylist } from '@latchkey/engine'
import type { Redis } from 'ioredis'
import { z } from 'zod'

const channel = 'latchkey:denied'

/** What other processes tell; anything else on the channel is not ours. */
const told = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue('is not JSON')
      return z.NEVER
    }
  })
  .pipe(
    z.array(
      z.union([
        z.object({ kind: z.literal('session'), sid: z.string() }),
        z.object({ kind: z.literal('role'), accountId: z.string(), role: z.string() }),
      ]),
    ),
  )

export type SharedDenylistOptions = {
  /** This process's own, which the others' denials are put into. */
  readonly local: Denylist
  readonly redis: Redis
  /** Seconds that an access token lives. */
  readonly ttl: number
}

/**
 * Writes denials to Redis, where they expire with the tokens, and tells them to all processes. Denials that Redis did
 * not take are written when it is back; for as long as one of those may be unknown here, nothing is certain.
 */
export function shareDenylist({ local, redis, ttl }: SharedDenylistOptions): Denylist & { readonly close: () => void } {
  const untold: Denial[] = []
  let certainFrom = -Infinity
  const listener = redis.duplicate()
  // Its owner hears of the first connection; this one comes and goes with it.
  listener.on('error', () => undefined)
  listener.on('ready', () => void listener.subscribe(channel).catch(() => undefined))
  listener.on('message', (_channel, text) => {
    const parsed = told.safeParse(text)
    if (parsed.success) void local.deny(parsed.data)
  })
  redis.on('close', () => {
    certainFrom = performance.now() + ttl * 1000
  })
  redis.on('ready', () => void share(untold.splice(0)))

  const share = async (denials: readonly Denial[]): Promise<void> => {
    if (denials.length === 0) return
    try {
      const writing = redis.multi()
      for (const denial of denials) writing.set(keyOf(denial), valueOf(denial), 'EX', ttl)
      const results = await writing.publish(channel, JSON.stringify(denials)).exec()
      if (results?.some(([error]) => error !== null) !== false) untold.push(...denials)
    } catch {
      untold.push(...denials)
    }
  }

  const shared = async ({ sub, sid, role }: Bearer): Promise<boolean | null> => {
    if (redis.status !== 'ready' || performance.now() < certainFrom) return null
    try {
      const [session, present] = await redis.mget(`${channel}:session:${sid}`, `${channel}:account:${sub}`)
      return session !== null || (present !== null && present !== role)
    } catch {
      return null
    }
  }

  return {
    deny: async (denials) => {
      await local.deny(denials)
      await share(denials)
    },
    knows: local.knows,
    denies: async (bearer) => (local.knows(bearer) ? true : shared(bearer)),
    close: () => listener.disconnect(),
  }
}

const keyOf = (denial: Denial): string =>
  denial.kind === 'session' ? `${channel}:session:${denial.sid}` : `${channel}:account:${denial.accountId}`

const valueOf = (denial: Denial): string => (denial.kind === 'session' ? '1' : denial.role)
