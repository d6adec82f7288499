// Scenarios by name, sessions that run out, second factors, and a fault of the app's own routes.
import { createAuthClient } from '@latchkey/core'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import { createMockAuth, type MockAuth, type RouteName, type Scenario } from '../src/index.js'
import { ada, bob } from './wire-client.js'

const mock = createMockAuth({ baseURL: 'https://api.test', users: [ada, bob] })
const server = setupServer(
  ...mock.handlers,
  mock.protect(http.get('https://api.test/projects', () => HttpResponse.json([]))),
)
let auth = createAuthClient({ baseURL: mock.baseURL, fetch: mock.fetch })

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
beforeEach(async () => {
  auth = createAuthClient({ baseURL: mock.baseURL, fetch: mock.fetch, tabs: false })
  await mock.as(ada.email)
  await auth.restore()
})
afterEach(() => {
  auth.dispose()
  mock.reset()
})
afterAll(() => server.close())

/** What a refresh comes to: the status and its reason, or the error's code. */
const refresh = () =>
  auth.refresh().then(
    (session) => (session.status === 'unauthenticated' ? session.reason : session.status),
    (error: { readonly code: string }) => error.code,
  )

describe('a scenario', () => {
  test.each<[Scenario, outcome: string]>([
    ['token-expired', 'authenticated'],
    ['session-expired', 'expired'],
    ['session-revoked', 'revoked'],
    ['refresh-fails', 'unreachable'],
    ['refresh-limited', 'rate_limited'],
    ['refresh-slow', 'authenticated'],
    ['reply-lost', 'authenticated'],
    ['csrf', 'misconfigured'],
    ['offline', 'unreachable'],
  ])('%s makes the next refresh end as %s', async (scenario, outcome) => {
    mock.play(scenario)
    expect(await refresh()).toBe(outcome)
  })

  test('is taken back by its answer', async () => {
    const takeBack = mock.play('offline')
    await expect(auth.fetch('https://api.test/projects')).rejects.toThrow(TypeError)
    takeBack()
    expect((await auth.fetch('https://api.test/projects')).status).toBe(200)
  })

  test('has a name that exists, as a fault has a route', () => {
    expectTypeOf<Parameters<MockAuth['play']>[0]>().toEqualTypeOf<Scenario>()
    expectTypeOf<Parameters<MockAuth['fault']>[0]>().toEqualTypeOf<RouteName | 'protected'>()
    expect(() => mock.fault('refreshing' as RouteName, { delay: 1 })).toThrow(/no such route/)
  })
})

test('expireSessions lets one account’s sessions run out, and no other’s', async () => {
  await mock.expireSessions(bob.email)
  expect(await refresh()).toBe('authenticated')
  await mock.expireSessions(ada.email)
  expect(await refresh()).toBe('expired')
})

test('requireMfa asks for a second factor at the next login: code, backup code, and mock.as knows its way', async () => {
  const { code, backupCodes } = await mock.requireMfa(bob.email)
  const credentials = { email: bob.email, password: bob.password }
  const challenge = async () => {
    const result = await auth.login(credentials)
    if (result.status !== 'mfa-required') throw new Error(result.status)
    return result.challenge
  }
  await expect(auth.verifyMfa({ challenge: await challenge(), code: '000000' })).rejects.toMatchObject({
    code: 'mfa_invalid',
  })
  expect(await auth.verifyMfa({ challenge: await challenge(), code: code() })).toMatchObject({
    status: 'authenticated',
  })
  const [backupCode = ''] = backupCodes
  expect(await auth.verifyMfa({ challenge: await challenge(), code: backupCode })).toMatchObject({
    status: 'authenticated',
  })
  await expect(mock.as(bob.email)).resolves.toMatch(/^eyJ/)
  mock.reset()
  expect(await auth.login(credentials)).toMatchObject({ status: 'authenticated' })
})

test('a fault of the app’s own routes strikes what mock.protect wrapped', async () => {
  mock.fault('protected', { status: 503 })
  expect((await auth.fetch('https://api.test/projects')).status).toBe(503)
  expect((await auth.fetch('https://api.test/projects')).status).toBe(200)
})

test('tests that run at once in boundaries of their own share nothing', async () => {
  const visits = [ada, bob].map((user) =>
    server.boundary(async () => {
      const own = createMockAuth({ baseURL: 'https://api.test', users: [user] })
      server.use(...own.handlers)
      await own.as(user.email)
      const client = createAuthClient({ baseURL: own.baseURL, fetch: own.fetch, tabs: false })
      const session = await client.restore()
      client.dispose()
      return [session.status === 'authenticated' && session.user.email, own.calls.refresh]
    })(),
  )
  expect(await Promise.all(visits)).toEqual([
    [ada.email, 1],
    [bob.email, 1],
  ])
  expect(mock.calls.refresh).toBe(1)
})
