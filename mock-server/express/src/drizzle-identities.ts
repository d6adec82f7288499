// The identities of the store on Drizzle. Its secret: the unique index alone decides whose an identity is (B31).
import type { Identities } from '@latchkey/engine'
import { and, asc, eq } from 'drizzle-orm'
import type { Database } from './database.js'
import { speaking } from './failures.js'
import { identities } from './schema.js'

/** The identities' part of the store. */
export function createDrizzleIdentities({ tables }: Database): Identities {
  return {
    identityOf: (issuer, subject) =>
      speaking(async () => {
        const which = and(eq(identities.issuer, issuer), eq(identities.subject, subject))
        return (await tables.select().from(identities).where(which))[0] ?? null
      }),
    insertIdentity: (identity) =>
      speaking(async () => {
        const inserted = tables.insert(identities).values(identity).onConflictDoNothing()
        return (await inserted.returning({ id: identities.id })).length === 1
      }),
    listIdentities: (accountId) =>
      speaking(async () =>
        tables
          .select()
          .from(identities)
          .where(eq(identities.accountId, accountId))
          .orderBy(asc(identities.createdAt), asc(identities.id)),
      ),
    deleteIdentity: (accountId, id) =>
      speaking(async () => {
        const which = and(eq(identities.id, id), eq(identities.accountId, accountId))
        return (await tables.delete(identities).where(which).returning({ id: identities.id })).length === 1
      }),
  }
}
