import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMockAuth } from '../src/index.js'
import { ada, bob, codeOf, wireClient } from './wire-client.js'

let time = 1_800_000_000_000
const mock = createMockAuth({ baseURL: 'https://api.test', accessTtl: 60, users: [ada, bob], now: () => time })
const server = setupServer(...mock.handlers)
const client = wireClient(mock.fetch, 'https://api.test')

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
beforeEach(() => {
  time = 1_800_000_000_000
})
afterEach(() => mock.reset())
afterAll(() => server.close())

describe('users', () => {
  test('sign in with the password and the role that they were given, however short', async () => {
    expect((await client.login()).user).toMatchObject({ email: ada.email, role: 'admin' })
    expect((await client.login(bob.email, bob.password)).user).toMatchObject({ email: bob.email, role: 'user' })
  })

  test('sign in with no other password', async () => {
    const reply = await client.ask('POST', '/auth/login', { body: { email: ada.email, password: 'b' } })
    expect([reply.status, await codeOf(reply)]).toEqual([401, 'invalid_credentials'])
  })

  test.each([
    [[ada, { ...bob, email: 'ADA@example.com' }], /twice/],
    [[{ email: 'no address', password: 'x' }], /"no address".*failed/],
  ])('that cannot be are refused at once, by a message that names them', (users, message) => {
    expect(() => createMockAuth({ users })).toThrow(message)
  })
})

describe('expireAccessTokens', () => {
  test('gets the next call 401 invalid_token, and leaves the session', async () => {
    const { access_token, sid } = await client.login()
    mock.expireAccessTokens()
    const reply = await client.me(access_token)
    expect(reply.status).toBe(401)
    expect(reply.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(await codeOf(reply)).toBe('invalid_token')
    expect(await (await client.refresh()).json()).toMatchObject({ sid, gen: 1 })
  })

  test('does not touch tokens that are given out later', async () => {
    await client.login()
    mock.expireAccessTokens()
    const { access_token } = await client.login()
    expect((await client.me(access_token)).status).toBe(200)
  })
})

describe('revokeSessions', () => {
  test('ends one account’s sessions: its next refresh is refused, the other’s is not', async () => {
    await client.login()
    await mock.revokeSessions(bob.email)
    expect((await client.refresh()).status).toBe(200)
    await mock.revokeSessions('ADA@example.com')
    const reply = await client.refresh()
    expect([reply.status, await codeOf(reply)]).toEqual([401, 'session_revoked'])
  })

  test('ends all sessions without an email, and holds for the next call though nobody awaited it', async () => {
    await client.login()
    void mock.revokeSessions()
    expect((await client.refresh()).status).toBe(401)
  })

  test('of an unknown email says so', async () => {
    await expect(mock.revokeSessions('nobody@example.com')).rejects.toThrow(
      /revokeSessions\("nobody@example.com"\) failed/,
    )
  })
})

describe('calls', () => {
  test('counts every call of a route, refused and faulty ones included, and nothing else', async () => {
    expect(mock.calls).toMatchObject({ login: 0, refresh: 0, me: 0 })
    await client.refresh()
    mock.fault('refresh', { status: 503 })
    await client.refresh()
    await client.login()
    await client.ask('PUT', '/auth/login')
    expect(mock.calls).toMatchObject({ login: 1, refresh: 2, me: 0 })
    mock.reset()
    expect(mock.calls).toMatchObject({ login: 0, refresh: 0 })
  })
})

describe('clock', () => {
  test('moves the server’s time: the access token expires, then the session', async () => {
    const { access_token } = await client.login()
    mock.clock.advance('2m')
    expect(mock.clock.now()).toBe(time + 120_000)
    expect((await client.me(access_token)).status).toBe(401)
    mock.clock.advance('15d')
    expect(await codeOf(await client.refresh())).toBe('session_expired')
  })
})

describe('as', () => {
  test('signs the fetch in without a call that counts', async () => {
    const token = await mock.as(bob.email)
    expect(await (await client.me(token)).json()).toMatchObject({ email: bob.email })
    expect(await (await client.refresh()).json()).toMatchObject({ gen: 1, user: { email: bob.email } })
    expect(mock.calls.login).toBe(0)
  })

  test('knows accounts that were registered, and says so of others', async () => {
    const password = 'fifteen letters at least'
    await client.ask('POST', '/auth/register', { body: { email: 'eve@example.com', password }, credentials: 'omit' })
    await expect(mock.as('eve@example.com')).resolves.toMatch(/^eyJ/)
    await expect(mock.as('nobody@example.com')).rejects.toThrow(/mock\.as\("nobody@example.com"\) failed/)
  })
})

describe('reset', () => {
  test('forgets sessions, tokens, accounts and faults, and keeps the users', async () => {
    const { access_token } = await client.login()
    mock.fault('login', { status: 500 })
    mock.clock.advance('1h')
    mock.reset()
    expect((await client.me(access_token)).status).toBe(401)
    expect(await codeOf(await client.refresh())).toBe('no_session')
    expect((await client.login()).user.email).toBe(ada.email)
    expect(mock.clock.now()).toBe(time)
  })
})

test('two mocks share nothing, in one process and on one origin', async () => {
  const other = createMockAuth({ baseURL: 'https://api.test', users: [bob] })
  await client.login()
  await server.boundary(async () => {
    server.use(...other.handlers)
    const theirs = wireClient(other.fetch, 'https://api.test')
    const reply = await theirs.ask('POST', '/auth/login', { body: { email: ada.email, password: ada.password } })
    expect(reply.status).toBe(401)
    expect(other.calls.login).toBe(1)
  })()
  expect(mock.calls.login).toBe(1)
  expect((await client.refresh()).status).toBe(200)
})

test('every origin is allowed where none are listed; where some are, only those', async () => {
  const strict = createMockAuth({ baseURL: 'https://strict.test', allowedOrigins: ['https://app.test'], users: [ada] })
  server.use(...strict.handlers)
  const refresh = (api: string, origin: string) =>
    mock.fetch(`${api}/auth/refresh`, { method: 'POST', headers: { 'x-latchkey': '1', origin } })
  expect(await codeOf(await refresh('https://api.test', 'http://localhost:5173'))).toBe('no_session')
  expect(await codeOf(await refresh('https://strict.test', 'http://localhost:5173'))).toBe('csrf')
  expect(await codeOf(await refresh('https://strict.test', 'https://app.test'))).toBe('no_session')
  server.resetHandlers()
})

test('in body mode the refresh token is in the grant, and no cookie is set', async () => {
  const body = createMockAuth({ baseURL: 'https://body.test', transport: 'body', users: [ada] })
  server.use(...body.handlers)
  const theirs = wireClient(body.fetch, 'https://body.test')
  const reply = await theirs.ask('POST', '/auth/login', { body: { email: ada.email, password: ada.password } })
  const { refresh_token } = (await reply.json()) as { refresh_token: string }
  expect(reply.headers.getSetCookie()).toEqual([])
  const refreshed = await theirs.ask('POST', '/auth/refresh', { body: { refresh_token } })
  expect(await refreshed.json()).toMatchObject({ gen: 1, refresh_token: expect.any(String) })
  await expect(body.as(ada.email)).rejects.toThrow(/mock\.as.*body mode/s)
  server.resetHandlers()
})
