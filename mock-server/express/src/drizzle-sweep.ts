// What the store on Drizzle forgets. Its secret: rows that somebody holds are skipped, so the cleaning never waits and nobody waits for it.
import type { SweepStore } from '@latchkey/engine'
import { lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Database } from './database.js'
import { speaking } from './failures.js'
import { auditEntries, challenges, families, slips, tickets } from './schema.js'

/** The sweeping's part of the store. A family takes its refresh tokens along. */
export function createDrizzleSweep({ tables }: Database): SweepStore {
  /** One bite of a table: the rows are chosen and locked by their key, and what is locked by others stays for the next time. */
  const bite = async (table: PgTable, key: PgColumn, isOver: SQL, limit: number): Promise<number> => {
    const chosen = tables.select({ key }).from(table).where(isOver).limit(limit).for('update', { skipLocked: true })
    return (
      await tables
        .delete(table)
        .where(sql`${key} = any(array(${chosen}))`)
        .returning({ key })
    ).length
  }

  return {
    sweep: ({ endedBefore, expiredBefore = endedBefore, auditBefore, limit }) =>
      speaking(async () => {
        const end = sql`least(${families.revokedAt}, ${families.idleExpiresAt}, ${families.absoluteExpiresAt})`
        const ended = await bite(families, families.id, sql`${end} < ${endedBefore}::bigint`, limit)
        let expired = 0
        for (const table of [tickets, challenges, slips]) {
          expired += await bite(table, table.hash, lt(table.expiresAt, expiredBefore), limit)
        }
        const old = await bite(auditEntries, auditEntries.id, lt(auditEntries.at, auditBefore), limit)
        return ended + expired + old
      }),
  }
}
