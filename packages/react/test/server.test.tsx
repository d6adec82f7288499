// What a server renders: there is no window here.
// @vitest-environment node
import type { ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { AuthProvider, Show, useAuth, useRefreshState, useSession } from '../src/index.js'
import { ada, createHandMadeClient } from './hand-made-client.js'

const Page = (): ReactNode => {
  const { status } = useAuth()
  return (
    <>
      {status} {useSession().status} {useRefreshState().status}{' '}
      <Show when="signed-in" pending="…" fallback="no">
        in
      </Show>
    </>
  )
}
const html = (client: ReturnType<typeof createHandMadeClient>['client']) =>
  renderToString(
    <AuthProvider client={client}>
      <Page />
    </AuthProvider>,
  ).replaceAll('<!-- -->', '')

test('a server renders pending, and leaves no listener behind', () => {
  const { client, listeners } = createHandMadeClient()
  expect(html(client)).toBe('pending pending idle …')
  expect(listeners()).toBe(0)
})

test('a server that knows the session from the start renders it', () => {
  const { client } = createHandMadeClient({ status: 'authenticated', generation: 1, user: ada, expiresAt: null })
  expect(html(client)).toBe('authenticated authenticated idle in')
})

test('what changes after the start does not reach the server render', () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  expect(html(client)).toBe('pending pending idle …')
})
