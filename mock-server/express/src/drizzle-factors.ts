// Second factors of the store on Drizzle. Its secret: each act is one statement, so PostgreSQL itself picks the one winner (S19, S20).
import type { EngineClock, FactorStore } from '@latchkey/engine'
import { and, arrayContains, asc, eq, gt, inArray, isNotNull, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Database } from './database.js'
import { speaking } from './failures.js'
import { challenges, totps } from './schema.js'
import { databaseClock } from './statements.js'

/** How many expired challenges go with each new one: more than come. */
const swept = 20

/** The second factors' part of the store; `clock` replaces the database's own. */
export function createDrizzleFactors({ tables }: Database, clock: EngineClock | undefined): FactorStore {
  const now = (): SQL => (clock === undefined ? databaseClock : sql`${clock.now()}::bigint`)
  const confirmed = (accountId: string) => and(eq(totps.accountId, accountId), isNotNull(totps.confirmedAt))
  const living = (hash: string, purpose: string) =>
    and(eq(challenges.hash, hash), eq(challenges.purpose, purpose), gt(challenges.expiresAt, now()))

  const changeTotp = async (which: SQL | undefined, change: Changes): Promise<boolean> =>
    (await tables.update(totps).set(change).where(which).returning({ id: totps.accountId })).length > 0

  return {
    totpOf: (accountId) =>
      speaking(async () => (await tables.select().from(totps).where(eq(totps.accountId, accountId)))[0] ?? null),
    enrollTotp: (accountId, secret) =>
      speaking(async () => {
        const pending = { secret, lastStep: 0, backupCodes: [], tries: 0, triesSince: now() }
        const put = tables
          .insert(totps)
          .values({ accountId, confirmedAt: null, ...pending })
          .onConflictDoUpdate({ target: totps.accountId, set: pending, setWhere: isNull(totps.confirmedAt) })
        return (await put.returning({ id: totps.accountId })).length > 0
      }),
    confirmTotp: (accountId, secret, step, backupCodes) =>
      speaking(() =>
        changeTotp(and(eq(totps.accountId, accountId), eq(totps.secret, secret), isNull(totps.confirmedAt)), {
          confirmedAt: now(),
          lastStep: step,
          backupCodes: [...backupCodes],
        }),
      ),
    tryTotp: (accountId, { tries, within }) =>
      speaking(async () => {
        const isOver = lte(totps.triesSince, sql`${now()} - ${within}::bigint`)
        const taken = tables
          .update(totps)
          .set({
            tries: sql`case when ${isOver} then 1 else ${totps.tries} + 1 end`,
            triesSince: sql`case when ${isOver} then ${now()} else ${totps.triesSince} end`,
          })
          .where(and(confirmed(accountId), or(isOver, lt(totps.tries, tries))))
        return (await taken.returning())[0] ?? null
      }),
    acceptStep: (accountId, step) =>
      speaking(() => changeTotp(and(confirmed(accountId), lt(totps.lastStep, step)), { lastStep: step, tries: 0 })),
    spendBackupCode: (accountId, code) =>
      speaking(() =>
        changeTotp(and(confirmed(accountId), arrayContains(totps.backupCodes, [code])), {
          backupCodes: sql`array_remove(${totps.backupCodes}, ${code}::text)`,
          tries: 0,
        }),
      ),
    replaceBackupCodes: (accountId, backupCodes) =>
      speaking(() => changeTotp(confirmed(accountId), { backupCodes: [...backupCodes] })),
    resealTotp: (accountId, known, sealed) =>
      speaking(() => changeTotp(and(eq(totps.accountId, accountId), eq(totps.secret, known)), { secret: sealed })),
    listTotps: ({ after, limit }) =>
      speaking(async () => {
        const page = tables.select().from(totps).where(gt(totps.accountId, after))
        return page.orderBy(asc(totps.accountId)).limit(limit)
      }),
    removeTotp: (accountId) =>
      speaking(async () => {
        const gone = await tables.delete(totps).where(confirmed(accountId)).returning({ id: totps.accountId })
        return gone.length > 0
      }),

    insertChallenge: ({ hash, purpose, accountId, bond, tries, expiresAt }) =>
      speaking(async () => {
        const dead = tables
          .select({ hash: challenges.hash })
          .from(challenges)
          .where(lte(challenges.expiresAt, now()))
          .limit(swept)
          .for('update', { skipLocked: true })
        await tables.delete(challenges).where(inArray(challenges.hash, dead))
        await tables.insert(challenges).values({ hash, purpose, accountId, bond, tries, expiresAt })
      }),
    findChallenge: (hash, purpose, maxTries) =>
      speaking(async () => {
        const asked = and(living(hash, purpose), lt(challenges.tries, maxTries))
        return (await tables.select().from(challenges).where(asked))[0] ?? null
      }),
    tryChallenge: (hash, purpose, maxTries) =>
      speaking(async () => {
        const tried = tables
          .update(challenges)
          .set({ tries: sql`${challenges.tries} + 1` })
          .where(and(living(hash, purpose), lt(challenges.tries, maxTries)))
        return (await tried.returning())[0] ?? null
      }),
    spendChallenge: (hash, purpose) =>
      speaking(async () => (await tables.delete(challenges).where(living(hash, purpose)).returning())[0] ?? null),
    dropChallenges: (accountId) =>
      speaking(async () => {
        await tables.delete(challenges).where(eq(challenges.accountId, accountId))
      }),
  }
}

type Row = typeof totps.$inferInsert
type Changes = { readonly [Column in keyof Row]?: Row[Column] | SQL }
