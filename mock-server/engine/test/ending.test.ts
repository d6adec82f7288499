import { describe, expect, test } from 'vitest'
import {
  bearer,
  codeOf,
  day,
  cookieHeader,
  grantOf,
  login,
  openSetting,
  refresh,
  register,
  tokenOf,
  type Setting,
} from './setting.js'

const logout = ({ send }: Setting, headers: Record<string, string>) =>
  send('POST', '/auth/logout', { headers: { 'x-latchkey': '1', ...headers } })

describe('a logout', () => {
  test('needs the cookie alone, of any generation, and clears it', async () => {
    for (const generation of [0, 1]) {
      const setting = openSetting()
      const first = tokenOf(await register(setting))
      const head = tokenOf(await refresh(setting, first))
      const reply = await logout(setting, cookieHeader(generation === 0 ? first : head))
      expect(reply).toMatchObject({ status: 204, cookie: { act: 'clear' } })
      expect(codeOf(await refresh(setting, head))).toBe('session_revoked')
    }
  })

  test('needs the access token alone', async () => {
    const setting = openSetting()
    const registered = await register(setting)
    expect((await logout(setting, bearer(grantOf(registered).access_token))).status).toBe(204)
    expect(codeOf(await refresh(setting, tokenOf(registered)))).toBe('session_revoked')
  })

  test('works beside an expired access token', async () => {
    const setting = openSetting()
    const registered = await register(setting)
    setting.clock.advance(3_600_000)
    const headers = { ...cookieHeader(tokenOf(registered)), ...bearer(grantOf(registered).access_token) }
    expect((await logout(setting, headers)).status).toBe(204)
    expect(codeOf(await refresh(setting, tokenOf(registered)))).toBe('session_revoked')
  })

  test('ends both sessions where the cookie and the bearer are of two', async () => {
    const setting = openSetting()
    const [one, two] = [await register(setting), await login(setting)]
    await logout(setting, { ...cookieHeader(tokenOf(one)), ...bearer(grantOf(two).access_token) })
    for (const reply of [one, two]) expect(codeOf(await refresh(setting, tokenOf(reply)))).toBe('session_revoked')
  })

  test('of nobody, of a stranger and of one who left already is done, and told once', async () => {
    const setting = openSetting()
    const registered = await register(setting)
    const headers = cookieHeader(tokenOf(registered))
    for (const more of [{}, cookieHeader('x'.repeat(43)), headers, headers]) {
      expect(await logout(setting, more)).toMatchObject({ status: 204, cookie: { act: 'clear' } })
    }
    expect(setting.events.filter(({ type }) => type === 'sessions_revoked')).toHaveLength(1)
  })

  test('B6: wins over refreshes that race it, whoever comes first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const setting = openSetting()
      const first = tokenOf(await register(setting))
      const asks = Array.from({ length: 8 }, (_, at) =>
        at === round % 8 ? logout(setting, cookieHeader(first)) : refresh(setting, first),
      )
      const replies = await Promise.all(asks)
      const alive = [first, ...replies.flatMap(({ cookie }) => (cookie.act === 'set' ? [cookie.value] : []))]
      for (const token of alive) expect(codeOf(await refresh(setting, token))).toBe('session_revoked')
    }
  })
})

describe('S45: logout-all', () => {
  test('ends every session of the account and no other, racing refreshes included', async () => {
    const setting = openSetting()
    const [one, two] = [await register(setting), await login(setting)]
    const other = await register(setting, 'bob@example.com')
    const headers = bearer(grantOf(one).access_token)
    const racing = Array.from({ length: 20 }, (_, at) => refresh(setting, tokenOf(at % 2 === 0 ? one : two)))
    const reply = await setting.send('POST', '/auth/logout-all', { headers })
    expect(reply).toMatchObject({ status: 204, cookie: { act: 'clear' } })
    const handed = (await Promise.all(racing)).flatMap(({ cookie }) => (cookie.act === 'set' ? [cookie.value] : []))
    for (const token of [tokenOf(one), tokenOf(two), ...handed]) {
      expect(codeOf(await refresh(setting, token))).toBe('session_revoked')
    }
    expect((await refresh(setting, tokenOf(other))).status).toBe(200)
  })

  test('needs the bearer: a cookie does not end other devices', async () => {
    const setting = openSetting()
    const headers = cookieHeader(tokenOf(await register(setting)))
    expect((await setting.send('POST', '/auth/logout-all', { headers })).status).toBe(401)
  })
})

describe('B40: the sessions of an account', () => {
  const list = async (setting: Setting, token: string) => {
    const { body } = await setting.send('GET', '/auth/sessions', { headers: bearer(token) })
    return (body as { sessions: Record<string, unknown>[] }).sessions
  }

  test('are listed newest first, the living ones only, and the asking one is marked', async () => {
    const setting = openSetting()
    const one = await register(setting)
    setting.clock.advance(1000)
    const two = await setting.send('POST', '/auth/login', {
      body: { email: 'ada@example.com', password: 'correct horse battery staple' },
      headers: { 'user-agent': 'Agent/1.0\r\n\u0000' },
      ip: '2001:db8::1',
    })
    const listed = await list(setting, grantOf(one).access_token)
    expect(listed).toEqual([
      expect.objectContaining({ id: grantOf(two).sid, current: false, user_agent: 'Agent/1.0', ip: '2001:db8::1' }),
      expect.objectContaining({ id: grantOf(one).sid, current: true, created_at: '2026-01-01T00:00:00.000Z' }),
    ])
    await logout(setting, cookieHeader(tokenOf(two)))
    expect((await list(setting, grantOf(one).access_token)).map(({ id }) => id)).toEqual([grantOf(one).sid])
  })

  test('are no longer listed when they have expired', async () => {
    const setting = openSetting()
    const old = await register(setting)
    setting.clock.advance(15 * day)
    const fresh = await login(setting)
    expect((await list(setting, grantOf(fresh).access_token)).map(({ id }) => id)).toEqual([grantOf(fresh).sid])
    expect(codeOf(await refresh(setting, tokenOf(old)))).toBe('session_expired')
  })

  test('B34, S33: end by id, but only the own ones; all others are not found alike', async () => {
    const setting = openSetting()
    const [mine, device] = [await register(setting), await login(setting)]
    const theirs = await register(setting, 'bob@example.com')
    const headers = bearer(grantOf(mine).access_token)
    const end = (id: string) => setting.send('DELETE', `/auth/sessions/${id}`, { headers })
    expect(await end(grantOf(device).sid)).toMatchObject({ status: 204, cookie: { act: 'leave' } })
    const misses = await Promise.all([grantOf(theirs).sid, 'unknown', grantOf(device).sid, 'x'.repeat(500)].map(end))
    expect(new Set(misses.map((reply) => JSON.stringify(reply))).size).toBe(1)
    expect(misses[0]).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await refresh(setting, tokenOf(theirs))).status).toBe(200)
    expect(codeOf(await refresh(setting, tokenOf(device)))).toBe('session_revoked')
    expect(await end(grantOf(mine).sid)).toMatchObject({ status: 204, cookie: { act: 'clear' } })
  })
})

test('a listener that throws changes no reply, and its error surfaces', async () => {
  const surfaced: unknown[] = []
  const original = globalThis.queueMicrotask
  globalThis.queueMicrotask = (work) => {
    try {
      work()
    } catch (cause) {
      surfaced.push(cause)
    }
  }
  try {
    const broken = new Error('the audit log is full')
    const setting = openSetting({
      onEvent: () => {
        throw broken
      },
    })
    expect((await register(setting)).status).toBe(201)
    expect(surfaced).toContain(broken)
  } finally {
    globalThis.queueMicrotask = original
  }
})

test('B38, S36: no event holds a token, a password or an address', async () => {
  const setting = openSetting()
  const registered = await register(setting)
  const refreshed = await refresh(setting, tokenOf(registered))
  await logout(setting, cookieHeader(tokenOf(refreshed)))
  await login(setting, 'nobody@example.com')
  const told = JSON.stringify(setting.events)
  expect(setting.events.map(({ type }) => type)).toEqual([
    'registered',
    'refreshed',
    'sessions_revoked',
    'login_refused',
  ])
  const secrets = ['correct horse', 'ada@', 'nobody@', 'eyJ', tokenOf(registered), tokenOf(refreshed)]
  for (const secret of secrets) expect(told).not.toContain(secret)
})
