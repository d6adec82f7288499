// The slips of the store on Drizzle. Its secret: taking is one delete, so PostgreSQL itself picks the one winner (S41).
import type { EngineClock, Slips } from '@latchkey/engine'
import { and, eq, lte, sql } from 'drizzle-orm'
import type { Database } from './database.js'
import { speaking } from './failures.js'
import { slips } from './schema.js'
import { databaseClock } from './statements.js'

/** The slips' part of the store; `clock` replaces the database's own. Those that nobody came for go when the next one comes. */
export function createDrizzleSlips({ tables }: Database, clock: EngineClock | undefined): Slips {
  const now = () => (clock === undefined ? databaseClock : sql`${clock.now()}::bigint`)
  return {
    insertSlip: ({ hash, kind, content, expiresAt }) =>
      speaking(async () => {
        await tables.delete(slips).where(lte(slips.expiresAt, now()))
        await tables.insert(slips).values({ hash, kind, content, expiresAt })
      }),
    takeSlip: (hash, kind) =>
      speaking(async () => {
        const which = and(eq(slips.hash, hash), eq(slips.kind, kind))
        const living = sql<boolean>`${slips.expiresAt} > ${now()}`
        const [taken] = await tables.delete(slips).where(which).returning({ content: slips.content, living })
        return taken?.living === true ? taken.content : null
      }),
  }
}
