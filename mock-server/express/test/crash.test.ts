// A database or a process that dies half-way. The law: all of a rotation or nothing, and the old token still good.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StoreUnavailable } from '@latchkey/engine'
import { ask, holdFamilies, onPostgres, postgresUrl, type Stage } from './databases.js'
import { aToken, signedIn } from './rows.js'

describe.runIf(postgresUrl !== undefined)('on PostgreSQL', () => {
  let stage: Stage & { readonly url: string }

  beforeAll(async () => {
    stage = await onPostgres()
  })
  afterAll(() => stage.strike())

  const rotation = (familyId: string) => ({
    family: { head: 1 },
    consume: { generation: 0, at: 1, nonce: 'n' },
    insert: aToken(familyId, 1),
  })
  /** Ends every other connection to the test's own database. */
  const terminateAll = () =>
    ask(
      stage.url,
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
  const tokenOf = (hash: string) => stage.store.withToken(hash, async ({ token }) => ({ result: token }))

  it('a failure between consume and insert rolls the consume back (S12)', async () => {
    const { account, family, token } = await signedIn(stage.store)
    await ask(
      stage.url,
      `create function fail() returns trigger language plpgsql as $$ begin raise exception 'crash point'; end $$;
       create trigger crash before insert on latchkey_refresh_token for each row execute function fail()`,
    )
    const rotate = () =>
      stage.store.withToken(token.hash, async () => ({ change: rotation(family.id), result: 'done' }))
    await expect(rotate()).rejects.toThrow('crash point')
    expect(await tokenOf(token.hash)).toEqual(token)
    expect(await stage.store.listFamilies(account.id)).toEqual([family])
    await ask(stage.url, 'drop trigger crash on latchkey_refresh_token')
    expect(await rotate()).toBe('done')
  })

  it('a backend that is terminated under the lock takes nothing with it, and the next try succeeds (S11)', async () => {
    const { account, family, token } = await signedIn(stage.store)
    const rotate = stage.store.withToken(token.hash, async () => {
      await terminateAll()
      return { change: rotation(family.id), result: 'done' }
    })
    await expect(rotate).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await tokenOf(token.hash)).toEqual(token)
    expect(await stage.store.listFamilies(account.id)).toEqual([family])
  })

  it('a standby that only reads gets no rotation done: 503, and the token is good on the primary (S14)', async () => {
    const { family, token } = await signedIn(stage.store)
    const rotate = () =>
      stage.store.withToken(token.hash, async () => ({ change: rotation(family.id), result: 'done' }))
    const name = new URL(stage.url).pathname.slice(1)
    await ask(stage.url, `alter database ${name} set default_transaction_read_only = on`)
    await terminateAll()
    await expect(rotate()).rejects.toBeInstanceOf(StoreUnavailable)
    await ask(postgresUrl ?? '', `alter database ${name} reset default_transaction_read_only`)
    await terminateAll()
    expect(await rotate()).toBe('done')
  })

  it('connections that died while idle are replaced unseen (S11)', async () => {
    const { token } = await signedIn(stage.store)
    await Promise.all(Array.from({ length: 5 }, () => stage.store.ping()))
    await terminateAll()
    expect(await tokenOf(token.hash)).toEqual(token)
  })

  it('a lock that somebody holds for long costs a bounded wait, then 503 and not a pile (S16)', async () => {
    const { token } = await signedIn(stage.store)
    const release = await holdFamilies(stage.url)
    const touch = () =>
      stage.store.withToken(token.hash, async ({ now }) => ({
        change: { family: { lastUsedAt: now } },
        result: 'done',
      }))
    const waits = await Promise.allSettled(Array.from({ length: 30 }, touch))
    for (const each of waits) expect(each).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable' } })
    await stage.store.ping()
    await release()
    expect(await tokenOf(token.hash)).toEqual(token)
  })
})
