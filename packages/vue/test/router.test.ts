// The guard of vue-router, told of navigations by hand.
// @vitest-environment node
import { expect, test, vi } from 'vitest'
import { createAuthGuard, followSession, type AuthGuardOptions, type AuthRouteMeta } from '../src/router.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

type Hand = ReturnType<typeof createHandMadeClient>

const enter = (hand: Hand, meta: AuthRouteMeta, options?: AuthGuardOptions, fullPath = '/account?tab=2#top') =>
  createAuthGuard(hand.client, options)({ fullPath, meta })

test('a route that asks for nothing waits for nobody', async () => {
  const { client } = createHandMadeClient()
  const ready = vi.fn<typeof client.ready>(client.ready)
  const guard = createAuthGuard({ ...client, ready })
  expect(await guard({ fullPath: '/', meta: {} })).toBe(true)
  expect(await guard({ fullPath: '/', meta: { requiresAuth: false } })).toBe(true)
  expect(ready).not.toHaveBeenCalled()
})

test('the guard waits until somebody has looked, and once for all navigations', async () => {
  const { client, grant, end } = createHandMadeClient()
  const ready = vi.fn<typeof client.ready>(client.ready)
  const guard = createAuthGuard({ ...client, ready })
  const account = { fullPath: '/account', meta: { requiresAuth: true } }
  const both = Promise.all([guard(account), guard(account)])
  grant(ada)
  expect(await both).toEqual([true, true])
  end('expired')
  expect(await guard(account)).toBe('/login?returnTo=%2Faccount')
  expect(ready).toHaveBeenCalledTimes(1)
})

test('the guard sends a visitor to the login page, with the way back', async () => {
  const hand = createHandMadeClient()
  hand.end('no-session')
  const back = 'returnTo=%2Faccount%3Ftab%3D2%23top'
  expect(await enter(hand, { requiresAuth: true })).toBe(`/login?${back}`)
  expect(await enter(hand, { roles: ['admin'] }, { loginPath: '/sign-in?from=guard' })).toBe(
    `/sign-in?from=guard&${back}`,
  )
})

test.each(['//evil.example', 'https://evil.example/', '/\\evil.example'])(
  'the way back stays in the app: %s',
  async (fullPath) => {
    const hand = createHandMadeClient()
    hand.end('no-session')
    expect(await enter(hand, { requiresAuth: true }, {}, fullPath)).toBe('/login?returnTo=%2F')
  },
)

test.each<[string, AuthRouteMeta, forAda: boolean, forBob: boolean]>([
  ['a signed-in user', { requiresAuth: true }, true, true],
  ['a role', { roles: ['admin'] }, true, false],
  ['one of two roles', { roles: ['owner', 'admin'] }, true, false],
  ['a role of no list', { roles: [] }, false, false],
  ['a permission', { permissions: ['posts:write'] }, true, false],
  ['two permissions of which one is held', { permissions: ['posts:write', 'posts:delete'] }, false, false],
  ['a role and a permission', { roles: ['admin'], permissions: ['posts:delete'] }, false, false],
  ['a role of a child that asks for no login', { requiresAuth: false, roles: ['admin'] }, true, false],
])('the guard asks for %s', async (_name, meta, ...expected) => {
  const hand = createHandMadeClient()
  const outcomes = []
  for (const user of [ada, bob]) {
    hand.grant(user)
    outcomes.push(await enter(hand, meta))
  }
  expect(outcomes).toEqual(expected)
})

test('who lacks the role goes where the app says', async () => {
  const hand = createHandMadeClient()
  hand.grant(bob)
  expect(await enter(hand, { roles: ['admin'] }, { forbiddenPath: '/not-yours' })).toBe('/not-yours')
})

test('a session that ends while its page is open runs the guards again, a silent refresh does not', async () => {
  const hand = createHandMadeClient()
  const replace = vi.fn<(to: object) => Promise<void>>(() => Promise.resolve())
  const here = { path: '/account', query: { tab: '2' }, hash: '#top' }
  const stop = followSession(hand.client, { isReady: () => Promise.resolve(), currentRoute: { value: here }, replace })
  await Promise.resolve()
  hand.grant(ada)
  hand.refreshed(2_000)
  expect(replace).not.toHaveBeenCalled()
  hand.end('expired')
  expect(replace.mock.calls).toEqual([[{ ...here, force: true }]])
  stop()
  expect(hand.listeners()).toBe(0)
})
