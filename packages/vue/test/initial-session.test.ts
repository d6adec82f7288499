// A framework's server that knows who asks: its render, the browser's first one, and what the client finds out later.
import type { LatchkeyUser, Session } from '@latchkey/core'
import { renderToString } from '@vue/server-renderer'
import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { createSSRApp, defineComponent, h, nextTick, resolveDirective, Suspense, withDirectives } from 'vue'
import { createLatchkey } from '../src/index.js'
import { useAuthSuspense } from '../src/suspense.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'
import { Page } from './page.js'

const known = (user: LatchkeyUser): Session<LatchkeyUser> => ({
  status: 'authenticated',
  generation: 0,
  user,
  expiresAt: null,
})
const plugin = (hand: ReturnType<typeof createHandMadeClient>, user: LatchkeyUser) =>
  createLatchkey(hand.client, { initialSession: known(user) })

test.each([
  ['still pending', () => undefined],
  ['restored already', (hand: ReturnType<typeof createHandMadeClient>) => hand.grant(ada)],
] as const)(
  'a browser whose client is %s hydrates without a word, and shows what the client finds out',
  async (_name, before) => {
    const warnings = vi.spyOn(console, 'warn')
    const complaints = vi.spyOn(console, 'error')
    const container = document.createElement('div')
    container.innerHTML = await renderToString(createSSRApp(Page).use(plugin(createHandMadeClient(), ada)))
    expect(container.textContent).toBe('authenticated authenticated idle Ada true in')
    const hand = createHandMadeClient()
    before(hand)
    const paints: string[] = []
    const app = createSSRApp(Page, { paints }).use(plugin(hand, ada))
    app.mount(container)
    await nextTick()
    expect(new Set(paints)).toEqual(new Set(['authenticated authenticated idle Ada true']))
    hand.grant(bob)
    await nextTick()
    expect(container.textContent).toBe('authenticated authenticated idle Bob false no')
    expect([warnings.mock.calls, complaints.mock.calls]).toEqual([[], []])
    app.unmount()
    expect(hand.listeners()).toBe(0)
  },
)

test('v-can goes by the session that was given, until the client knows', () => {
  const hand = createHandMadeClient()
  const Button = defineComponent(() => {
    const can = resolveDirective('can')
    return () => can && withDirectives(h('button'), [[can, 'posts:write']])
  })
  const wrapper = mount(Button, { global: { plugins: [plugin(hand, ada)] } })
  expect(wrapper.element.hasAttribute('hidden')).toBe(false)
  hand.grant(bob)
  expect(wrapper.element.hasAttribute('hidden')).toBe(true)
})

const Name = defineComponent(async () => {
  const { user } = await useAuthSuspense()
  return () => user.value?.display_name
})
const Suspending = defineComponent(() => () => h(Suspense, null, { default: () => h(Name), fallback: () => '…' }))

test('useAuthSuspense waits for the session, and not where one was given', async () => {
  const hand = createHandMadeClient()
  const waiting = mount(Suspending, { global: { plugins: [createLatchkey(hand.client)] } })
  expect(waiting.text()).toBe('…')
  hand.grant(ada)
  await vi.waitUntil(() => waiting.text() === 'Ada')
  expect(await renderToString(createSSRApp(Suspending).use(plugin(createHandMadeClient(), bob)))).toContain('Bob')
})
