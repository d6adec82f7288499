// What a server renders: there is no window here.
// @vitest-environment node
import { Suspense, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { AuthProvider, Show, useAuth, useAuthSuspense, useRefreshState, useSession } from '../src/index.js'
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
const html = (client: ReturnType<typeof createHandMadeClient>['client'], page = <Page />) =>
  renderToString(<AuthProvider client={client}>{page}</AuthProvider>).replaceAll('<!-- -->', '')

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

const Name = (): ReactNode => useAuthSuspense().user?.display_name
const suspending = (
  <Suspense fallback="one moment">
    <Name />
  </Suspense>
)

test('a server that knows of no session leaves who suspends to the browser, and waits for nobody', () => {
  const { client } = createHandMadeClient()
  const ready = vi.fn<typeof client.ready>(client.ready)
  expect(html({ ...client, ready }, suspending)).toContain('one moment')
  expect(ready).not.toHaveBeenCalled()
})

test('a server that restored before the render shows who suspends the session', () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  expect(html(client, suspending)).toContain('Ada')
})
