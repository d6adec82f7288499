// The tickets of the store on Drizzle. Its secret: each act is one statement, so PostgreSQL itself picks the one winner (S37).
import type { Account, EngineClock, Store } from '@latchkey/engine'
import { and, eq, gt, sql } from 'drizzle-orm'
import type { Database } from './database.js'
import { speaking } from './failures.js'
import { tickets } from './schema.js'
import { databaseClock, spendTicket } from './statements.js'

/** The tickets' part of the store; `clock` replaces the database's own. */
export function createDrizzleTickets(
  { tables, transaction }: Database,
  clock: EngineClock | undefined,
): Pick<Store, 'insertTicket' | 'findTicket' | 'spendTicket' | 'dropTickets'> {
  return {
    insertTicket: ({ hash, purpose, accountId, email, newEmail, expiresAt }) =>
      speaking(async () => {
        const target = [tickets.accountId, tickets.purpose]
        const ticket = tables.insert(tickets).values({ hash, purpose, accountId, email, newEmail, expiresAt })
        await ticket.onConflictDoUpdate({ target, set: { hash, email, newEmail, expiresAt } })
      }),
    findTicket: (hash, purpose) =>
      speaking(async () => {
        const now = clock === undefined ? databaseClock : sql`${clock.now()}::bigint`
        const living = and(eq(tickets.hash, hash), eq(tickets.purpose, purpose), gt(tickets.expiresAt, now))
        return (await tables.select().from(tickets).where(living))[0] ?? null
      }),
    spendTicket: (hash, purpose, { emailVerified, passwordHash = null }) =>
      speaking(() =>
        transaction(async (query) => {
          const rows = await query(
            spendTicket({ hash, purpose, emailVerified, passwordHash, now: clock?.now() ?? null }),
          )
          // The columns are named by the schema, whose types the compiler compares with the engine's.
          const row = rows[0] as { readonly account: Account } | undefined
          return { write: null, result: () => row?.account ?? null }
        }),
      ),
    dropTickets: (accountId, purpose) =>
      speaking(async () => {
        await tables.delete(tickets).where(and(eq(tickets.accountId, accountId), eq(tickets.purpose, purpose)))
      }),
  }
}
