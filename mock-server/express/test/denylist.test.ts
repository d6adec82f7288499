// Taking access tokens back over several processes: what one ended, the other knows.
import { randomUUID } from 'node:crypto'
import { createDenylist, createMemoryStore } from '@latchkey/engine'
import type { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { openRedis } from '../src/redis.js'
import { makeSecrets } from '../src/secrets.js'
import { shareDenylist } from '../src/shared-denylist.js'
import { onPostgres, postgresUrl, redisUrl } from './databases.js'
import { openProxy } from './proxy.js'
import { aServer, type Setting } from './settings.js'
import { aMember, aVisitor, type Visitor } from './visitor.js'

const clock = { now: () => Date.now() }
const mount: Setting['mount'] = (app, { requireAuth }) => {
  app.get('/plain', requireAuth(), (_request, response) => void response.json({}))
  app.get('/sensitive', requireAuth({ sensitive: true }), (_request, response) => void response.json({}))
}
const statusOf = async (visitor: Visitor, base: string, path: string) =>
  (await aVisitor(base, '', visitor.token).go(path)).status

it('a guard that is marked sensitive lets the living through, and nobody else (S46)', async () => {
  const server = await aServer({ store: createMemoryStore(), mount })
  const member = await aMember(server.url)
  expect((await member.go('/sensitive')).status).toBe(200)
  await member.twin().post('/auth/logout')
  const { status, headers } = await member.go('/sensitive')
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
  await server.stop()
})

describe.runIf(redisUrl !== undefined)('on Redis', () => {
  const opened: { disconnect: () => void }[] = []
  afterAll(() => opened.forEach((each) => each.disconnect()))

  const connected = (url: string) =>
    new Promise<Redis>((resolve) => {
      const redis = openRedis(url, { lost: () => undefined, ready: () => resolve(redis) })
      opened.push(redis)
    })
  const aProcess = async (url = redisUrl ?? '') => {
    const redis = await connected(url)
    const list = shareDenylist({ local: createDenylist({ clock, ttl: 600 }), redis, ttl: 600 })
    opened.push({ disconnect: list.close })
    return { redis, list }
  }
  const who = () => ({ sub: randomUUID(), sid: randomUUID(), role: 'admin' })

  it('what one process took back, the other refuses at once (S46)', async () => {
    const [one, two] = [await aProcess(), await aProcess()]
    const [gone, cut] = [who(), who()]
    expect(await two.list.denies(gone)).toBe(false)
    await one.list.deny([
      { kind: 'session', sid: gone.sid },
      { kind: 'role', accountId: cut.sub, role: 'user' },
    ])
    expect(await Promise.all([two.list.denies(gone), two.list.denies(cut)])).toEqual([true, true])
    expect(await two.list.denies({ ...cut, role: 'user' })).toBe(false)
  })

  it('nothing is certain without Redis, nor after it until every token of then has expired (B37)', async () => {
    const direct = new URL(redisUrl ?? '')
    const proxy = await openProxy({ host: direct.hostname, port: Number(direct.port || 6379) })
    const { list } = await aProcess(`redis://127.0.0.1:${proxy.port}/${direct.pathname.slice(1)}`)
    const gone = who()
    expect(await list.denies(gone)).toBe(false)
    await proxy.cut()
    expect(await list.denies(who())).toBeNull()
    await list.deny([{ kind: 'session', sid: gone.sid }])
    expect([await list.denies(gone), list.knows(gone)]).toEqual([true, true])
  })
})

describe.runIf(postgresUrl !== undefined).each([
  ['with Redis', { REDIS_URL: redisUrl ?? '' }],
  ['without Redis, where the database is asked', { REDIS_URL: '' }],
])('two servers on one PostgreSQL, %s', (_name, more) => {
  it('a logout on one is seen by sensitive routes of the other at once (S46)', async () => {
    const stage = await onPostgres()
    const secrets = { REFRESH_TOKEN_PEPPER: 'p'.repeat(32), JWT_PRIVATE_KEYS: JSON.stringify(makeSecrets()) }
    const env = { DATABASE_URL: stage.url, ...secrets, ...more }
    const [one, two] = [await aServer({ env, mount }), await aServer({ env, mount })]
    for (let round = 0; round < 20; round += 1) {
      const member = await aMember(one.url)
      expect(await statusOf(member, two.url, '/sensitive')).toBe(200)
      await member.twin().post('/auth/logout')
      expect(await statusOf(member, two.url, '/sensitive')).toBe(401)
      expect(await statusOf(member, one.url, '/plain')).toBe(401)
    }
    await one.stop()
    await two.stop()
    await stage.strike()
  })
})
