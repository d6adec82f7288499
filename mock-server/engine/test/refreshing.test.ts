import { describe, expect, test } from 'vitest'
import { createMemoryStore, generateSigningKey, StoreUnavailable, type Reply, type Store } from '@latchkey/engine'
import { digest } from '../src/refresh-token.js'
import {
  acknowledge,
  bearer,
  codeOf,
  cookieHeader,
  day,
  grantOf,
  login,
  manualClock,
  openSetting,
  refresh,
  register,
  second,
  tokenOf,
} from './setting.js'

const grace = 30 * second

describe('a refresh', () => {
  test('B1, S10: fifty at once of one token get one successor', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const replies = await Promise.all(Array.from({ length: 50 }, () => refresh(setting, first)))
    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(new Set(replies.map(tokenOf)).size).toBe(1)
    expect(new Set(replies.map((reply) => grantOf(reply).gen))).toEqual(new Set([1]))
    const [family] = await setting.store.listFamilies(
      grantOf(replies[0] ?? { status: 0, headers: {}, cookie: { act: 'leave' } }).user.id,
    )
    expect(family?.head).toBe(1)
  })

  test('of a head that was just handed out is debounced: the same token, a new access token', async () => {
    const setting = openSetting()
    const one = await refresh(setting, tokenOf(await register(setting)))
    const again = await refresh(setting, tokenOf(one))
    expect(tokenOf(again)).toBe(tokenOf(one))
    // Set again by a reply that comes late, the cookie would undo the rotation of a moment later.
    expect(again.cookie).toMatchObject({ act: 'keep' })
    expect(setting.engine.setCookies(again)).toEqual([])
    expect(grantOf(again).access_token).not.toBe(grantOf(one).access_token)
  })

  test('polling a head does not keep it from rotating', async () => {
    const setting = openSetting()
    const head = tokenOf(await refresh(setting, tokenOf(await register(setting))))
    for (let poll = 0; poll < 3; poll += 1) {
      setting.clock.advance(9 * second)
      expect(grantOf(await refresh(setting, head)).gen).toBe(1)
    }
    setting.clock.advance(3 * second)
    expect(grantOf(await refresh(setting, head)).gen).toBe(2)
  })

  test('S13: whose reply was lost is repeated at any age with the same successor, and lives no longer for it', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const lost = await refresh(setting, first)
    setting.clock.advance(8 * 3600 * second)
    const repeated = await refresh(setting, first)
    expect(tokenOf(repeated)).toBe(tokenOf(lost))
    expect(repeated.cookie).toMatchObject({ maxAge: 14 * 86_400 - 8 * 3600 })
    setting.clock.advance(14 * day - 8 * 3600 * second)
    expect(codeOf(await refresh(setting, first))).toBe('session_expired')
  })

  test('of the parent after an ack and the grace revokes the session, and that stands (B2, B3)', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const one = await refresh(setting, first)
    expect((await acknowledge(setting, one)).status).toBe(204)
    setting.clock.advance(grace + 1)
    const reuse = await refresh(setting, first)
    expect(reuse).toMatchObject({ status: 401, body: { code: 'session_revoked' }, cookie: { act: 'clear' } })
    for (const token of [tokenOf(one), first]) {
      expect(await refresh(setting, token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
    }
    expect(setting.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['reuse_detected', 'sessions_revoked']),
    )
  })

  test.each(['a route', 'authorize'])('is acknowledged by the first use of its access token: %s', async (use) => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const headers = bearer(grantOf(await refresh(setting, first)).access_token)
    await (use === 'a route' ? setting.send('GET', '/auth/me', { headers }) : setting.engine.authorize(headers))
    setting.clock.advance(grace + 1)
    expect(codeOf(await refresh(setting, first))).toBe('session_revoked')
  })

  test('is not acknowledged by the access token of an older generation', async () => {
    const setting = openSetting()
    const registered = await register(setting)
    await refresh(setting, tokenOf(registered))
    await acknowledge(setting, registered)
    setting.clock.advance(grace + 1)
    expect((await refresh(setting, tokenOf(registered))).status).toBe(200)
  })

  test.each(['once', 'again, over another process'])(
    'is acknowledged %s: the grace counts from the first time',
    async (times) => {
      const clock = manualClock()
      const rules = {
        clock,
        store: createMemoryStore({ clock }),
        pepper: 'the same pepper for both',
        keys: [await generateSigningKey()],
      }
      const [one, other] = [openSetting(rules), openSetting(rules)]
      const first = tokenOf(await register(one))
      const reply = await refresh(one, first)
      await acknowledge(one, reply)
      clock.advance(grace)
      if (times !== 'once') await acknowledge(other, reply)
      clock.advance(1)
      expect(codeOf(await refresh(other, first))).toBe('session_revoked')
    },
  )

  test('is acknowledged by a refresh with the successor too', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    await refresh(setting, tokenOf(await refresh(setting, first)))
    setting.clock.advance(grace + 1)
    expect(codeOf(await refresh(setting, first))).toBe('session_revoked')
  })

  test('is not acknowledged by the access token of the parent, which lives on', async () => {
    const setting = openSetting()
    const one = await refresh(setting, tokenOf(await register(setting)))
    setting.clock.advance(grace)
    await refresh(setting, tokenOf(one))
    expect((await acknowledge(setting, one)).status).toBe(204)
    setting.clock.advance(grace + 1)
    expect(grantOf(await refresh(setting, tokenOf(one))).gen).toBe(2)
  })

  test('erases what a token was derived with as soon as its successor is spent', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const one = tokenOf(await refresh(setting, first))
    const nonceOf = async (text: string) =>
      setting.store.withToken(await digest(text), async ({ token }) => ({ result: token.nonce }))
    expect(await nonceOf(first)).not.toBeNull()
    setting.clock.advance(grace)
    await refresh(setting, one)
    expect(await nonceOf(first)).toBeNull()
    expect(await nonceOf(one)).not.toBeNull()
  })

  test('of a grandparent is reuse, even within the grace', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const one = await refresh(setting, first)
    setting.clock.advance(grace)
    await refresh(setting, tokenOf(one))
    expect(codeOf(await refresh(setting, first))).toBe('session_revoked')
  })

  test('without a token says no_session, and of an unknown one invalid_grant; neither touches the cookie', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const none = await setting.send('POST', '/auth/refresh', { headers: { 'x-latchkey': '1' } })
    expect(none).toMatchObject({ status: 401, body: { code: 'no_session' }, cookie: { act: 'leave' } })
    for (const junk of ['A'.repeat(43), 'x', 'A'.repeat(10_000), '%00', 'é']) {
      const reply = await refresh(setting, junk)
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_grant' }, cookie: { act: 'leave' } })
    }
    expect((await refresh(setting, first)).status).toBe(200)
  })

  test('B15, S44: of an access token is unknown', async () => {
    const setting = openSetting()
    expect(codeOf(await refresh(setting, grantOf(await register(setting)).access_token))).toBe('invalid_grant')
  })

  test('B8: with two refresh cookies is a bad request, and neither is spent', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const headers = { 'x-latchkey': '1', cookie: `__Host-latchkey=${first}; a=b; __Host-latchkey=planted` }
    const reply = await setting.send('POST', '/auth/refresh', { headers })
    expect(reply).toMatchObject({ status: 400, body: { code: 'bad_request' }, cookie: { act: 'leave' } })
    expect(grantOf(await refresh(setting, first)).gen).toBe(1)
  })

  test('carries what the account is now: its role, its name', async () => {
    const setting = openSetting()
    const registered = await register(setting)
    await setting.store.updateAccount(grantOf(registered).user.id, { role: 'admin', displayName: 'Ada' })
    expect(grantOf(await refresh(setting, tokenOf(registered))).user).toMatchObject({
      role: 'admin',
      display_name: 'Ada',
    })
  })

  test('S47: of a disabled account ends the session', async () => {
    const setting = openSetting()
    const registered = await register(setting)
    await setting.store.updateAccount(grantOf(registered).user.id, { isActive: false })
    const reply = await refresh(setting, tokenOf(registered))
    expect(reply).toMatchObject({ status: 401, body: { code: 'session_revoked' }, cookie: { act: 'clear' } })
    await setting.store.updateAccount(grantOf(registered).user.id, { isActive: true })
    expect(codeOf(await refresh(setting, tokenOf(registered)))).toBe('session_revoked')
  })

  test('under another pepper than its successor was derived with cannot be repeated, and revokes nobody', async () => {
    const clock = manualClock()
    const store = createMemoryStore({ clock })
    const [before, after] = ['a pepper of long ago', 'a pepper of today'].map((pepper) =>
      openSetting({ store, clock, pepper }),
    )
    if (before === undefined || after === undefined) throw new Error('two settings')
    const first = tokenOf(await register(before))
    const one = tokenOf(await refresh(before, first))
    expect(await refresh(after, first)).toMatchObject({ body: { code: 'invalid_grant' }, cookie: { act: 'leave' } })
    clock.advance(grace)
    expect(grantOf(await refresh(after, one)).gen).toBe(2)
  })

  test('under a new pepper beside the old one is repeated with the same successor, and the new one derives the next', async () => {
    const clock = manualClock()
    const store = createMemoryStore({ clock })
    const [old, fresh] = ['a pepper of long ago', 'a pepper of today']
    const first = tokenOf(await register(openSetting({ store, clock, pepper: old })))
    const lost = tokenOf(await refresh(openSetting({ store, clock, pepper: old }), first))
    const changing = openSetting({ store, clock, pepper: [fresh, old] })
    expect(tokenOf(await refresh(changing, first))).toBe(lost)
    clock.advance(grace)
    const next = tokenOf(await refresh(changing, lost))
    expect(tokenOf(await refresh(openSetting({ store, clock, pepper: fresh }), lost))).toBe(next)
  })

  test('S16: a token that is asked for over and over is told to wait, and nobody is signed out', async () => {
    const setting = openSetting()
    const first = tokenOf(await register(setting))
    const replies: Reply[] = []
    for (let time = 0; time < 60; time += 1) replies.push(await refresh(setting, first))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(51)
    const told = replies.filter(({ status }) => status === 429)
    expect(told).toHaveLength(9)
    for (const reply of told) {
      expect(reply).toMatchObject({
        body: { code: 'rate_limited' },
        headers: { 'retry-after': '30' },
        cookie: { act: 'leave' },
      })
    }
    setting.clock.advance(grace)
    expect((await refresh(setting, first)).status).toBe(200)
    setting.clock.advance(grace)
    const [head = ''] = replies.filter(({ status }) => status === 200).map(tokenOf)
    expect(grantOf(await refresh(setting, head)).gen).toBe(2)
  })
})

describe('B4: a session', () => {
  test('expires when it idles for fourteen days, and the cookie goes', async () => {
    const setting = openSetting()
    const registered = await register(setting)
    expect(registered.cookie).toMatchObject({ maxAge: 14 * 86_400 })
    setting.clock.advance(14 * day - 1)
    const late = await refresh(setting, tokenOf(registered))
    expect(late.status).toBe(200)
    setting.clock.advance(14 * day)
    const reply = await refresh(setting, tokenOf(late))
    expect(reply).toMatchObject({ status: 401, body: { code: 'session_expired' }, cookie: { act: 'clear' } })
  })

  test('that is refreshed daily dies on day thirty, and no cookie outlives it (J4)', async () => {
    const setting = openSetting()
    let token = tokenOf(await register(setting))
    for (let age = 1; age < 30; age += 1) {
      setting.clock.advance(day)
      const reply = await refresh(setting, token)
      expect(reply.cookie, `day ${age}`).toMatchObject({ maxAge: Math.min(14, 30 - age) * 86_400 })
      token = tokenOf(reply)
    }
    setting.clock.advance(day)
    expect(codeOf(await refresh(setting, token))).toBe('session_expired')
  })
})

describe('the policies of reuse', () => {
  const steal = async (onReuse: 'family' | 'user', graceSeconds = 30) => {
    const setting = openSetting({ onReuse, graceSeconds })
    const first = tokenOf(await register(setting))
    const other = tokenOf(await login(setting))
    await acknowledge(setting, await refresh(setting, first))
    setting.clock.advance(grace + 1)
    expect(codeOf(await refresh(setting, first))).toBe('session_revoked')
    return refresh(setting, other)
  }

  test('family: the other devices live on', async () => {
    expect((await steal('family')).status).toBe(200)
  })

  test('user: every device is signed out', async () => {
    expect(codeOf(await steal('user'))).toBe('session_revoked')
  })

  test('strict mode forgives no repeat, lost reply or not', async () => {
    const setting = openSetting({ graceSeconds: 0 })
    const first = tokenOf(await register(setting))
    const one = tokenOf(await refresh(setting, first))
    expect(grantOf(await refresh(setting, one)).gen).toBe(2)
    const other = tokenOf(await login(setting))
    await refresh(setting, other)
    expect(codeOf(await refresh(setting, other))).toBe('session_revoked')
  })
})

describe('B37, S11: a store that does not answer', () => {
  const failing = (method: keyof Store, broken: Store): Store => ({
    ...broken,
    [method]: async () => {
      throw new StoreUnavailable('The database is down.')
    },
  })

  test('makes a refresh 503 with Retry-After, leaves the cookie, and the token is still good after', async () => {
    const clock = manualClock()
    const store = createMemoryStore({ clock })
    const pepper = 'the same pepper for both'
    const sound = openSetting({ store, clock, pepper })
    const first = tokenOf(await register(sound))
    const reply = await refresh(openSetting({ store: failing('withToken', store), clock, pepper }), first)
    expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable' }, cookie: { act: 'leave' } })
    expect(reply.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' })
    expect(grantOf(await refresh(sound, first)).gen).toBe(1)
  })

  test('rolls back when it fails in the middle of a revocation of all devices: the next try does it', async () => {
    const clock = manualClock()
    const store = createMemoryStore({ clock })
    const rules = { clock, pepper: 'the same pepper for both', onReuse: 'user' } as const
    const sound = openSetting({ ...rules, store })
    const first = tokenOf(await register(sound))
    const [one, other] = [await refresh(sound, first), tokenOf(await login(sound))]
    await acknowledge(sound, one)
    clock.advance(grace + 1)
    expect((await refresh(openSetting({ ...rules, store: failing('revokeFamilies', store) }), first)).status).toBe(503)
    expect(codeOf(await refresh(sound, first))).toBe('session_revoked')
    expect(codeOf(await refresh(sound, other))).toBe('session_revoked')
  })

  test('does not turn away a bearer whose generation could not be confirmed, but an ack says so', async () => {
    const clock = manualClock()
    const sound = createMemoryStore({ clock })
    const setting = openSetting({ store: failing('withFamily', sound), clock })
    const reply = await refresh(setting, tokenOf(await register(setting)))
    const headers = bearer(grantOf(reply).access_token)
    expect((await setting.send('GET', '/auth/me', { headers })).status).toBe(200)
    expect((await setting.send('POST', '/auth/refresh/ack', { headers })).status).toBe(503)
  })

  test('makes readyz 503 while healthz lives', async () => {
    const setting = openSetting()
    expect((await setting.send('GET', '/readyz')).status).toBe(200)
    await setting.store.close()
    expect((await setting.send('GET', '/readyz')).status).toBe(503)
    expect((await setting.send('GET', '/healthz')).status).toBe(200)
    expect((await setting.send('POST', '/auth/refresh', { headers: cookieHeader('x') })).status).toBe(503)
  })
})

describe('body mode', () => {
  test('carries the refresh token in JSON both ways, sets no cookie, and demands no CSRF header', async () => {
    const setting = openSetting({ transport: 'body' })
    const registered = await register(setting)
    expect(registered.cookie).toEqual({ act: 'leave' })
    const spend = (refresh_token: string | undefined) =>
      setting.send('POST', '/auth/refresh', { body: { refresh_token } })
    const one = await spend(grantOf(registered).refresh_token)
    expect(one).toMatchObject({ status: 200, body: { gen: 1 }, cookie: { act: 'leave' } })
    expect(grantOf(one).refresh_token).not.toBe(grantOf(registered).refresh_token)
    expect(codeOf(await setting.send('POST', '/auth/refresh'))).toBe('no_session')
    expect(codeOf(await setting.send('POST', '/auth/refresh', { headers: cookieHeader('x') }))).toBe('no_session')
    const logout = { body: { refresh_token: grantOf(one).refresh_token } }
    expect((await setting.send('POST', '/auth/logout', logout)).status).toBe(204)
    expect(codeOf(await spend(grantOf(one).refresh_token))).toBe('session_revoked')
    expect(setting.engine.setCookies({ cookie: { act: 'clear' } })).toEqual([])
  })

  test('J2: leaves the token out of a debounce: a reply that comes late puts no older one back', async () => {
    const setting = openSetting({ transport: 'body' })
    const registered = await register(setting)
    const spend = (refresh_token: string | undefined) =>
      setting.send('POST', '/auth/refresh', { body: { refresh_token } })
    const { refresh_token: head } = grantOf(await spend(grantOf(registered).refresh_token))
    const again = await spend(head)
    expect(again).toMatchObject({ status: 200, body: { gen: 1, access_token: expect.any(String) } })
    expect(grantOf(again)).not.toHaveProperty('refresh_token')
    // The parent's successor is news to whoever shows the parent.
    expect(grantOf(await spend(grantOf(registered).refresh_token)).refresh_token).toBe(head)
  })

  test('is refused in cookie mode: no grant has a refresh token in it', async () => {
    const setting = openSetting()
    const registered = await register(setting)
    expect(grantOf(registered)).not.toHaveProperty('refresh_token')
    const body = { refresh_token: tokenOf(registered) }
    const reply = await setting.send('POST', '/auth/refresh', { body, headers: { 'x-latchkey': '1' } })
    expect(codeOf(reply)).toBe('no_session')
  })
})
