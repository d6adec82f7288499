// The databases under test: a fresh one each, gone afterwards. Its secret: how each comes and goes.
import { randomUUID } from 'node:crypto'
import { createMemoryStore, type EngineClock, type Store } from '@latchkey/engine'
import { Client } from 'pg'
import { openStore } from '../src/open-store.js'

/** The PostgreSQL that may be used, or undefined: then its suites do not run. */
export const postgresUrl = process.env['DATABASE_URL']
export const redisUrl = process.env['REDIS_URL']

export type Stage = { readonly store: Store; readonly strike: () => Promise<void> }

export const stages: Readonly<Record<string, (clock?: EngineClock) => Promise<Stage>>> = {
  memory: async (clock) => {
    const store = createMemoryStore(clock === undefined ? {} : { clock })
    return { store, strike: () => store.close() }
  },
  PGlite: async (clock) => {
    const store = await openStore('pglite::memory:', clock === undefined ? {} : { clock })
    return { store, strike: () => store.close() }
  },
  ...(postgresUrl === undefined ? {} : { PostgreSQL: onPostgres }),
}

export async function onPostgres(clock?: EngineClock): Promise<Stage & { readonly url: string }> {
  const database = await createDatabase()
  const store = await openStore(database.url, { poolSize: 20, ...(clock === undefined ? {} : { clock }) })
  return {
    store,
    url: database.url,
    strike: async () => {
      await store.close()
      await database.drop()
    },
  }
}

/** An empty database of its own, beside the one that `DATABASE_URL` names. */
export async function createDatabase(): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const name = `latchkey_test_${randomUUID().replaceAll('-', '').slice(0, 12)}`
  const url = new URL(postgresUrl ?? '')
  await ask(url.href, `create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return { url: own.href, drop: async () => void (await ask(url.href, `drop database ${name} with (force)`)) }
}

/** One statement on a connection of its own. */
export async function ask(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Holds the locks of all families on a connection of its own, until the answer is called. */
export async function holdFamilies(url: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query('select 1 from latchkey_family for update')
  return () => client.end()
}
