// Two servers on one PostgreSQL, and the worst that can happen to one of them while people use both.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSecrets } from '../src/commands/keys.js'
import { ask, createDatabase, postgresUrl } from './databases.js'
import { createHistory, violations } from './history.js'
import { listening, openProcesses, type Run } from './processes.js'
import { openReverseProxy, type ReverseProxy } from './reverse-proxy.js'
import { aMember, aVisitor, type Visitor } from './visitor.js'

const people = 8
const rounds = 6
/** Of these the first two sign out on the way. */
const leavers = 2

describe('the checker of histories', () => {
  const ok = (gen: number, token: string) => ({ type: 'ok', gen, token }) as const
  type Told = Parameters<ReturnType<ReturnType<typeof createHistory>['invoke']>>[0]
  const check = (...acts: readonly (readonly ['refresh' | 'logout', string, Told])[]) => {
    const { invoke, operations } = createHistory()
    for (const [act, shown, outcome] of acts) invoke({ act, session: 'one', shown })(outcome)
    return violations(operations)
  }
  const [fail, info, left] = [{ type: 'fail' } as const, { type: 'info' } as const, ok(0, '')]

  it('finds nothing where a reply was lost, repeated, and the session ended by its owner', () => {
    const lost = ['refresh', 'r0', info] as const
    expect(check(lost, ['refresh', 'r0', ok(1, 'r1')], ['refresh', 'r0', ok(1, 'r1')])).toEqual([])
    expect(check(['refresh', 'r0', ok(1, 'r1')], ['logout', 'r1', left], ['refresh', 'r1', fail])).toEqual([])
  })

  it.each([
    [
      'J1',
      [
        ['refresh', 'r0', ok(1, 'r1')],
        ['refresh', 'r1', ok(1, 'x')],
      ],
    ],
    [
      'J2',
      [
        ['refresh', 'r0', ok(1, 'r1')],
        ['refresh', 'r1', fail],
      ],
    ],
    [
      'J3',
      [
        ['logout', 'r0', left],
        ['refresh', 'r0', ok(1, 'r1')],
      ],
    ],
    [
      'J5',
      [
        ['refresh', 'r0', ok(1, 'r1')],
        ['refresh', 'r0', ok(2, 'x')],
      ],
    ],
    [
      'lost',
      [
        ['refresh', 'r0', ok(1, 'r1')],
        ['refresh', 'r0', ok(0, 'r0')],
      ],
    ],
  ] as const)('finds a break of %s', (law, acts) => {
    expect(check(...acts).join('\n')).toContain(law)
  })
})

describe.runIf(postgresUrl !== undefined)('two servers on one PostgreSQL', () => {
  let processes: Awaited<ReturnType<typeof openProcesses>>
  let database: Awaited<ReturnType<typeof createDatabase>>
  let runs: readonly [Run, Run]
  let urls: readonly string[]
  let proxy: ReverseProxy

  beforeAll(async () => {
    processes = await openProcesses()
    database = await createDatabase()
    const secrets = generateSecrets()
    const valueOf = (name: string) => new RegExp(`^${name}='?(.*?)'?$`, 'm').exec(secrets)?.[1] ?? ''
    const env = {
      DATABASE_URL: database.url,
      JWT_PRIVATE_KEYS: valueOf('JWT_PRIVATE_KEYS'),
      REFRESH_TOKEN_PEPPER: valueOf('REFRESH_TOKEN_PEPPER'),
    }
    runs = [processes.run(env), processes.run(env)]
    urls = await Promise.all(runs.map(listening))
    proxy = await openReverseProxy(urls)
  }, 240_000)
  afterAll(async () => {
    await proxy.close()
    await processes.close()
    await database.drop()
  })

  it('kill -9 of one, and the end of every connection of the other, under load: J1 to J6 hold, no honest user is logged out, nothing is lost (S11, S12, S13)', async () => {
    const history = createHistory()
    const jars = await Promise.all(Array.from({ length: people }, () => aMember(urls[0] ?? '')))
    const sessions = await ask(database.url, 'select id, account_id from latchkey_family')
    expect(sessions).toHaveLength(people)

    /** One request of one tab, with the jar as it is now; what it sets is in the jar before anybody is told. */
    const once = async (act: 'refresh' | 'logout', jar: Visitor, session: string) => {
      const tab = aVisitor(proxy.url, jar.cookie, jar.token, jar.did)
      const tell = history.invoke({ act, session, shown: jar.cookie })
      const answer = await tab.post(`/auth/${act}`).catch(() => null)
      const status = answer?.status ?? 0
      if (status === 200) Object.assign(jar, { cookie: tab.cookie, token: tab.token })
      if (status === 200 || status === 204)
        tell({ type: 'ok', gen: Number(answer?.body['gen'] ?? 0), token: tab.cookie })
      else tell({ type: status === 401 ? 'fail' : 'info' })
      return status
    }
    /** As an honest client: what nobody answered is asked again, and a 401 is believed. */
    const until = async (act: 'refresh' | 'logout', jar: Visitor, session: string) => {
      for (let tries = 0; tries < 200; tries += 1) {
        const status = await once(act, jar, session)
        if (status === 200 || status === 204 || status === 401) return status
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return 0
    }
    /** The grace goes by: the next burst rotates. */
    const age = (session: string) =>
      ask(database.url, 'update latchkey_family set head_handed_at = 1 where id = $1', [session])

    const worst: Readonly<Record<number, () => unknown>> = {
      2: () => runs[0].child.kill('SIGKILL'),
      4: () =>
        ask(
          database.url,
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'latchkey'`,
        ),
    }
    const live = async (jar: Visitor, place: number) => {
      const session = String(sidIn(jar.token))
      for (let round = 0; round < rounds; round += 1) {
        await age(session)
        const burst = [1, 2, 3].map(() => until('refresh', jar, session))
        if (place === people - 1) await worst[round]?.()
        const leaves = place < leavers && round === 3 ? [until('logout', jar, session)] : []
        await Promise.all([...burst, ...leaves])
      }
      return session
    }
    const lived = await Promise.all(jars.map(live))
    await Promise.all(jars.map((jar, place) => until('refresh', jar, lived[place] ?? '')))
    expect((await runs[0].ended).code).toBeNull()

    const { operations } = history
    expect(operations.length).toBeGreaterThan(people * rounds * 3)
    expect(violations(operations)).toEqual([])
    const last = lived.map((session) => operations.findLast((each) => each.session === session)?.outcome.type)
    expect(last).toEqual(lived.map((_, place) => (place < leavers ? 'fail' : 'ok')))

    const families = await ask(
      database.url,
      `select id, head, revoked_reason, (revoked_at is null) = (revoked_reason is null) as said,
        idle_expires_at <= absolute_expires_at as bounded,
        (select max(generation) from latchkey_refresh_token t where t.family_id = f.id) as newest,
        (select count(*)::int from latchkey_refresh_token t where t.family_id = f.id and consumed_at is null) as unspent
       from latchkey_family f`,
    )
    // J1, J4, J6: one head, whose token alone is unspent; bounded; and over only where its owner left, with the reason.
    expect(families.map(({ id: _id, ...family }) => family)).toEqual(
      families.map(({ id, head }) => ({
        head,
        newest: head,
        unspent: 1,
        bounded: true,
        said: true,
        revoked_reason: lived.indexOf(String(id)) < leavers ? 'logout' : null,
      })),
    )
    const heads = families.flatMap(({ head, revoked_reason: reason }) => (reason === null ? [Number(head)] : []))
    expect(Math.min(...heads)).toBeGreaterThanOrEqual(rounds)
  }, 240_000)
})

const sidIn = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { readonly sid?: unknown }).sid
