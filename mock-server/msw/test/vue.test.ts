// renderWithAuth for Vue: who is signed in from the start, and what is left behind.
// @vitest-environment jsdom
import { cleanup, screen } from '@testing-library/vue'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { Show, useAuth } from '@latchkey/vue'
import { createMockAuth } from '../src/index.js'
import { renderWithAuth } from '../src/vue.js'
import { ada, bob } from './wire-client.js'

const mock = createMockAuth({ baseURL: 'https://api.test', users: [ada, bob] })
const server = setupServer(...mock.handlers)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => {
  cleanup()
  mock.reset()
})
afterAll(() => server.close())

const paints: string[] = []
const Page = defineComponent(() => {
  const { user, status } = useAuth()
  return () => {
    paints.push(user.value?.email ?? status.value)
    return h(Show, { when: { role: 'admin' } }, { default: () => 'the admin page', fallback: () => 'not for you' })
  }
})

test.each([
  [ada.email, 'the admin page'],
  [bob.email, 'not for you'],
])('%s is signed in from the first render, and sees %s', async (email, text) => {
  paints.length = 0
  await renderWithAuth(Page, { mock, as: email })
  screen.getByText(text)
  expect(paints).toEqual([email])
  expect(mock.calls).toMatchObject({ login: 0, refresh: 1 })
})

test('nobody is signed in without `as`; the client is disposed of with the page', async () => {
  const view = await renderWithAuth(Page, { mock })
  screen.getByText('not for you')
  await view.auth.login(ada)
  await nextTick()
  screen.getByText('the admin page')
  view.unmount()
  await expect(view.auth.refresh()).rejects.toMatchObject({ code: 'disposed' })
})
