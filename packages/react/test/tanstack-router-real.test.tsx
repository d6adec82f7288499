// The guards in a real TanStack Router.
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
  RouterProvider,
} from '@tanstack/react-router'
import { act, cleanup, render, screen } from '@testing-library/react'
import { returnTo } from '@latchkey/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AuthProvider } from '../src/index.js'
import { followSession, Forbidden, requireAuthBefore, type GuardOptions } from '../src/tanstack-router.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

beforeEach(() => void vi.spyOn(window, 'scrollTo').mockImplementation(() => undefined))
afterEach(cleanup)

type Hand = ReturnType<typeof createHandMadeClient>

async function open(hand: Hand, at: string, options: GuardOptions = {}) {
  const root = createRootRoute()
  const login = createRoute({
    getParentRoute: () => root,
    path: '/login',
    validateSearch: ({ returnTo: from }: Record<string, unknown>) => ({ returnTo: returnTo(from) }),
    component: () => <h1>login, then {login.useSearch().returnTo}</h1>,
  })
  const account = createRoute({
    getParentRoute: () => root,
    path: '/account',
    beforeLoad: requireAuthBefore(hand.client, { redirect: (detour) => redirect(detour), ...options }),
    component: () => <h1>account</h1>,
    errorComponent: ({ error }) => <h1>{error instanceof Forbidden ? error.status : 'a fault'}</h1>,
    pendingMs: 0,
    pendingMinMs: 0,
    pendingComponent: () => <h1>one moment</h1>,
  })
  const history = createMemoryHistory({ initialEntries: [at] })
  const router = createRouter({ routeTree: root.addChildren([login, account]), history })
  followSession(hand.client, router)
  await act(async () =>
    render(
      <AuthProvider client={hand.client}>
        <RouterProvider router={router} />
      </AuthProvider>,
    ),
  )
  return router
}
const title = async (text: string) => (await screen.findByRole('heading', { name: text })).textContent

test('a visitor waits, is sent to the login page, and that knows the way back', async () => {
  const hand = createHandMadeClient()
  const router = await open(hand, '/account?tab=2')
  expect(await title('one moment')).toBeTruthy()
  await act(async () => hand.end('no-session'))
  expect(await title('login, then /account?tab=2')).toBeTruthy()
  expect(router.state.location.pathname).toBe('/login')
})

test('whoever is signed in gets in, and out when the session ends while the page is open', async () => {
  const hand = createHandMadeClient()
  hand.grant(ada)
  await open(hand, '/account')
  expect(await title('account')).toBeTruthy()
  await act(async () => hand.end('expired'))
  expect(await title('login, then /account')).toBeTruthy()
})

test('whoever lacks the role sees the route’s error', async () => {
  const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const hand = createHandMadeClient()
  hand.grant(bob)
  await open(hand, '/account', { role: 'admin' })
  expect(await title('403')).toBeTruthy()
  silence.mockRestore()
})
