// What only real concurrency can prove: many callers, one PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Held, Mail } from '@latchkey/engine'
import { Secret, TOTP } from 'otpauth'
import { makeSecrets } from '../src/secrets.js'
import type { RunningServer } from '../src/start-server.js'
import { ask, onPostgres, postgresUrl, type Stage } from './databases.js'
import { aToken, anAccount, signedIn } from './rows.js'
import { aServer } from './settings.js'
import { aMail, aMember, aVisitor, password, type Visitor } from './visitor.js'

const times = <Result>(count: number, task: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => task(index)))

/** Whose session a token speaks for. */
const sidOf = ({ token }: Visitor) =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { readonly sid: string }).sid

describe.runIf(postgresUrl !== undefined)('on PostgreSQL', () => {
  let stage: Stage & { readonly url: string }
  let now = Date.now()
  const clock = { now: () => now }
  let one: RunningServer
  let two: RunningServer
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }

  beforeAll(async () => {
    stage = await onPostgres()
    // Two processes' worth of servers: their lanes do not see each other, so the row's lock decides.
    const env = {
      DATABASE_URL: stage.url,
      REFRESH_TOKEN_PEPPER: 'p'.repeat(32),
      JWT_PRIVATE_KEYS: JSON.stringify(makeSecrets()),
      APP_URL: 'https://app.example.com',
    }
    one = await aServer({ env, clock, mailer })
    two = await aServer({ env, clock, mailer })
  })
  afterAll(async () => {
    await one.stop()
    await two.stop()
    await stage.strike()
  })

  /** Every other one goes to the other server. */
  const refreshAtOnce = (visitor: Visitor, count: number) =>
    times(count, async (index) => {
      const response = await fetch(`${index % 2 === 0 ? one.url : two.url}/auth/refresh`, {
        method: 'POST',
        headers: { 'x-latchkey': '1', cookie: `${visitor.cookie}; ${visitor.did}` },
      })
      await response.text()
      return { status: response.status, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
    })

  it('twenty rounds of fifty: one successor each, and the session lives on (B1, S10, J2)', async () => {
    const member = await aMember(one.url)
    const { body } = await member.go('/auth/me')
    for (let round = 0; round < 20; round += 1) {
      const answers = await refreshAtOnce(member, 50)
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
      const successors = new Set(answers.map(({ cookie }) => cookie))
      expect(successors.size).toBe(1)
      expect(successors).not.toContain(member.cookie)
      member.cookie = [...successors][0] ?? ''
      // Past the grace, so that the next round rotates as well.
      now += 31_000
    }
    const families = await stage.store.listFamilies(String(body['id']))
    expect(families).toMatchObject([{ revokedAt: null }])
  })

  it('a logout everywhere raced against twenty refreshes of five devices leaves nothing alive (S45)', async () => {
    const first = await aMember(one.url)
    const { body } = await first.go('/auth/me')
    const devices = await times(4, async () => {
      const device = aVisitor(one.url)
      await device.post('/auth/login', { email: first.email, password })
      return device
    })
    const leaver = first.twin()
    const [left] = await Promise.all([
      leaver.post('/auth/logout-all'),
      ...devices.map((device) => refreshAtOnce(device, 5)),
    ])
    expect(left.status).toBe(204)
    const families = await stage.store.listFamilies(String(body['id']))
    expect(families).toHaveLength(5)
    expect(families.filter(({ revokedAt }) => revokedAt === null)).toEqual([])
  })

  describe('three hundred rounds of twenty refreshes, on two servers, against', () => {
    const rounds = 300
    const atATime = 6

    /**
     * Who is left alive after each round, of the sessions that refreshed: nobody, or a law is broken. `by` is another session of
     * the same account where there is to be one: it goes on.
     */
    const race = async (end: (by: Visitor, id: string) => Promise<unknown>, { from }: { from?: 'another' } = {}) => {
      const raced: string[] = []
      const kept: string[] = []
      let won = 0
      const round = async (): Promise<void> => {
        const member = await aMember(one.url)
        const [sid, id] = [sidOf(member), String((await member.go('/auth/me')).body['id'])]
        const by = from === 'another' ? aVisitor(two.url) : member.twin()
        if (from === 'another') await by.post('/auth/login', { email: member.email, password })
        const [answers] = await Promise.all([refreshAtOnce(member, 20), end(by, id)])
        raced.push(sid)
        if (from === 'another') kept.push(sidOf(by))
        won += answers.filter(({ status }) => status === 200).length
      }
      for (let done = 0; done < rounds; done += atATime) await times(atATime, round)
      const alive = (ids: readonly string[]) =>
        ask(stage.url, 'select 1 from latchkey_family where id = any($1) and revoked_at is null', [ids])
      expect([raced.length, won > 0, (await alive(kept)).length]).toEqual([rounds, true, kept.length])
      return (await alive(raced)).length
    }

    it('a logout: nobody is alive (B6)', async () => {
      // 503 says that nothing was changed: whoever is told that asks again, as the client does.
      const end = async (by: Visitor): Promise<void> => {
        const { status } = await by.post('/auth/logout')
        if (status === 503) return end(by)
        expect(status).toBe(204)
      }
      expect(await race(end)).toBe(0)
    }, 300_000)

    it('a new password: nobody is alive but who set it (B6)', async () => {
      const change = { current_password: password, new_password: `${password} and more` }
      const end = async (by: Visitor) => expect((await by.post('/auth/password/change', change)).status).toBe(204)
      expect(await race(end, { from: 'another' })).toBe(0)
    }, 300_000)

    it('a second factor that is turned on: nobody is alive but who did it (B6)', async () => {
      const end = async (by: Visitor) => {
        const { body } = await by.post('/auth/mfa/totp/enroll')
        const code = new TOTP({ secret: Secret.fromBase32(String(body['secret'])) }).generate({ timestamp: now })
        expect((await by.post('/auth/mfa/totp/confirm', { code })).status).toBe(200)
      }
      expect(await race(end, { from: 'another' })).toBe(0)
    }, 300_000)

    it('another address: nobody is alive but who confirmed it (B6, S39)', async () => {
      const end = async (by: Visitor) => {
        const email = aMail()
        expect((await by.post('/auth/email/change', { email })).status).toBe(204)
        await two.engine.settled()
        const letter = mails.find(({ to, kind }) => to === email && kind === 'change-email')
        const [, token] = (letter !== undefined && 'link' in letter ? letter.link : '').split('#token=')
        expect((await by.post('/auth/email/change/confirm', { token })).status).toBe(204)
      }
      expect(await race(end, { from: 'another' })).toBe(0)
    }, 300_000)

    it('a logout everywhere: nobody is alive (S45, B6)', async () => {
      expect(await race((by) => by.post('/auth/logout-all'))).toBe(0)
    }, 300_000)

    it('an admin who disables the account: nobody is alive, and nobody comes back (S45, S47, B6)', async () => {
      const admin = await aMember(two.url)
      const me = String((await admin.go('/auth/me')).body['id'])
      await stage.store.updateAccount(me, { role: 'admin' })
      await admin.post('/auth/login', { email: admin.email, password })
      const token = admin.token
      const alive = await race(async (_member, id) => {
        const by = aVisitor(two.url, '', token)
        const { status } = await by.go(`/admin/users/${id}`, { method: 'PATCH', json: { is_active: false } })
        expect(status).toBe(200)
      })
      expect(alive).toBe(0)
    }, 300_000)
  })

  it('B6, B28, S47: an account that is deleted, three hundred rounds against twenty refreshes and a login on two servers: nothing is left, and nothing opens', async () => {
    const ids: string[] = []
    let opened = 0
    const round = async (): Promise<void> => {
      const member = await aMember(one.url)
      ids.push(String((await member.go('/auth/me')).body['id']))
      const [other, by] = [aVisitor(two.url), member.twin()]
      const answers = await Promise.all([
        refreshAtOnce(member, 20),
        other.post('/auth/login', { email: member.email, password }),
        by.go('/auth/me?confirm=true', { method: 'DELETE' }),
      ])
      expect(answers[2].status).toBe(204)
      expect([200, 401]).toContain(answers[1].status)
      for (const { status } of answers[0]) expect([200, 401]).toContain(status)
      const cookies = new Set([member.cookie, ...answers[0].map(({ cookie }) => cookie)])
      for (const cookie of cookies) {
        const { status } = await aVisitor(one.url, cookie, '', member.did).post('/auth/refresh')
        if (status !== 401) opened += 1
      }
      if (other.token !== '' && (await other.post('/auth/refresh')).status !== 401) opened += 1
    }
    for (let done = 0; done < 300; done += 6) await times(6, round)
    const tables = ['family', 'ticket', 'totp', 'challenge', 'passkey', 'identity']
    const left = await Promise.all([
      ask(stage.url, 'select 1 from latchkey_account where id = any($1)', [ids]),
      ...tables.map((table) => ask(stage.url, `select 1 from latchkey_${table} where account_id = any($1)`, [ids])),
    ])
    expect([ids.length, left.flat().length, opened]).toEqual([300, 0, 0])
  }, 300_000)

  it('B28: two admins who delete themselves at once, a hundred times: one of them stays', async () => {
    const verdicts: string[] = []
    for (let done = 0; done < 100; done += 1) {
      const role = `keeper-${done}`
      const pair = [anAccount({ role }), anAccount({ role })]
      for (const each of pair) await stage.store.insertAccount(each)
      verdicts.push((await Promise.all(pair.map(({ id }) => stage.store.deleteAccount(id, role)))).toSorted().join())
    }
    expect(new Set(verdicts)).toEqual(new Set(['deleted,last']))
  })

  it('a role that is taken away, raced against twenty refreshes: no token that they brought opens anything of it (B6, S46)', async () => {
    const admin = await aMember(two.url)
    await stage.store.updateAccount(String((await admin.go('/auth/me')).body['id']), { role: 'admin' })
    await admin.post('/auth/login', { email: admin.email, password })
    const change = async (id: string, role: string) => {
      const by = aVisitor(two.url, '', admin.token)
      expect((await by.go(`/admin/users/${id}`, { method: 'PATCH', json: { role } })).status).toBe(200)
    }
    let opened = 0
    const round = async (): Promise<void> => {
      const member = await aMember(one.url)
      const id = String((await member.go('/auth/me')).body['id'])
      await change(id, 'admin')
      const twins = Array.from({ length: 20 }, () => member.twin())
      await Promise.all([...twins.map((twin) => twin.post('/auth/refresh')), change(id, 'user')])
      for (const [place, twin] of twins.entries()) {
        const { status } = await aVisitor(place % 2 === 0 ? one.url : two.url, '', twin.token).go('/admin/users')
        if (status !== 401 && status !== 403) opened += 1
      }
    }
    for (let turn = 0; turn < 5; turn += 1) await times(6, round)
    expect(opened).toBe(0)
  })

  it('a parent and its child shown at once do not deadlock, and change hands in order (S15)', async () => {
    const { family, token } = await signedIn(stage.store)
    const rotate = (generation: number) =>
      stage.store.withToken(aToken(family.id, generation).hash, async (held) => {
        if (held.token.generation !== held.family.head) return { result: 'behind' }
        const next = held.family.head + 1
        return {
          change: {
            family: { head: next },
            consume: { generation: next - 1, at: held.now, nonce: 'n' },
            insert: aToken(family.id, next),
            ...(next > 1 ? { eraseNonceOf: next - 2 } : {}),
          },
          result: 'rotated',
        }
      })
    expect(token.generation).toBe(family.head)
    for (let head = 0; head < 40;) {
      const shown = [head, Math.max(0, head - 1), head, Math.max(0, head - 1)]
      const results = await Promise.all(shown.map(rotate))
      expect(results).toContain('rotated')
      head += results.filter((result) => result === 'rotated').length
    }
  })

  it("the database's clock is read no earlier than what is changed: who comes later is never earlier (S17, S18)", async () => {
    const { family, token } = await signedIn(stage.store)
    const touch = async ({ family: found, now }: Held) => ({
      change: { family: { lastUsedAt: now } },
      result: [found.lastUsedAt, now] as const,
    })
    const seen = await times(20, (index) =>
      index % 2 === 0 ? stage.store.withToken(token.hash, touch) : stage.store.withFamily(family.id, touch),
    )
    // Each found what the one before it had written, none of them twice.
    const inOrder = seen.flatMap((each) => (each === null ? [] : [each])).toSorted(([, a], [, b]) => a - b)
    expect(inOrder).toHaveLength(20)
    for (const [before, now] of inOrder) expect(before).toBeLessThanOrEqual(now)
  })
})
