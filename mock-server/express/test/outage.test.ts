// A database that goes away while the server runs, and comes back. Seen over HTTP, as a client sees it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../src/open-store.js'
import type { RunningServer } from '../src/start-server.js'
import { ask, createDatabase, postgresUrl } from './databases.js'
import { openProxy, type Proxy } from './proxy.js'
import { aServer } from './settings.js'
import { aMember, aVisitor } from './visitor.js'

describe.runIf(postgresUrl !== undefined)('a lost PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let proxy: Proxy
  let server: RunningServer

  beforeAll(async () => {
    database = await createDatabase()
    const direct = new URL(database.url)
    proxy = await openProxy({ host: direct.hostname, port: Number(direct.port || 5432) })
    const through = new URL(direct)
    through.host = `127.0.0.1:${proxy.port}`
    server = await aServer({ env: { DATABASE_URL: through.href } })
  })
  afterAll(async () => {
    await server.stop()
    await proxy.cut()
    await database.drop()
  })

  it('answers 503 with Retry-After and leaves the cookie alone, then recovers by itself (B37, S11)', async () => {
    const member = await aMember(server.url)
    const before = member.cookie
    await proxy.cut()
    for (const path of ['/auth/refresh', '/auth/logout']) {
      const { status, headers, body } = await member.post(path)
      expect([status, headers.get('retry-after'), body['code']]).toEqual([503, '1', 'unavailable'])
      expect(headers.get('set-cookie')).toBeNull()
      expect(headers.get('content-type')).toContain('application/problem+json')
    }
    expect((await member.go('/auth/me')).status).toBe(503)
    expect((await member.go('/readyz')).status).toBe(503)
    expect((await member.go('/healthz')).status).toBe(200)
    await proxy.mend()
    expect((await member.go('/readyz')).status).toBe(200)
    expect((await member.post('/auth/refresh')).status).toBe(200)
    expect(member.cookie).not.toBe(before)
  })

  it('a database that accepts and never answers is an outage too, within seconds (S11)', async () => {
    const member = await aMember(server.url)
    proxy.freeze()
    expect((await member.post('/auth/refresh')).status).toBe(503)
    proxy.thaw()
    await proxy.cut()
    await proxy.mend()
    expect((await member.post('/auth/refresh')).status).toBe(200)
  })

  it('a dump of the database signs nobody in, at no door (B5)', async () => {
    const member = await aMember(server.url)
    await member.post('/auth/refresh')
    await member.post('/auth/password/forgot', { email: member.email })
    await member.post('/auth/mfa/totp/enroll')
    await member.post('/auth/passkeys/login/options')
    await server.engine.settled()
    const tables = await ask(database.url, "select tablename as name from pg_tables where tablename like 'latchkey%'")
    const rows = (
      await Promise.all(tables.map(({ name }) => ask(database.url, `select * from ${String(name)}`)))
    ).flat()
    const cookie = member.cookie.split('=')[0]
    const loot = new Set(rows.flatMap((row) => Object.values(row)).filter((value) => typeof value === 'string'))
    expect(loot.size).toBeGreaterThan(20)
    for (const value of loot) {
      const thief = Object.assign(member.twin(), { cookie: `${cookie}=${value}`, token: value })
      expect((await thief.post('/auth/refresh')).status).toBe(401)
      expect((await thief.go('/auth/me')).status).toBe(401)
      const stranger = aVisitor(server.url)
      const reset = await stranger.post('/auth/password/reset', { token: value, password: 'another long password' })
      const verified = await stranger.post('/auth/email/verify', { token: value })
      const second = await stranger.post('/auth/mfa/verify', { challenge: value, code: '123456' })
      const first = await stranger.post('/auth/login', { email: member.email, password: value })
      for (const { status } of [reset, verified, second, first]) expect([400, 401, 422]).toContain(status)
    }
  })

  it('several processes may bring the tables up to date at once', async () => {
    const fresh = await createDatabase()
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(fresh.url, { poolSize: 2 })))
    const pings = await Promise.allSettled(stores.map((store) => store.ping()))
    expect(pings.filter(({ status }) => status === 'rejected')).toEqual([])
    await Promise.all(stores.map((store) => store.close()))
    await fresh.drop()
  })
})
