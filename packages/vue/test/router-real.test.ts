// The guard in the real vue-router, 4 and 5.
import { returnTo } from '@latchkey/core'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, expectTypeOf, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import * as router5 from 'vue-router'
import * as router4 from 'vue-router4'
import { createLatchkey } from '../src/index.js'
import { createAuthGuard, followSession, type AuthRouteMeta } from '../src/router.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

declare module 'vue-router' {
  interface RouteMeta extends AuthRouteMeta {}
}

const title = (text: string) => defineComponent(() => () => h('h1', text))
const routes = [
  { path: '/', component: title('home') },
  { path: '/login', component: title('login') },
  { path: '/account', component: title('account'), meta: { requiresAuth: true } },
  { path: '/admin', component: title('admin'), meta: { roles: ['admin'] } },
  { path: '/write', component: title('write'), meta: { permissions: ['posts:write'] } },
  { path: '/forbidden', component: title('forbidden') },
]

/** An app at `at`; both majors have the same face as far as it goes here. */
async function open({ createMemoryHistory, createRouter, RouterView }: typeof router5, at: string) {
  const hand = createHandMadeClient()
  const history = createMemoryHistory()
  history.replace(at)
  const router = createRouter({ history, routes })
  router.beforeEach(createAuthGuard(hand.client, { forbiddenPath: '/forbidden' }))
  const stop = followSession(hand.client, router)
  const wrapper = mount(() => h(RouterView), { global: { plugins: [createLatchkey(hand.client), router] } })
  const settle = async () => {
    await router.isReady()
    await flushPromises()
  }
  return { ...hand, router, wrapper, stop, settle, title: () => wrapper.text() }
}

test('meta is typed: what a route asks for is spelt right or refused', () => {
  expectTypeOf<router5.RouteMeta['requiresAuth']>().toEqualTypeOf<boolean | undefined>()
  expectTypeOf<router5.RouteMeta['roles']>().toEqualTypeOf<readonly string[] | undefined>()
  // @ts-expect-error roles are a list
  const misspelt: router5.RouteMeta = { roles: 'admin' }
  expect(misspelt).toBeDefined()
})

test.each([
  ['4', router4 as unknown as typeof router5],
  ['5', router5],
])(
  'vue-router %s: a visitor waits, is sent to the login page, and goes back to where the way came from',
  async (_major, module) => {
    const { grant, end, router, settle, title } = await open(module, '/account?tab=2#top')
    expect(title()).toBe('')
    end('no-session')
    await settle()
    expect([title(), router.currentRoute.value.fullPath]).toEqual(['login', '/login?returnTo=/account?tab=2%23top'])
    grant(ada)
    await flushPromises()
    await router.replace(returnTo(router.currentRoute.value.query['returnTo']))
    await flushPromises()
    expect([title(), router.currentRoute.value.fullPath]).toEqual(['account', '/account?tab=2#top'])
  },
)

test.each([
  ['4', router4 as unknown as typeof router5],
  ['5', router5],
])(
  'vue-router %s: a session that ends before the first page is there does not lead away from it',
  async (_, module) => {
    const { grant, end, router, settle, title } = await open(module, '/write')
    router.beforeEach(async ({ path }) => {
      if (path === '/write') end('logged-out-elsewhere')
    })
    grant(ada)
    await settle()
    await flushPromises()
    expect([title(), router.currentRoute.value.fullPath]).toEqual(['login', '/login?returnTo=/write'])
  },
)

test.each([
  ['4', router4 as unknown as typeof router5],
  ['5', router5],
])('vue-router %s: roles and permissions, and a session that ends while its page is open', async (_major, module) => {
  const { grant, refreshed, end, stop, router, settle, title, listeners } = await open(module, '/admin')
  const replace = vi.spyOn(router, 'replace')
  grant(bob)
  await settle()
  expect(title()).toBe('forbidden')
  grant(ada)
  await router.push('/write')
  expect(title()).toBe('write')
  replace.mockClear()
  refreshed(2_000)
  await flushPromises()
  expect(replace).not.toHaveBeenCalled()
  end('expired')
  await flushPromises()
  expect([title(), router.currentRoute.value.query]).toEqual(['login', { returnTo: '/write' }])
  stop()
  expect(listeners()).toBe(0)
})
