// Where it is remembered which access tokens were taken back. Its secret: who may have taken one back without telling this process.
import { createDenylist, type Denylist, type EngineClock } from '@latchkey/engine'
import type { Redis } from 'ioredis'
import { parseDatabaseUrl } from './database-url.js'
import { shareDenylist } from './shared-denylist.js'

/** On Redis where there is one. Without it PGlite has one process, which knows all; on PostgreSQL there may be others, so the store is asked. */
export function openDenylist(
  { databaseUrl, ttl }: { readonly databaseUrl: string; readonly ttl: number },
  clock: EngineClock,
  redis: Redis | null,
  closing: (() => Promise<unknown>)[],
): Denylist {
  const local = createDenylist({ clock, ttl })
  if (redis !== null) {
    const shared = shareDenylist({ local, redis, ttl })
    closing.push(async () => shared.close())
    return shared
  }
  const isAlone = parseDatabaseUrl(databaseUrl)?.kind === 'pglite'
  return isAlone ? local : { ...local, denies: async (bearer) => (local.knows(bearer) ? true : null) }
}
