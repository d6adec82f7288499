// What a failover and its conflicts look like from outside. The law: only the primary decides, and nobody is signed out by it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatabaseUnusable, openStore } from '../src/open-store.js'
import type { RunningServer } from '../src/start-server.js'
import { ask, createDatabase, postgresUrl } from './databases.js'
import { aServer } from './settings.js'
import { aMail, aMember, aVisitor, password } from './visitor.js'

describe.runIf(postgresUrl !== undefined)('on PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let server: RunningServer

  beforeEach(async () => {
    database = await createDatabase()
    server = await aServer({ env: { DATABASE_URL: database.url } })
  })
  afterEach(async () => {
    await server.stop()
    await database.drop()
  })

  /** As a primary that becomes a standby: connections end, and those that come after may only read. */
  const demote = () =>
    ask(
      database.url,
      `do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$;
       select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
  /** The address leads to a primary again; connections to the standby are not ended by that. */
  const promote = () =>
    ask(
      database.url,
      `begin; set transaction read write;
       do $$ begin execute format('alter database %I reset default_transaction_read_only', current_database()); end $$;
       commit`,
    )
  const unavailable = { status: 503, body: { code: 'unavailable' } }

  it('S14: a standby decides nothing: 503 and the cookie stays, until a primary is there again', async () => {
    const member = await aMember(server.url)
    const before = member.cookie
    await demote()
    for (let round = 0; round < 3; round += 1) {
      expect(await aVisitor(server.url).post('/auth/register', { email: aMail(), password })).toMatchObject(unavailable)
      for (const path of ['/auth/refresh', '/auth/logout', '/auth/logout-all']) {
        const reply = await member.twin().post(path)
        expect(reply).toMatchObject(unavailable)
        expect([reply.headers.get('retry-after'), reply.headers.get('set-cookie')]).toEqual(['1', null])
      }
      expect(await aVisitor(server.url).post('/auth/login', { email: member.email, password })).toMatchObject(
        unavailable,
      )
    }
    await promote()
    expect((await member.post('/auth/refresh')).status).toBe(200)
    expect(member.cookie).not.toBe(before)
    expect((await aVisitor(server.url).post('/auth/login', { email: member.email, password })).status).toBe(200)
    expect((await member.post('/auth/logout-all')).status).toBe(204)
  })

  it('S14: a server does not start on a standby, and says why', async () => {
    await demote()
    await expect(openStore(database.url)).rejects.toThrow(DatabaseUnusable)
    await expect(openStore(database.url)).rejects.toThrow('read-only')
    await promote()
  })

  /** PostgreSQL rolls back the first `times` writes of a token, as it does where transactions cannot be put in order. */
  const conflict = async (times: number, sqlstate: string): Promise<void> => {
    await ask(
      database.url,
      `create or replace function conflict() returns trigger language plpgsql as $$ begin
         if nextval('conflicts') <= ${times} then raise exception 'conflict' using errcode = '${sqlstate}'; end if;
         return new; end $$;
       drop sequence if exists conflicts; create sequence conflicts;
       create or replace trigger conflict before insert on latchkey_refresh_token for each row execute function conflict()`,
    )
  }

  it.each([
    ['a serialization failure', '40001'],
    ['a deadlock', '40P01'],
  ])(
    'S15: %s is tried again, a bounded number of times, then 503, and nobody is signed out',
    async (_name, sqlstate) => {
      const [first, second] = [await aMember(server.url), await aMember(server.url)]
      const logIn = () => aVisitor(server.url).post('/auth/login', { email: first.email, password })
      await conflict(2, sqlstate)
      expect((await first.post('/auth/refresh')).status).toBe(200)
      await conflict(2, sqlstate)
      expect((await logIn()).status).toBe(200)

      await conflict(1_000_000, sqlstate)
      for (const reply of [await second.twin().post('/auth/refresh'), await logIn()]) {
        expect(reply).toMatchObject(unavailable)
        expect([reply.headers.get('retry-after'), reply.headers.get('set-cookie')]).toEqual(['1', null])
      }
      const [tried] = await ask(database.url, 'select last_value::int as tries from conflicts')
      expect(tried?.['tries']).toBe(8)
      await conflict(0, sqlstate)
      expect((await second.post('/auth/refresh')).status).toBe(200)
    },
  )
})
