// The engine's `Store` on Drizzle. Its secret: which statement runs under which lock, and whose clock rules.
import {
  type EngineClock,
  type Held,
  type RefreshToken,
  type Step,
  type Store,
  StoreUnavailable,
} from '@latchkey/engine'
import { and, count, desc, eq, sql } from 'drizzle-orm'
import { type Database, lockTimeout, type Statement } from './database.js'
import { createDrizzleFactors } from './drizzle-factors.js'
import { createDrizzlePasskeys } from './drizzle-passkeys.js'
import { createDrizzleAudit } from './drizzle-audit.js'
import { createDrizzleSweep } from './drizzle-sweep.js'
import { createDrizzleIdentities } from './drizzle-identities.js'
import { createDrizzleSlips } from './drizzle-slips.js'
import { createDrizzleTickets } from './drizzle-tickets.js'
import { speaking } from './failures.js'
import { createKin } from './kin.js'
import { createLanes } from './lanes.js'
import { accounts, families } from './schema.js'
import {
  dropAccount,
  lockById,
  lockByToken,
  lockHolders,
  openFamily,
  opening,
  readById,
  readByToken,
  revokeAll,
  saveChange,
} from './statements.js'

export type DrizzleStoreOptions = {
  /** Replaces the database's clock, so that tests can move time; asked after the lock was taken. */
  readonly clock?: EngineClock
}

/** The store on an open, migrated database; `close` closes that as well. */
export function createDrizzleStore(database: Database, { clock }: DrizzleStoreOptions = {}): Store {
  const { tables, transaction, attempt } = database
  const kin = createKin()
  const lanes = createLanes(
    lockTimeout,
    () => new StoreUnavailable('The session is busy. Try again.'),
    () => performance.now(),
  )

  /** Reads in one packet behind the lock, lets the step decide, and sends its change together with the commit. */
  const holding = <Result>(lock: Statement, read: Statement, step: (held: Found) => Promise<Step<Result>>) =>
    transaction<Result | null>(async (query) => {
      const [, rows] = await Promise.all([query(lock), query(read)])
      const held = heldIn(rows, clock)
      if (held === null) return { write: null, result: () => null }
      const { change, result } = await step(held)
      return { write: change === undefined ? null : saveChange(held.family, change, null), result: () => result }
    })

  /**
   * Reads without the lock and writes only if nothing has changed since: two statements, and nobody waits. Null where
   * somebody else was faster.
   */
  const trying = <Result>(read: Statement, step: (held: Found) => Promise<Step<Result>>) =>
    attempt<{ readonly done: Result | null } | null>(async (query) => {
      const [row] = await query(read)
      const held = heldIn([row], clock)
      if (held === null) return { write: null, result: () => ({ done: null }) }
      const { change, result } = await step(held)
      if (change === undefined) return { write: null, result: () => ({ done: result }) }
      const { version } = row as { readonly version: string }
      const write = saveChange(held.family, change, version)
      return { write, result: (written) => (written === 0 ? null : { done: result }) }
    })

  const eitherWay = async <Result>(lock: Statement, read: Statement, step: (held: Found) => Promise<Step<Result>>) => {
    const tried = await trying(read, step)
    return tried === null ? holding(lock, read, step) : tried.done
  }

  const withToken: Store['withToken'] = (hash, step) => {
    const familyId = kin.of(hash)
    const learning = async (held: Found) => {
      const decided = await step(held)
      kin.learn(hash, held.family.id)
      if (decided.change?.insert !== undefined) kin.learn(decided.change.insert.hash, held.family.id)
      return decided
    }
    return lanes(familyId === null ? `token ${hash}` : `family ${familyId}`, () =>
      eitherWay(lockByToken({ hash }), readByToken({ hash }), learning),
    )
  }

  return {
    insertAccount: (account) =>
      speaking(async () => {
        await tables.insert(accounts).values(account)
      }),
    accountByEmail: (email) =>
      speaking(async () => one(await tables.select().from(accounts).where(eq(accounts.email, email)))),
    accountById: (id) => speaking(async () => one(await tables.select().from(accounts).where(eq(accounts.id, id)))),
    listAccounts: ({ limit, offset, search = '' }) =>
      speaking(async () => {
        const mentioned = mentions(search)
        const page = tables
          .select()
          .from(accounts)
          .where(mentioned)
          .orderBy(desc(accounts.createdAt), desc(accounts.id))
          .limit(limit)
          .offset(offset)
        const [rows, totals] = await Promise.all([
          page,
          tables.select({ total: count() }).from(accounts).where(mentioned),
        ])
        return { accounts: rows, total: totals[0]?.total ?? 0 }
      }),
    updateAccount: (id, patch, known) =>
      speaking(async () => {
        const isEmpty = Object.values(patch).every((value) => value === undefined)
        const which = and(eq(accounts.id, id), known && eq(accounts.passwordHash, known.passwordHash))
        const changed = isEmpty
          ? tables.select().from(accounts).where(which)
          : tables.update(accounts).set(patch).where(which).returning()
        return one(await changed)
      }),

    deleteAccount: (id, lastOf) =>
      speaking(() =>
        transaction<'deleted' | 'last' | 'absent'>(async (query) => {
          const holders = await query(lockHolders({ id, lastOf }))
          const isLast = holders.length === 1 && (holders[0] as { readonly id: string }).id === id
          if (isLast) return { write: null, result: () => 'last' }
          return { write: dropAccount({ id }), result: (written) => (written === 0 ? 'absent' : 'deleted') }
        }),
      ),

    insertFamily: (family, first) =>
      speaking(() => transaction(async () => ({ write: openFamily(opening(family, first)), result: () => undefined }))),
    listFamilies: (accountId) =>
      speaking(async () =>
        tables
          .select()
          .from(families)
          .where(eq(families.accountId, accountId))
          .orderBy(desc(families.createdAt), desc(families.id)),
      ),
    withToken: (hash, step) => speaking(() => withToken(hash, step)),
    withFamily: (id, step) =>
      speaking(() => lanes(`family ${id}`, () => eitherWay(lockById({ id }), readById({ id }), step))),
    revokeFamilies: (accountId, reason, keepId) =>
      speaking(() =>
        transaction(async () => ({
          write: revokeAll({ accountId, reason, keepId: keepId ?? null, now: clock?.now() ?? null }),
          result: (written) => written,
        })),
      ),

    ...createDrizzleTickets(database, clock),
    ...createDrizzleFactors(database, clock),
    ...createDrizzlePasskeys(database),
    ...createDrizzleAudit(database),
    ...createDrizzleSweep(database),
    ...createDrizzleIdentities(database),
    ...createDrizzleSlips(database, clock),

    ping: () =>
      speaking(async () => {
        await tables.execute(sql`select 1`)
      }),
    close: () => database.close(),
  }
}

/** Steps under a family's lock alone see no token: theirs is not selected, and their type does not name it. */
type Found = Held & { readonly token: RefreshToken }

/** The columns are named by the schema, whose types the compiler compares with the engine's. */
function heldIn(rows: readonly unknown[], clock: EngineClock | undefined): Found | null {
  const row = rows[0] as (Omit<Found, 'now'> & { readonly clock: { readonly now: number } }) | undefined
  if (row === undefined) return null
  const { token, family, account, clock: own } = row
  return { token, family, account, now: clock?.now() ?? own.now }
}

/** As plain text: `%` and `_` mean themselves. */
function mentions(search: string) {
  if (search === '') return undefined
  const text = search.toLowerCase()
  return sql`(position(${text} in ${accounts.email}) > 0 or position(${text} in lower(coalesce(${accounts.displayName}, ''))) > 0)`
}

const one = <Row>(rows: readonly Row[]): Row | null => rows[0] ?? null
