// The guards in a real react-router.
import { act, cleanup, render, screen } from '@testing-library/react'
import {
  createMemoryRouter,
  isRouteErrorResponse,
  RouterProvider,
  useLoaderData,
  useRouteError,
  type RouteObject,
} from 'react-router'
import { afterEach, expect, test } from 'vitest'
import { AuthProvider } from '../src/index.js'
import { followSession, RequireAuth, requireAuth, requireUser, useReturnTo } from '../src/router.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

afterEach(cleanup)

type Hand = ReturnType<typeof createHandMadeClient>

const Login = () => <h1>login, then {useReturnTo('/home')}</h1>
const Failure = () => {
  const error = useRouteError()
  return <h1>{isRouteErrorResponse(error) ? error.status : 'a fault'}</h1>
}
const login: RouteObject = { path: '/login', element: <Login /> }

async function open(hand: Hand, routes: RouteObject[], at: string, basename = '/') {
  const router = createMemoryRouter([...routes, login], { initialEntries: [at], basename })
  await act(async () =>
    render(
      <AuthProvider client={hand.client}>
        <RouterProvider router={router} />
      </AuthProvider>,
    ),
  )
  return router
}
const title = () => screen.queryByRole('heading')?.textContent ?? null
const guarded = (hand: Hand, options?: Parameters<typeof requireAuth>[1]): RouteObject => ({
  path: '/account',
  middleware: [requireAuth(hand.client, options)],
  element: <h1>account</h1>,
  errorElement: <Failure />,
  hydrateFallbackElement: <h1>one moment</h1>,
})

test('the middleware waits until somebody has looked, and lets the signed-in user through', async () => {
  const hand = createHandMadeClient()
  await open(hand, [guarded(hand)], '/account')
  expect(title()).toBe('one moment')
  await act(async () => hand.grant(ada))
  expect(title()).toBe('account')
})

test('the middleware sends a visitor to the login page, which knows the way back', async () => {
  const hand = createHandMadeClient()
  hand.end('no-session')
  const router = await open(hand, [guarded(hand)], '/account?tab=2')
  expect(title()).toBe('login, then /account?tab=2')
  expect(router.state.location.search).toBe('?returnTo=%2Faccount%3Ftab%3D2')
})

test('a login path with a query keeps it', async () => {
  const hand = createHandMadeClient()
  hand.end('no-session')
  const router = await open(hand, [guarded(hand, { loginPath: '/login?from=guard' })], '/account')
  expect(router.state.location.search).toBe('?from=guard&returnTo=%2Faccount')
})

test.each([
  ['a role that is held', ada, { role: 'admin' }, 'account'],
  ['a role that is not held', bob, { role: 'admin' }, '403'],
  ['a permission that is held', ada, { permission: 'posts:write' }, 'account'],
  ['a permission that is not held', bob, { permission: 'posts:write' }, '403'],
] as const)('the middleware asks for %s', async (_name, user, options, expected) => {
  const hand = createHandMadeClient()
  hand.grant(user)
  await open(hand, [guarded(hand, options)], '/account')
  expect(title()).toBe(expected)
})

test('a session that ends while its page is open runs the guards again', async () => {
  const hand = createHandMadeClient()
  hand.grant(ada)
  const router = await open(hand, [guarded(hand)], '/account')
  const stop = followSession(hand.client, router)
  await act(async () => hand.refreshed(2_000))
  expect(title()).toBe('account')
  await act(async () => hand.end('expired'))
  expect(title()).toBe('login, then /account')
  stop()
  expect(hand.listeners()).toBe(0)
})

test('followSession leaves the first look to the guards that wait for it', () => {
  const hand = createHandMadeClient()
  let revalidations = 0
  followSession(hand.client, { revalidate: () => Promise.resolve(void (revalidations += 1)) })
  hand.grant(ada)
  expect(revalidations).toBe(0)
  hand.refreshed(2_000)
  expect(revalidations).toBe(0)
  hand.grant(bob)
  expect(revalidations).toBe(1)
})

test('RequireAuth shows pending, then the page, then the login page', async () => {
  const hand = createHandMadeClient()
  const element = <RequireAuth pending={<h1>one moment</h1>} />
  await open(hand, [{ element, children: [{ path: '/account', element: <h1>account</h1> }] }], '/account?tab=2#top')
  expect(title()).toBe('one moment')
  act(() => hand.grant(ada))
  expect(title()).toBe('account')
  await act(async () => hand.end('expired'))
  expect(title()).toBe('login, then /account?tab=2#top')
})

test('RequireAuth shows its fallback to a user who lacks the role', async () => {
  const hand = createHandMadeClient()
  hand.grant(bob)
  const element = (
    <RequireAuth role="admin" fallback={<h1>not yours</h1>}>
      <h1>admin</h1>
    </RequireAuth>
  )
  await open(hand, [{ path: '/admin', element }], '/admin')
  expect(title()).toBe('not yours')
  act(() => hand.grant(ada))
  expect(title()).toBe('admin')
})

test.each([
  ['%2Faccount%3Ftab%3D2', '/account?tab=2'],
  ['https%3A%2F%2Fevil.example', '/home'],
  ['%2F%2Fevil.example', '/home'],
  ['javascript%3Aalert(1)', '/home'],
  ['', '/home'],
])('the login page goes back to a safe path only: %s', async (untrusted, expected) => {
  await open(createHandMadeClient(), [], `/login?returnTo=${untrusted}`)
  expect(title()).toBe(`login, then ${expected}`)
})

test.each([
  ['the middleware', (hand: Hand): RouteObject => guarded(hand)],
  ['RequireAuth', (): RouteObject => ({ path: '/account', element: <RequireAuth>account</RequireAuth> })],
])('under a basename the way back of %s is a path for navigate', async (_name, route) => {
  const hand = createHandMadeClient()
  hand.end('no-session')
  const router = await open(hand, [route(hand)], '/shop/account', '/shop')
  expect(title()).toBe('login, then /account')
  expect(router.state.location.pathname).toBe('/shop/login')
})

/** A route that has a loader instead of a middleware. */
const loaded = (hand: Hand, options?: Parameters<typeof requireUser>[2]): RouteObject => ({
  path: '/account',
  loader: async ({ request }) => (await requireUser(hand.client, request, options)).display_name,
  Component: () => <h1>account of {useLoaderData()}</h1>,
  errorElement: <Failure />,
  hydrateFallbackElement: <h1>one moment</h1>,
})

test('a loader waits until somebody has looked, and gets the user', async () => {
  const hand = createHandMadeClient()
  await open(hand, [loaded(hand)], '/account')
  expect(title()).toBe('one moment')
  await act(async () => hand.grant(ada))
  expect(title()).toBe('account of Ada')
})

test('a loader sends a visitor to the login page, and whoever lacks the role to the error', async () => {
  const visitor = createHandMadeClient()
  visitor.end('no-session')
  await open(visitor, [loaded(visitor)], '/account?tab=2')
  expect(title()).toBe('login, then /account?tab=2')
  cleanup()
  const hand = createHandMadeClient()
  hand.grant(bob)
  await open(hand, [loaded(hand, { role: 'admin' })], '/account')
  expect(title()).toBe('403')
})
