// The client's socket dies around the write of a reply. The law: what was committed is answered once more, and nobody is logged out (S13).
import { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunningServer } from '../src/start-server.js'
import { ask, onPostgres, postgresUrl, type Stage } from './databases.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, password, type Visitor } from './visitor.js'

type Point = 'before the reply is written' | 'between its head and its body' | 'after it was written'
const points: readonly Point[] = [
  'before the reply is written',
  'between its head and its body',
  'after it was written',
]
let point: Point | null = null
let cuts = 0

type Anything = unknown[]
const original = Reflect.get(ServerResponse.prototype, 'end') as (
  this: ServerResponse,
  ...given: Anything
) => ServerResponse

/** The next reply's connection dies at the point; later ones are left alone. */
function end(this: ServerResponse, ...given: Anything): ServerResponse {
  const at = point
  point = null
  if (at === null) return original.apply(this, given)
  cuts += 1
  if (at === 'between its head and its body') this.flushHeaders()
  if (at !== 'after it was written') this.socket?.destroy()
  const ended = original.apply(this, given)
  this.socket?.destroy()
  return ended
}

describe.runIf(postgresUrl !== undefined)('on PostgreSQL', () => {
  let stage: Stage & { readonly url: string }
  let server: RunningServer

  beforeAll(async () => {
    stage = await onPostgres()
    server = await aServer({ env: { DATABASE_URL: stage.url } })
    ServerResponse.prototype.end = end as typeof ServerResponse.prototype.end
  })
  afterEach(() => {
    point = null
  })
  afterAll(async () => {
    ServerResponse.prototype.end = original as typeof ServerResponse.prototype.end
    await server.stop()
    await stage.strike()
  })

  /** One call of a copy of the browser whose connection is cut at the point; what came of it, if anything. */
  const cutAt = async (at: Point, visitor: Visitor, path: string, body?: unknown): Promise<Visitor | null> => {
    const before = cuts
    point = at
    const tab = visitor.twin()
    const answer = await tab.post(path, body).catch(() => null)
    expect(cuts).toBe(before + 1)
    return answer?.status === 200 ? tab : null
  }
  const sidOf = ({ token }: Visitor) =>
    (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid

  describe.each(points)('the socket is destroyed %s', (at) => {
    it('of a rotation: the repeat gets the committed successor, which is good (J1, J2, J5, S13)', async () => {
      const member = await aMember(server.url)
      for (let round = 0; round < 5; round += 1) {
        const arrived = await cutAt(at, member, '/auth/refresh')
        const repeats = [member.twin(), member.twin()]
        for (const repeat of repeats) expect((await repeat.post('/auth/refresh')).status).toBe(200)
        const given = new Set([arrived, ...repeats].flatMap((tab) => (tab === null ? [] : [tab.cookie])))
        expect(given.size).toBe(1)
        expect(given).not.toContain(member.cookie)
        const [family] = await ask(
          stage.url,
          `select head, revoked_at, (select count(*)::int from latchkey_refresh_token t
             where t.family_id = f.id and consumed_at is null) as unspent from latchkey_family f where id = $1`,
          [sidOf(member)],
        )
        expect(family).toEqual({ head: round + 1, revoked_at: null, unspent: 1 })
        member.cookie = [...given][0] ?? ''
        // The grace goes by: the next one rotates.
        await ask(stage.url, 'update latchkey_family set head_handed_at = 1 where id = $1', [sidOf(member)])
      }
    })

    it('of a login: another one is good, and so is the session of before', async () => {
      const member = await aMember(server.url)
      const { email } = member
      await cutAt(at, aVisitor(server.url), '/auth/login', { email, password })
      expect((await aVisitor(server.url).post('/auth/login', { email, password })).status).toBe(200)
      expect((await member.post('/auth/refresh')).status).toBe(200)
    })

    it('of a logout: it is over all the same, and a repeat says so (J3)', async () => {
      const member = await aMember(server.url)
      await cutAt(at, member, '/auth/logout')
      expect((await member.twin().post('/auth/refresh')).status).toBe(401)
      expect((await member.twin().post('/auth/logout')).status).toBe(204)
    })
  })
})
