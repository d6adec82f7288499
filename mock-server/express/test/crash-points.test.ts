// The connection dies before or after each statement of an act. The law: J1–J6 hold at every such point (S11, S12, S13).
import { createEngine, type Engine, type EngineEvent, type Mail, type Reply, type Store } from '@latchkey/engine'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../src/open-store.js'
import { ask, createDatabase, postgresUrl } from './databases.js'
import { plainPasswords } from './settings.js'
import { aMail, password } from './visitor.js'

type Side = 'before' | 'after'
/** Which statement of the act is the last of its connection; counts all that pass where `at` is null. */
const failpoint: { at: number | null; side: Side; seen: number } = { at: null, side: 'before', seen: 0 }

type Anything = unknown[]
const original = Reflect.get(Client.prototype, 'query') as (this: Client, ...given: Anything) => unknown
const cut = (client: Client): void => {
  const { connection } = client as unknown as { readonly connection: { readonly stream: { destroy: () => void } } }
  connection.stream.destroy()
}

/** A statement that is not sent, or whose answer does not arrive: either way the connection is gone. */
function query(this: Client, ...given: Anything): unknown {
  failpoint.seen += 1
  if (failpoint.seen !== failpoint.at) return original.apply(this, given)
  if (failpoint.side === 'before') {
    cut(this)
    return original.apply(this, given)
  }
  const lost = () => new Error('Connection terminated unexpectedly')
  const callback = given.at(-1)
  if (typeof callback === 'function') {
    return original.call(this, ...given.slice(0, -1), () => {
      cut(this)
      callback(lost())
    })
  }
  return (original.apply(this, given) as Promise<unknown>).then(() => {
    cut(this)
    throw lost()
  })
}

describe.runIf(postgresUrl !== undefined)('on PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let store: Store
  let engine: Engine
  const events: EngineEvent[] = []
  const mails: Mail[] = []

  beforeAll(async () => {
    database = await createDatabase()
    store = await openStore(database.url, { poolSize: 2 })
    engine = createEngine({
      store,
      passwords: plainPasswords,
      appUrl: 'https://app.example.com',
      mailer: { send: async (mail) => void mails.push(mail) },
      onEvent: (event) => events.push(event),
    })
    Client.prototype.query = query as typeof Client.prototype.query
  })
  afterEach(() => {
    failpoint.at = null
  })
  afterAll(async () => {
    Client.prototype.query = original as typeof Client.prototype.query
    await store.close()
    await database.drop()
  })

  const post = (path: string, body?: unknown, cookie = '', token = ''): Promise<Reply> =>
    engine.answer({
      method: 'POST',
      path,
      query: {},
      ip: '127.0.0.1',
      body,
      headers: {
        'x-latchkey': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === '' ? {} : { cookie }),
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
    })
  const setsOf = (reply: Reply): string[] => engine.setCookies(reply).map((each) => each.split(';')[0] ?? '')

  /** Somebody who has just registered: their jar, and what they may send. */
  async function aPerson() {
    const email = aMail()
    const reply = await post('/auth/register', { email, password })
    const [refresh = '', did = ''] = setsOf(reply)
    const grant = reply.body as {
      readonly access_token: string
      readonly sid: string
      readonly user: { readonly id: string }
    }
    return { email, did, jar: `${refresh}; ${did}`, token: grant.access_token, sid: grant.sid, id: grant.user.id }
  }
  type Person = Awaited<ReturnType<typeof aPerson>>
  const refresh = (jar: string) => post('/auth/refresh', undefined, jar)

  type Act = {
    readonly prepare?: (person: Person) => Promise<string>
    readonly run: (person: Person, prepared: string) => Promise<Reply>
    readonly hold: (person: Person, first: Reply, prepared: string) => Promise<void>
  }

  /** J1, J4: one head, whose token alone is unspent; no session outlives its bound. */
  async function expectSoundFamilies({ id }: Person): Promise<void> {
    const families = await ask(
      database.url,
      `select head, idle_expires_at <= absolute_expires_at as bounded,
        (select max(generation) from latchkey_refresh_token t where t.family_id = f.id) as newest,
        (select count(*)::int from latchkey_refresh_token t where t.family_id = f.id and consumed_at is null) as unspent
       from latchkey_family f where account_id = $1`,
      [id],
    )
    expect(families.length).toBeGreaterThan(0)
    for (const family of families)
      expect(family).toEqual({ head: family['head'], newest: family['head'], bounded: true, unspent: 1 })
  }

  /**
   * J3, J6: nothing of it lives; the row says when and why, and where the first answer arrived, an event as well: of a
   * commit whose answer was lost the engine cannot know.
   */
  async function expectOver({ jar, sid, id }: Person, first: Reply): Promise<void> {
    expect((await refresh(jar)).status).toBe(401)
    const rows = await ask(database.url, 'select revoked_at, revoked_reason from latchkey_family where id = $1', [sid])
    expect(rows).toMatchObject([{ revoked_at: expect.anything(), revoked_reason: expect.any(String) }])
    const told = events.filter(
      ({ type, accountId, sid: of }) => type === 'sessions_revoked' && accountId === id && (of === sid || of === null),
    )
    if (first.status === 204) expect(told.length).toBeGreaterThan(0)
  }

  const acts: Record<string, Act> = {
    'a login': {
      run: ({ email }) => post('/auth/login', { email, password }),
      hold: async (person) => {
        expect((await post('/auth/login', { email: person.email, password })).status).toBe(200)
        expect((await refresh(person.jar)).status).toBe(200)
      },
    },
    'a rotation': {
      run: ({ jar }) => refresh(jar),
      hold: async ({ jar, did }, first) => {
        // J2, J5: the repeat is answered, as often as it comes, with one successor.
        const repeats = [await refresh(jar), await refresh(jar)]
        expect(repeats.map(({ status }) => status)).toEqual([200, 200])
        const successors = new Set(
          [first, ...repeats].filter(({ status }) => status === 200).map((reply) => setsOf(reply)[0]),
        )
        expect(successors.size).toBe(1)
        expect((await refresh(`${[...successors][0]}; ${did}`)).status).toBe(200)
      },
    },
    'a logout': {
      run: ({ jar }) => post('/auth/logout', undefined, jar),
      hold: async (person, first) => {
        expect((await post('/auth/logout', undefined, person.jar)).status).toBe(204)
        await expectOver(person, first)
      },
    },
    'a logout everywhere': {
      run: ({ token }) => post('/auth/logout-all', undefined, '', token),
      hold: async (person, first) => {
        const again = await post('/auth/logout-all', undefined, '', person.token)
        // The first one may have taken the token back.
        expect([204, 401]).toContain(again.status)
        if (first.status !== 204) expect(again.status).toBe(204)
        await expectOver(person, first)
      },
    },
    'a reset of the password': {
      prepare: async ({ email, id }) => {
        await post('/auth/password/forgot', { email })
        await engine.settled()
        const link = mails.findLast((mail) => mail.to === email && mail.kind === 'reset-password')
        expect(id).not.toBe('')
        return /#token=([\w-]{43})/.exec(link !== undefined && 'link' in link ? link.link : '')?.[1] ?? ''
      },
      run: (_person, ticket) => post('/auth/password/reset', { token: ticket, password: 'another long password' }),
      hold: async (person, first, ticket) => {
        const again = await post('/auth/password/reset', { token: ticket, password: 'another long password' })
        // S37: one winner: either this one, or the first one whose answer was lost.
        if (first.status === 204) expect(again.status).not.toBe(204)
        expect((await post('/auth/login', { email: person.email, password: 'another long password' })).status).toBe(200)
        expect((await post('/auth/login', { email: person.email, password })).status).toBe(401)
        await expectOver(person, first)
      },
    },
  }

  it.each(Object.entries(acts))(
    'J1–J6 hold where the connection dies before or after each statement of %s',
    async (_name, { prepare, run, hold }) => {
      const attempt = async (at: number | null, side: Side): Promise<number> => {
        failpoint.at = null
        const person = await aPerson()
        await engine.settled()
        const prepared = (await prepare?.(person)) ?? ''
        Object.assign(failpoint, { at, side, seen: 0 })
        const first = await run(person, prepared)
        const { seen } = failpoint
        failpoint.at = null
        // S11, B37: done, or 503 and nothing of the cookie.
        expect(first.status === 503 ? first.cookie.act : 'done').toMatch(/leave|done/)
        expect([200, 204, 503]).toContain(first.status)
        await engine.settled()
        await hold(person, first, prepared)
        await expectSoundFamilies(person)
        return seen
      }
      const statements = await attempt(null, 'before')
      expect(statements).toBeGreaterThan(1)
      for (let at = 1; at <= statements; at += 1) {
        await attempt(at, 'before')
        await attempt(at, 'after')
      }
    },
  )
})
