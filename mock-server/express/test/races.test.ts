// What only real concurrency can prove: many callers, one PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Held } from '@latchkey/engine'
import { makeSecrets } from '../src/secrets.js'
import type { RunningServer } from '../src/start-server.js'
import { ask, onPostgres, postgresUrl, type Stage } from './databases.js'
import { aToken, signedIn } from './rows.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, password, type Visitor } from './visitor.js'

const times = <Result>(count: number, task: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => task(index)))

describe.runIf(postgresUrl !== undefined)('on PostgreSQL', () => {
  let stage: Stage & { readonly url: string }
  let now = Date.now()
  const clock = { now: () => now }
  let one: RunningServer
  let two: RunningServer

  beforeAll(async () => {
    stage = await onPostgres()
    // Two processes' worth of servers: their lanes do not see each other, so the row's lock decides.
    const env = {
      DATABASE_URL: stage.url,
      REFRESH_TOKEN_PEPPER: 'p'.repeat(32),
      JWT_PRIVATE_KEYS: JSON.stringify(makeSecrets()),
    }
    one = await aServer({ env, clock })
    two = await aServer({ env, clock })
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

  it('a logout raced against refreshes leaves nothing alive (B6)', async () => {
    await times(10, async () => {
      const member = await aMember(one.url)
      const leaver = member.twin()
      const [answers] = await Promise.all([refreshAtOnce(member, 6), leaver.post('/auth/logout')])
      for (const { cookie } of answers) {
        const late = Object.assign(member.twin(), { cookie: cookie || member.cookie })
        expect((await late.post('/auth/refresh')).status).toBe(401)
      }
    })
  })

  const leavings: Record<string, (member: Visitor) => Promise<unknown>> = {
    'a logout': (member) => member.twin().post('/auth/logout'),
    'a new password': (member) =>
      member
        .twin()
        .post('/auth/password/change', { current_password: password, new_password: 'another long password' }),
  }

  it.each(Object.entries(leavings))(
    '%s raced three hundred times against a refresh leaves nothing alive (B6)',
    async (name, leave) => {
      const race = async () => {
        const member = await aMember(one.url)
        const other = member.twin()
        other.cookie = ''
        await other.post('/auth/login', { email: member.email, password })
        // A new password keeps the session that it came from: the race is for the other device then.
        const raced = name === 'a new password' ? other : member
        const [answers] = await Promise.all([refreshAtOnce(raced, 1), leave(member)])
        const cookies = [raced.cookie, ...answers.map(({ cookie }) => cookie)].filter((cookie) => cookie !== '')
        for (const cookie of cookies) {
          const late = Object.assign(raced.twin(), { cookie })
          expect((await late.post('/auth/refresh')).status).toBe(401)
        }
      }
      for (let round = 0; round < 30; round += 1) await times(10, race)
    },
    240_000,
  )

  it('a logout everywhere raced against twenty refreshes of five devices leaves nothing alive (S45)', async () => {
    const first = await aMember(one.url)
    const { body } = await first.go('/auth/me')
    const devices = await times(4, async () => {
      const device = aVisitor(one.url)
      await device.post('/auth/login', { email: first.email, password: 'correct horse battery staple' })
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

    /** Who is left alive after each round: nobody, or a law is broken. */
    const race = async (end: (member: Visitor, id: string) => Promise<unknown>) => {
      const ids: string[] = []
      let won = 0
      const round = async (): Promise<void> => {
        const member = await aMember(one.url)
        const id = String((await member.go('/auth/me')).body['id'])
        ids.push(id)
        const leaver = member.twin()
        const [answers] = await Promise.all([refreshAtOnce(member, 20), end(leaver, id)])
        won += answers.filter(({ status }) => status === 200).length
      }
      for (let done = 0; done < rounds; done += atATime) await times(atATime, round)
      const families = await ask(
        stage.url,
        'select count(*)::int as all, count(*) filter (where revoked_at is null)::int as alive from latchkey_family where account_id = any($1)',
        [ids],
      )
      return { ...families[0], raced: won > 0 }
    }

    it('a logout everywhere: nobody is alive (S45, B6)', async () => {
      const left = await race((member) => member.post('/auth/logout-all'))
      expect(left).toEqual({ all: rounds, alive: 0, raced: true })
    }, 300_000)

    it('an admin who disables the account: nobody is alive, and nobody comes back (S45, S47, B6)', async () => {
      const admin = await aMember(two.url)
      const me = String((await admin.go('/auth/me')).body['id'])
      await stage.store.updateAccount(me, { role: 'admin' })
      await admin.post('/auth/login', { email: admin.email, password: 'correct horse battery staple' })
      const token = admin.token
      const left = await race(async (_member, id) => {
        const by = aVisitor(two.url, '', token)
        const { status } = await by.go(`/admin/users/${id}`, { method: 'PATCH', json: { is_active: false } })
        expect(status).toBe(200)
      })
      expect(left).toEqual({ all: rounds, alive: 0, raced: true })
    }, 300_000)
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
