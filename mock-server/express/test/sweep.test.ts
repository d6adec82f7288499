// What expires is swept. The law looks at the tables themselves, so that a new one cannot be forgotten.
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { type PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Store } from '@latchkey/engine'
import type { Database } from '../src/database.js'
import { createDrizzleStore } from '../src/drizzle-store.js'
import { openPglite } from '../src/pglite.js'
import * as schema from '../src/schema.js'
import { anAccount } from './rows.js'

const exported: readonly unknown[] = Object.values(schema)
const tables = exported.filter((each): each is PgTable => is(each, PgTable))
const expiries = (table: PgTable) =>
  Object.entries(getTableColumns(table)).flatMap(([key, { name }]) => (/expire/.test(name) ? [key] : []))
const expiring = tables.filter((table) => expiries(table).length > 0)

const [past, future] = [1_000, 9_000_000_000_000]
let database: Database
let store: Store
const account = anAccount()

beforeAll(async () => {
  database = await openPglite(null)
  await database.migrate()
  store = createDrizzleStore(database)
  await store.insertAccount(account)
})
afterAll(() => store.close())

/** A value of the column's type; what refers to an account refers to the one that there is. */
function valueOf({ name, dataType, notNull, hasDefault }: PgColumn, mark: string): unknown {
  if (name === 'account_id') return account.id
  if (!notNull || hasDefault) return undefined
  if (dataType === 'number') return 1
  return dataType === 'boolean' ? true : mark
}

/** A row whose moments of expiry are all in the future, but for one. */
const rowOf = (table: PgTable, over: string | null) => {
  const mark = `${getTableName(table)} ${over ?? 'living'}`
  return Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([key, column]) => {
      if (expiries(table).includes(key)) return [key, key === over ? past : future]
      return [key, valueOf(column, mark)]
    }),
  )
}

it('finds the tables that have an expiry', () => {
  expect(expiring.map(getTableName).toSorted()).toEqual(
    expect.arrayContaining(['latchkey_challenge', 'latchkey_family', 'latchkey_slip', 'latchkey_ticket']),
  )
})

it.each(expiring.map((table) => [getTableName(table), table] as const))(
  'of %s what expired goes, by each of its moments, and what lives stays',
  async (_name, table) => {
    for (const over of expiries(table)) await database.tables.insert(table).values(rowOf(table, over))
    await database.tables.insert(table).values(rowOf(table, null))
    const rule = { endedBefore: 2_000, auditBefore: 2_000, limit: 100 }
    expect(await store.sweep(rule)).toBe(expiries(table).length)
    expect(await database.tables.select().from(table)).toHaveLength(1)
    expect(await store.sweep(rule)).toBe(0)
  },
)
