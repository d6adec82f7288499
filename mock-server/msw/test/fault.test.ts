import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createMockAuth, type RouteName } from '../src/index.js'
import { ada, codeOf, wireClient } from './wire-client.js'

const mock = createMockAuth({ baseURL: 'https://api.test', users: [ada] })
const server = setupServer(...mock.handlers)
const client = wireClient(mock.fetch, 'https://api.test')

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => {
  vi.useRealTimers()
  mock.reset()
})
afterAll(() => server.close())

describe('a status', () => {
  test('is a problem of that status for the next call only, and the server side never hears of it', async () => {
    await client.login()
    mock.fault('refresh', { status: 503, retryAfter: 1 })
    const reply = await client.refresh()
    expect(reply.status).toBe(503)
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
    expect(await codeOf(reply)).toBe('unavailable')
    expect(await (await client.refresh()).json()).toMatchObject({ gen: 1 })
  })

  test('strikes as often as it was told, then the fault that was planted behind it', async () => {
    mock.fault('login', { status: 503, times: 2 })
    mock.fault('login', { status: 429 })
    const statuses = []
    for (let call = 0; call < 4; call += 1) {
      statuses.push((await client.ask('POST', '/auth/login', { body: { email: ada.email, password: 'a' } })).status)
    }
    expect(statuses).toEqual([503, 503, 429, 200])
  })

  test('strikes its route alone, with the code that was given', async () => {
    mock.fault('refresh', { status: 401, code: 'session_revoked', times: Infinity })
    expect((await client.login()).user.email).toBe(ada.email)
    for (let call = 0; call < 3; call += 1) expect(await codeOf(await client.refresh())).toBe('session_revoked')
  })

  test('is taken back by what fault() answers', async () => {
    const takeBack = mock.fault('refresh', { status: 503, times: Infinity })
    expect((await client.refresh()).status).toBe(503)
    takeBack()
    expect((await client.refresh()).status).toBe(401)
  })
})

describe('a network fault', () => {
  test('error: the call fails as without a connection', async () => {
    mock.fault('refresh', { network: 'error' })
    await expect(client.refresh()).rejects.toThrow(TypeError)
  })

  test('html: a captive portal answers 200 in the server’s place', async () => {
    mock.fault('refresh', { network: 'html' })
    const reply = await client.refresh()
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await reply.text()).toContain('<title>')
  })

  test('timeout: no answer comes until the caller gives up', async () => {
    mock.fault('me', { network: 'timeout' })
    const giveUp = new AbortController()
    const call = mock.fetch('https://api.test/auth/me', { signal: giveUp.signal })
    await vi.waitUntil(() => mock.calls.me === 1)
    giveUp.abort()
    await expect(call).rejects.toThrow(/abort/i)
  })

  test('timeout: reset lets go of the call', async () => {
    mock.fault('me', { network: 'timeout' })
    const call = mock.fetch('https://api.test/auth/me')
    const failure = call.catch((error: unknown) => error)
    await vi.waitUntil(() => mock.calls.me === 1)
    mock.reset()
    expect(await failure).toBeInstanceOf(TypeError)
  })
})

test('a delay holds the call for its milliseconds, and then it is answered as usual', async () => {
  const { access_token } = await client.login()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  mock.fault('me', { delay: 60_000 })
  const settled = vi.fn<() => void>()
  const call = client.me(access_token).finally(settled)
  await vi.waitUntil(() => vi.getTimerCount() > 0)
  await vi.advanceTimersByTimeAsync(50_000)
  expect(settled).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(10_000)
  expect((await call).status).toBe(200)
})

test('a lost reply: the server side rotates, the caller learns nothing, and the repeat gets the same successor', async () => {
  const { sid } = await client.login()
  mock.fault('refresh', { lostReply: true })
  await expect(client.refresh()).rejects.toThrow(TypeError)
  mock.clock.advance('8h')
  expect(await (await client.refresh()).json()).toMatchObject({ sid, gen: 1 })
})

describe('a fault that cannot be', () => {
  test('of an unknown route names those that are', () => {
    expect(() => mock.fault('refesh' as RouteName, { status: 503 })).toThrow(/"refesh".*failed.*refresh/s)
  })

  test.each([{}, { status: 503, delay: 1 }, { status: 503, times: 0 }])('%j says what one is', (fault) => {
    expect(() => mock.fault('refresh', fault as { status: number })).toThrow(/exactly one of/)
  })

  test('is refused by the types as well', () => {
    // @ts-expect-error no such route
    expect(() => mock.fault('nothing', { status: 503 })).toThrow(TypeError)
    // @ts-expect-error no such network
    mock.fault('refresh', { network: 'slow' })
  })
})
