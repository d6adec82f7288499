// The composables on the real client: what a person sees from boot to logout, and what went over the wire for it.
import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { createLatchkey, Show, useAuth, useSession, type RegisteredClient } from '../src/index.js'
import { createBackend } from './backend.js'

/** What components showed, render by render: one that shows no time, and one that does. */
function open(client: RegisteredClient) {
  const names: string[] = []
  const expiries: (number | null)[] = []
  const Name = defineComponent(() => {
    const { status, user } = useAuth()
    return () => void names.push(user.value?.display_name ?? status.value)
  })
  const Expiry = defineComponent(() => {
    const session = useSession()
    return () => void expiries.push(session.value.status === 'authenticated' ? session.value.expiresAt : null)
  })
  const slots = { default: () => 'in', fallback: () => 'no', pending: () => '…' }
  const wrapper = mount(() => [h(Name), h(Expiry), h(Show, { when: 'signed-in' }, slots)], {
    global: { plugins: [createLatchkey(client)] },
  })
  return { names, expiries, wrapper }
}

test('a restored session is pending once and authenticated once, for one call', async () => {
  const { client, calls } = createBackend({ isSignedIn: true })
  const { names, wrapper } = open(client)
  expect(wrapper.text()).toBe('…')
  await client.restore()
  await nextTick()
  expect(names).toEqual(['pending', 'Ada'])
  expect(wrapper.text()).toBe('in')
  expect(calls).toEqual(['/auth/refresh'])
  client.dispose()
})

test('a refresh renders who shows the time, and nobody else', async () => {
  const { client } = createBackend({ isSignedIn: true })
  await client.restore()
  const { names, expiries } = open(client)
  await client.refresh()
  await nextTick()
  expect(names).toEqual(['Ada'])
  expect(expiries).toHaveLength(2)
  client.dispose()
})

test('from no session by login to logout each state renders once', async () => {
  const { client } = createBackend({ isSignedIn: false })
  const { names, wrapper } = open(client)
  await client.restore()
  await nextTick()
  await client.login({ email: 'ada@example.com', password: 'correct horse battery staple' })
  await nextTick()
  expect(wrapper.text()).toBe('in')
  await client.logout()
  await nextTick()
  expect(names).toEqual(['pending', 'unauthenticated', 'Ada', 'unauthenticated'])
  expect(wrapper.text()).toBe('no')
  client.dispose()
})
