// How often the hooks render, and what they leave behind.
import { AuthError, type RefreshState } from '@latchkey/core'
import { act, cleanup, render, screen } from '@testing-library/react'
import { StrictMode, useEffect, type ReactNode } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import {
  AuthProvider,
  useAuth,
  useAuthClient,
  useCan,
  useHasRole,
  useRefreshState,
  useSession,
  useUser,
} from '../src/index.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

afterEach(cleanup)

const failing: RefreshState = {
  status: 'failing',
  failures: 1,
  nextAttemptAt: 5_000,
  error: new AuthError('unreachable', 'No answer.'),
}

const Name = (): ReactNode => useUser()?.display_name

/** What a hook returned, render by render. */
function renders<Value>(hook: () => Value) {
  const seen: Value[] = []
  const Watcher = (): ReactNode => {
    seen.push(hook())
    return null
  }
  return { seen, Watcher }
}

test('a silent refresh renders nobody who does not show the time of the token', () => {
  const { client, grant, refreshed } = createHandMadeClient()
  const auth = renders(useAuth)
  const user = renders(useUser)
  const session = renders(useSession)
  grant(ada)
  render(
    <AuthProvider client={client}>
      <auth.Watcher />
      <user.Watcher />
      <session.Watcher />
    </AuthProvider>,
  )
  act(() => refreshed(2_000))
  act(() => refreshed(3_000))
  expect(auth.seen).toHaveLength(1)
  expect(user.seen).toHaveLength(1)
  expect(session.seen.map((each) => each.status === 'authenticated' && each.expiresAt)).toEqual([1_000, 2_000, 3_000])
})

test('useAuth renders once for each change of status, user or reason', () => {
  const { client, grant, end } = createHandMadeClient()
  const { seen, Watcher } = renders(useAuth)
  render(
    <AuthProvider client={client}>
      <Watcher />
    </AuthProvider>,
  )
  act(() => end('no-session'))
  act(() => grant(ada))
  act(() => grant(ada))
  act(() => grant(bob))
  act(() => end('expired'))
  expect(seen.map(({ status, user, reason }) => [status, user?.id ?? null, reason])).toEqual([
    ['pending', null, null],
    ['unauthenticated', null, 'no-session'],
    ['authenticated', 'u1', null],
    ['authenticated', 'u2', null],
    ['unauthenticated', null, 'expired'],
  ])
})

test('useUser does not render between pending and unauthenticated', () => {
  const { client, end } = createHandMadeClient()
  const { seen, Watcher } = renders(useUser)
  render(
    <AuthProvider client={client}>
      <Watcher />
    </AuthProvider>,
  )
  act(() => end('no-session'))
  expect(seen).toEqual([null])
})

test.each([
  ['useHasRole', () => useHasRole('admin')],
  ['useCan', () => useCan('posts:write')],
])('%s renders only when its answer turns', (_name, hook) => {
  const { client, grant, refreshed, end, listeners } = createHandMadeClient()
  const { seen, Watcher } = renders(hook)
  const view = render(
    <AuthProvider client={client}>
      <Watcher />
    </AuthProvider>,
  )
  act(() => grant(ada))
  act(() => refreshed(2_000))
  act(() => grant({ ...ada, display_name: 'Ada Lovelace' }))
  act(() => grant(bob))
  act(() => end('expired'))
  expect(seen).toEqual([false, true, false])
  view.unmount()
  expect(listeners()).toBe(0)
})

test('useCan follows the permission that it is asked about', () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  const Answer = ({ to }: { readonly to: string }): ReactNode => String(useCan(to))
  const page = (permission: string) => (
    <AuthProvider client={client}>
      <Answer to={permission} />
    </AuthProvider>
  )
  const view = render(page('posts:delete'))
  expect(view.container.textContent).toBe('false')
  view.rerender(page('posts:write'))
  expect(view.container.textContent).toBe('true')
})

test('useRefreshState renders when refreshing changes, and nobody else does', () => {
  const { client, grant, $refresh } = createHandMadeClient()
  const refresh = renders(useRefreshState)
  const auth = renders(useAuth)
  grant(ada)
  render(
    <AuthProvider client={client}>
      <refresh.Watcher />
      <auth.Watcher />
    </AuthProvider>,
  )
  act(() => $refresh.set(failing))
  expect(refresh.seen.map((each) => each.status)).toEqual(['idle', 'failing'])
  expect(auth.seen).toHaveLength(1)
})

test('a component is handed the very same auth until something that it reads changes', () => {
  const { client, grant, refreshed, $refresh } = createHandMadeClient()
  const { seen, Watcher } = renders(useAuth)
  const page = () => (
    <AuthProvider client={client}>
      <Watcher />
    </AuthProvider>
  )
  const view = render(page())
  act(() => grant(ada))
  act(() => refreshed(2_000))
  act(() => $refresh.set(failing))
  view.rerender(page())
  expect(seen).toHaveLength(3)
  expect(seen[2]).toBe(seen[1])
})

test('who reads refreshState renders when refreshing changes, who reads error when that does, and nobody else', () => {
  const { client, grant, $refresh } = createHandMadeClient()
  const [idle] = [$refresh.get()]
  const all = renders(() => useAuth().user)
  const states = renders(() => useAuth().refreshState.status)
  const errors = renders(() => useAuth().error)
  grant(ada)
  render(
    <AuthProvider client={client}>
      <all.Watcher />
      <states.Watcher />
      <errors.Watcher />
    </AuthProvider>,
  )
  // A silent refresh, then one that fails, then one that succeeds.
  for (const state of [{ ...idle, status: 'refreshing' } as const, idle, failing, idle]) act(() => $refresh.set(state))
  expect(all.seen).toEqual([ada])
  expect(states.seen).toEqual(['idle', 'refreshing', 'idle', 'failing', 'idle'])
  expect(errors.seen).toEqual([null, failing.error, null])
})

test('what was not read before is up to date when it is', () => {
  const { client, $refresh } = createHandMadeClient()
  const { seen, Watcher } = renders(useAuth)
  render(
    <AuthProvider client={client}>
      <Watcher />
    </AuthProvider>,
  )
  act(() => $refresh.set(failing))
  expect(seen).toHaveLength(1)
  expect(seen[0]?.refreshState).toBe(failing)
  expect(seen[0]?.error).toBe(failing.error)
})

test('roles and permissions are denied until the render knows who is signed in', () => {
  const { client, grant, end } = createHandMadeClient()
  const { seen, Watcher } = renders(useAuth)
  render(
    <AuthProvider client={client}>
      <Watcher />
    </AuthProvider>,
  )
  act(() => grant(ada))
  const rendered = seen.map(({ hasRole, can }) => [hasRole('admin'), can('posts:write'), can('posts:delete')])
  act(() => end('logged-out'))
  expect(rendered).toEqual([
    [false, false, false],
    [true, true, false],
  ])
  expect(seen[2]?.hasRole('admin')).toBe(false)
})

test('an unmounted tree leaves no listener behind, under StrictMode too', () => {
  const { client, grant, listeners } = createHandMadeClient()
  const auth = renders(useAuth)
  const user = renders(useUser)
  const session = renders(useSession)
  const view = render(
    <StrictMode>
      <AuthProvider client={client}>
        <auth.Watcher />
        <user.Watcher />
        <session.Watcher />
      </AuthProvider>
    </StrictMode>,
  )
  act(() => grant(ada))
  expect(listeners()).toBe(3)
  expect(auth.seen.at(-1)?.user).toBe(ada)
  view.unmount()
  expect(listeners()).toBe(0)
})

test('another client takes the hooks along', () => {
  const mine = createHandMadeClient()
  const theirs = createHandMadeClient()
  mine.grant(ada)
  theirs.grant(bob)
  const view = render(
    <AuthProvider client={mine.client}>
      <Name />
    </AuthProvider>,
  )
  view.rerender(
    <AuthProvider client={theirs.client}>
      <Name />
    </AuthProvider>,
  )
  expect(screen.getByText('Bob')).toBeDefined()
  expect([mine.listeners(), theirs.listeners()]).toEqual([0, 1])
})

test('the provider asks nobody for a session, and ends none', () => {
  const { client } = createHandMadeClient()
  const restore = vi.fn<typeof client.restore>(client.restore)
  const dispose = vi.fn<() => void>()
  render(<AuthProvider client={{ ...client, restore, dispose }} />).unmount()
  expect([restore.mock.calls, dispose.mock.calls]).toEqual([[], []])
})

test('useAuthClient hands out the client and renders nothing again', () => {
  const { client, grant } = createHandMadeClient()
  const { seen, Watcher } = renders(useAuthClient)
  render(
    <AuthProvider client={client}>
      <Watcher />
    </AuthProvider>,
  )
  act(() => grant(ada))
  expect(seen).toEqual([client])
})

test('a logout inside an effect that the session caused renders each state once', async () => {
  const { client, grant } = createHandMadeClient()
  const statuses: string[] = []
  const Leaver = () => {
    const { status, logout } = useAuth()
    statuses.push(status)
    useEffect(() => {
      if (status === 'authenticated') void logout()
    }, [status, logout])
    return null
  }
  render(
    <AuthProvider client={client}>
      <Leaver />
    </AuthProvider>,
  )
  await act(async () => grant(ada))
  expect(statuses).toEqual(['pending', 'authenticated', 'unauthenticated'])
})

test('a hook outside of a provider says what to do', () => {
  const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  expect(() => render(<Name />)).toThrow(
    expect.objectContaining({ code: 'misconfigured', message: expect.stringContaining('<AuthProvider client={…}>') }),
  )
  silence.mockRestore()
})
