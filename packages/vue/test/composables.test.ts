// How often the composables render, and what they leave behind.
import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { defineComponent, nextTick, ref, toRaw, type App } from 'vue'
import {
  createLatchkey,
  useAuth,
  useAuthClient,
  useCan,
  useHasRole,
  useRefreshState,
  useSession,
  useUser,
  type RegisteredClient,
} from '../src/index.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

/** What a component showed, render by render. */
function show<Value>(client: RegisteredClient, setup: () => () => Value) {
  const seen: Value[] = []
  const Watcher = defineComponent({
    setup() {
      const read = setup()
      return () => {
        seen.push(read())
        return ''
      }
    },
  })
  const wrapper = mount(Watcher, { global: { plugins: [createLatchkey(client)] } })
  return { seen, wrapper }
}

test('a silent refresh renders nobody who does not show the time of the token', async () => {
  const { client, grant, refreshed } = createHandMadeClient()
  grant(ada)
  const auth = show(client, () => {
    const { status, user, isAuthenticated, isPending, reason, hasRole, can } = useAuth()
    return () =>
      [status, user, isAuthenticated, isPending, reason].map((each) => each.value).concat(hasRole('admin'), can('x'))
  })
  const user = show(client, () => {
    const user = useUser()
    return () => user.value
  })
  const session = show(client, () => {
    const session = useSession()
    return () => session.value.status === 'authenticated' && session.value.expiresAt
  })
  refreshed(2_000)
  await nextTick()
  refreshed(3_000)
  await nextTick()
  expect(auth.seen).toEqual([['authenticated', ada, true, false, null, true, false]])
  expect(user.seen).toEqual([ada])
  expect(session.seen).toEqual([1_000, 2_000, 3_000])
})

test.each([
  ['useHasRole', () => useHasRole('admin')],
  ['useCan', () => useCan('posts:write')],
])('%s renders only when its answer turns', async (_name, composable) => {
  const { client, grant, refreshed, end, listeners } = createHandMadeClient()
  const { seen, wrapper } = show(client, () => {
    const answer = composable()
    return () => answer.value
  })
  for (const change of [
    () => grant(ada),
    () => refreshed(2_000),
    () => grant({ ...ada, display_name: 'Ada Lovelace' }),
    () => grant(bob),
    () => end('expired'),
  ]) {
    change()
    await nextTick()
  }
  expect(seen).toEqual([false, true, false])
  wrapper.unmount()
  expect(listeners()).toBe(0)
})

test('useCan follows the permission that it is asked about', async () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  const permission = ref('posts:delete')
  const { seen } = show(client, () => {
    const allowed = useCan(permission)
    return () => allowed.value
  })
  permission.value = 'posts:write'
  await nextTick()
  expect(seen).toEqual([false, true])
})

test('useAuth renders once for each change of what a component shows', async () => {
  const { client, grant, end } = createHandMadeClient()
  const { seen } = show(client, () => {
    const { status, user, reason } = useAuth()
    return () => [status.value, user.value?.id ?? null, reason.value]
  })
  for (const change of [
    () => end('no-session'),
    () => grant(ada),
    () => grant(ada),
    () => grant(bob),
    () => end('expired'),
  ]) {
    change()
    await nextTick()
  }
  expect(seen).toEqual([
    ['pending', null, null],
    ['unauthenticated', null, 'no-session'],
    ['authenticated', 'u1', null],
    ['authenticated', 'u2', null],
    ['unauthenticated', null, 'expired'],
  ])
})

test('roles and permissions follow the user, and are denied while there is none', async () => {
  const { client, grant, end } = createHandMadeClient()
  const { seen } = show(client, () => {
    const { hasRole, can } = useAuth()
    return () => [hasRole('admin'), can('posts:write')]
  })
  for (const change of [() => grant(ada), () => grant(bob), () => end('logged-out')]) {
    change()
    await nextTick()
  }
  expect(seen).toEqual([
    [false, false],
    [true, true],
    [false, false],
    [false, false],
  ])
})

test('the user is the very object that the client holds, not a proxy', () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  const { seen } = show(client, () => {
    const user = useUser()
    return () => user.value
  })
  expect(seen[0]).toBe(ada)
  expect(toRaw(seen[0])).toBe(ada)
})

test('useRefreshState tells of refreshing, and nobody else does', async () => {
  const { client, grant, $refresh } = createHandMadeClient()
  grant(ada)
  const refresh = show(client, () => {
    const state = useRefreshState()
    return () => state.value.status
  })
  const auth = show(client, () => {
    const { status } = useAuth()
    return () => status.value
  })
  $refresh.set({ status: 'failing', failures: 1, nextAttemptAt: 5_000, error: null })
  await nextTick()
  expect(refresh.seen).toEqual(['idle', 'failing'])
  expect(auth.seen).toEqual(['authenticated'])
})

test('an unmounted component leaves no listener behind', () => {
  const { client, listeners } = createHandMadeClient()
  const { wrapper } = show(client, () => {
    useAuth()
    useUser()
    useSession()
    return () => null
  })
  expect(listeners()).toBe(3)
  wrapper.unmount()
  expect(listeners()).toBe(0)
})

test('the plugin asks nobody for a session, and ends none', () => {
  const { client } = createHandMadeClient()
  const restore = vi.fn<typeof client.restore>(client.restore)
  const dispose = vi.fn<() => void>()
  show({ ...client, restore, dispose }, () => () => null).wrapper.unmount()
  expect([restore.mock.calls, dispose.mock.calls]).toEqual([[], []])
})

test('useAuthClient hands out the client', () => {
  const { client } = createHandMadeClient()
  const { seen } = show(client, () => {
    const mine = useAuthClient()
    return () => mine
  })
  expect(seen).toEqual([client])
})

test('a composable in an app without the plugin says what to do', () => {
  const Lost = defineComponent(() => {
    useUser()
    return () => ''
  })
  const quiet = (app: App) => (app.config.warnHandler = () => undefined)
  expect(() => mount(Lost, { global: { plugins: [{ install: quiet }] } })).toThrow(
    expect.objectContaining({
      code: 'misconfigured',
      message: expect.stringContaining('app.use(createLatchkey(client))'),
    }),
  )
})
