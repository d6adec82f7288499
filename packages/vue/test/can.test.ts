// What v-can does to its element, and what it leaves behind.
import { renderToString } from '@vue/server-renderer'
import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { createSSRApp, defineComponent, h, resolveDirective, withDirectives } from 'vue'
import { createLatchkey, type RegisteredClient } from '../src/index.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

/** `<div><button v-can="permission">`. */
const Page = defineComponent(
  (props: { readonly permission?: string; readonly paints?: string[] }) => {
    const can = resolveDirective('can')
    return () => {
      const permission = props.permission ?? 'posts:write'
      props.paints?.push(permission)
      return h('div', can && [withDirectives(h('button', permission), [[can, permission]])])
    }
  },
  { props: ['permission', 'paints'] },
)

function open(client: RegisteredClient) {
  const paints: string[] = []
  const wrapper = mount(Page, { props: { paints }, global: { plugins: [createLatchkey(client)] } })
  const button = wrapper.get('button').element
  return { wrapper, paints, shown: () => !button.hidden && !button.hasAttribute('inert') }
}

test('an element is hidden and inert until its user may, and again when nobody may', () => {
  const { client, grant, refreshed, end } = createHandMadeClient()
  const { shown, paints } = open(client)
  const seen = [shown()]
  for (const change of [
    () => grant(ada),
    () => refreshed(2_000),
    () => grant(bob),
    () => grant(ada),
    () => end('expired'),
  ]) {
    change()
    seen.push(shown())
  }
  expect(seen).toEqual([false, true, true, false, true, false])
  expect(paints).toEqual(['posts:write'])
})

test('an element follows the permission that it asks for', async () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  const { wrapper, shown } = open(client)
  await wrapper.setProps({ permission: 'posts:delete' })
  expect(shown()).toBe(false)
  grant({ ...ada, permissions: ['posts:delete'] })
  expect(shown()).toBe(true)
})

test('an element that is gone leaves no listener behind', () => {
  const { client, listeners } = createHandMadeClient()
  const { wrapper } = open(client)
  expect(listeners()).toBe(1)
  wrapper.unmount()
  expect(listeners()).toBe(0)
})

test('a server hides what the browser shows once it knows the session', async () => {
  const warnings = vi.spyOn(console, 'warn')
  const complaints = vi.spyOn(console, 'error')
  const server = createHandMadeClient()
  const container = document.createElement('div')
  container.innerHTML = await renderToString(createSSRApp(Page).use(createLatchkey(server.client)))
  expect(container.innerHTML).toContain('<button hidden="" inert="">')

  const { client, grant } = createHandMadeClient()
  const app = createSSRApp(Page).use(createLatchkey(client))
  app.mount(container)
  expect(container.querySelector('button')?.hidden).toBe(true)
  grant(ada)
  expect(container.innerHTML).toContain('<button>')
  expect([warnings.mock.calls, complaints.mock.calls]).toEqual([[], []])
  app.unmount()
  expect(server.listeners()).toBe(0)
})

test('a server that knows the session shows what its user may', async () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  expect(await renderToString(createSSRApp(Page).use(createLatchkey(client)))).toContain('<button>')
})
