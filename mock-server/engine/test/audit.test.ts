// The audit log: what is written, what never is, and what becomes of it while the store is away.
import { type AuditEntry, createMemoryStore, StoreUnavailable } from '@latchkey/engine'
import { expect, test } from 'vitest'
import { createAudit } from '../src/audit.js'
import { acknowledge, email, grantOf, login, openSetting, password, refresh, register, tokenOf } from './setting.js'

const all = { limit: 100, before: null, accountId: null, type: null }
const event = (type: string, at = 1) => ({ type, at, accountId: 'ada', sid: null })
const typesOf = (entries: readonly AuditEntry[]) => entries.map(({ type }) => type).toReversed()

test('J6: every security event is written, each revoke with its reason, and no secret with it (B38)', async () => {
  const setting = openSetting()
  const registered = await register(setting)
  const token = tokenOf(registered)
  await setting.send('POST', '/auth/login', { body: { email, password: 'canary: not the password' } })
  await acknowledge(setting, await refresh(setting, token))
  setting.clock.advance(60_000)
  await refresh(setting, token)
  await login(setting)
  await setting.engine.settled()
  const entries = await setting.store.listAudit(all)
  expect(typesOf(entries)).toEqual(['registered', 'login_refused', 'reuse_detected', 'sessions_revoked', 'logged_in'])
  expect(entries.find(({ type }) => type === 'sessions_revoked')).toMatchObject({
    detail: 'reuse',
    sid: grantOf(registered).sid,
    accountId: grantOf(registered).user.id,
  })
  const written = JSON.stringify(entries)
  for (const secret of [token, grantOf(registered).access_token, password, 'canary', email]) {
    expect(written).not.toContain(secret)
  }
})

test('J6: each entry of a call says from which address and device it came, a logout’s too', async () => {
  const setting = openSetting()
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const headers = { 'user-agent': agent, 'x-latchkey': '1' }
  const from = { ip: '198.51.100.9', headers }
  const body = { email, password }
  const grant = grantOf(await setting.send('POST', '/auth/register', { ...from, body }))
  await setting.send('POST', '/auth/login', { ...from, body: { email, password: 'wrong' } })
  const bearing = { ...headers, authorization: `Bearer ${grant.access_token}` }
  await setting.send('POST', '/auth/logout', { ip: from.ip, headers: bearing })
  const again = grantOf(await setting.send('POST', '/auth/login', { ...from, body }))
  const all2 = { ...headers, authorization: `Bearer ${again.access_token}` }
  await setting.send('DELETE', '/auth/sessions', { ip: from.ip, headers: all2 })
  await setting.send('POST', '/auth/logout-all', { ip: from.ip, headers: all2 })
  await setting.engine.settled()
  const entries = await setting.store.listAudit(all)
  expect(typesOf(entries)).toEqual(['registered', 'login_refused', 'sessions_revoked', 'logged_in', 'sessions_revoked'])
  for (const entry of entries) expect(entry).toMatchObject({ ip: '198.51.100.9', device: 'Firefox on Linux' })
})

test('entries wait for a store that is away, in their order, and cost no reply', async () => {
  let isAway = true
  const store = createMemoryStore()
  const flaky: typeof store = {
    ...store,
    appendAudit: async (entries) => {
      if (isAway) throw new StoreUnavailable('down')
      await store.appendAudit(entries)
    },
  }
  const setting = openSetting({ store: flaky })
  expect((await register(setting)).status).toBe(201)
  expect((await login(setting)).status).toBe(200)
  await setting.engine.settled()
  expect(await store.listAudit(all)).toEqual([])
  isAway = false
  await login(setting)
  await setting.engine.settled()
  expect(typesOf(await store.listAudit(all))).toEqual(['registered', 'logged_in', 'logged_in'])
})

test('what waits is bounded, and the log says how much of it is missing', async () => {
  let isAway = true
  const written: Omit<AuditEntry, 'id'>[] = []
  const audit = createAudit({
    appendAudit: async (entries) => {
      if (isAway) throw new StoreUnavailable('down')
      written.push(...entries)
    },
    listAudit: async () => [],
  })
  for (let at = 0; at < 5_010; at += 1) audit.write(event('logged_in', at))
  await audit.settled()
  isAway = false
  await audit.settled()
  expect(written[0]).toMatchObject({ type: 'audit_gap', detail: expect.stringMatching(/^\d+ entries are missing$/) })
  const missing = Number.parseInt(written[0]?.detail ?? '', 10)
  expect(written.length - 1 + missing).toBe(5_010)
  expect(written.at(-1)).toMatchObject({ at: 5_009 })
})
