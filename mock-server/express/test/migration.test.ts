// An update while the old version still runs. The law: migrations only add, and what the old version wrote goes on (S50).
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrations } from '../src/database.js'
import { makeSecrets } from '../src/secrets.js'
import type { RunningServer } from '../src/start-server.js'
import { ask, createDatabase, postgresUrl } from './databases.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, password, type Visitor } from './visitor.js'

describe('S50: every migration', () => {
  it('only adds: what the old version reads and writes stays as it is', async () => {
    const names = (await readdir(migrations.migrationsFolder)).filter((name) => name.endsWith('.sql')).toSorted()
    expect(names.length).toBeGreaterThan(1)
    for (const name of names.slice(1)) {
      const text = await readFile(join(migrations.migrationsFolder, name), 'utf8')
      const statements = text.split(/--> statement-breakpoint|;\s*$/m).map((each) => each.trim())
      const own = [...text.matchAll(/CREATE TABLE "(\w+)"/g)].map(([, table]) => table)
      for (const statement of statements.filter((each) => each !== '')) {
        const [, altered, added = ''] = /^ALTER TABLE "(\w+)" ADD (.*)$/s.exec(statement) ?? []
        const isNew = /^CREATE (TABLE|INDEX) /.test(statement) || own.includes(altered)
        const isHarmless = added.startsWith('COLUMN ') && (!/NOT NULL/.test(added) || /DEFAULT/.test(added))
        expect([name, statement, isNew || isHarmless]).toEqual([name, statement, true])
      }
    }
  })
})

/** The tables that the first version had, parents first. */
const tables = ['latchkey_account', 'latchkey_family', 'latchkey_refresh_token'] as const

describe.runIf(postgresUrl !== undefined)('S50: on PostgreSQL, an update from the first version', () => {
  const secrets = { REFRESH_TOKEN_PEPPER: 'p'.repeat(32), JWT_PRIVATE_KEYS: JSON.stringify(makeSecrets()) }
  type Base = Awaited<ReturnType<typeof createDatabase>>
  let folder: string
  let old: Base
  let fresh: Base
  let author: RunningServer
  let server: RunningServer | null = null
  const columns = new Map<string, readonly string[]>()

  beforeAll(async () => {
    fresh = await createDatabase()
    author = await aServer({ env: { DATABASE_URL: fresh.url, ...secrets } })
    old = await createDatabase()
    folder = await mkdtemp(join(tmpdir(), 'latchkey-migrations-'))
    await cp(migrations.migrationsFolder, folder, { recursive: true })
    const journal = join(folder, 'meta', '_journal.json')
    const { entries, ...more } = JSON.parse(await readFile(journal, 'utf8')) as { readonly entries: readonly unknown[] }
    await writeFile(journal, JSON.stringify({ ...more, entries: entries.slice(0, 1) }))
    const client = new Client({ connectionString: old.url })
    await client.connect()
    await migrate(drizzle(client), { ...migrations, migrationsFolder: folder })
    await client.end()
    for (const table of tables) {
      const found = await ask(old.url, 'select column_name from information_schema.columns where table_name = $1', [
        table,
      ])
      columns.set(
        table,
        found.map((row) => String(row['column_name'])),
      )
    }
  })
  afterAll(async () => {
    await server?.stop()
    await author.stop()
    await old.drop()
    await fresh.drop()
    await rm(folder, { recursive: true })
  })

  /** Everything that is known of an account, written as the first version does: its own columns, and no others. */
  const writtenByTheOld = async (accountId: string): Promise<void> => {
    const of = {
      latchkey_account: 'id = $1',
      latchkey_family: 'account_id = $1',
      latchkey_refresh_token: 'family_id in (select id from latchkey_family where account_id = $1)',
    }
    for (const table of tables) {
      const names = columns.get(table) ?? []
      const key = names.includes('hash') ? 'hash' : 'id'
      for (const row of await ask(fresh.url, `select * from ${table} where ${of[table]}`, [accountId])) {
        await ask(
          old.url,
          `insert into ${table} (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})
           on conflict (${key}) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
          names.map((name) => row[name]),
        )
      }
    }
  }
  const idOf = async (visitor: Visitor) => String((await visitor.go('/auth/me')).body['id'])
  const sentTo = (base: string, { token, did }: Visitor, cookie: string) => aVisitor(base, cookie, token, did)

  it('in the middle of a rotation: the repeat gets the successor that the old version gave, and the session goes on', async () => {
    const member = await aMember(author.url)
    const before = member.cookie
    await member.post('/auth/refresh')
    const successor = member.cookie
    await writtenByTheOld(await idOf(member))
    server = await aServer({ env: { DATABASE_URL: old.url, ...secrets } })

    const repeated = sentTo(server.url, member, before)
    expect((await repeated.post('/auth/refresh')).status).toBe(200)
    expect(repeated.cookie).toBe(successor)
    expect((await repeated.post('/auth/refresh')).status).toBe(200)
    expect((await repeated.go('/auth/me')).status).toBe(200)
  })

  it('beside the new one: who signs in and rotates at the old version is at home at the new one, and the other way round', async () => {
    const base = server?.url ?? ''
    const member = await aMember(author.url)
    await member.post('/auth/refresh')
    const id = await idOf(member)
    await writtenByTheOld(id)
    const here = sentTo(base, member, member.cookie)
    expect((await here.post('/auth/refresh')).status).toBe(200)
    const other = aVisitor(base)
    expect((await other.post('/auth/login', { email: member.email, password })).status).toBe(200)
    expect((await here.post('/auth/logout')).status).toBe(204)

    const asTheOldReads = `select ${(columns.get('latchkey_family') ?? []).join(', ')} from latchkey_family`
    const rows = await ask(old.url, `${asTheOldReads} where account_id = $1 order by created_at`, [id])
    expect(rows).toMatchObject([
      { head: 1, revoked_reason: 'logout' },
      { head: 0, revoked_at: null },
    ])
  })
})
