// The hooks on the real client: what a person sees from boot to logout, and what went over the wire for it.
import { act, cleanup, render } from '@testing-library/react'
import { StrictMode, type ReactNode } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, expect, test } from 'vitest'
import { AuthProvider, Show, useAuth, useSession, type RegisteredClient } from '../src/index.js'
import { requireAuth } from '../src/router.js'
import { createBackend } from './backend.js'

afterEach(cleanup)

/** What components showed, render by render: one that shows no time, and one that does. */
function open(client: RegisteredClient) {
  const names: string[] = []
  const expiries: (number | null)[] = []
  const Name = (): ReactNode => {
    const { status, user } = useAuth()
    names.push(user?.display_name ?? status)
    return null
  }
  const Expiry = (): ReactNode => {
    const session = useSession()
    expiries.push(session.status === 'authenticated' ? session.expiresAt : null)
    return null
  }
  const view = render(
    <AuthProvider client={client}>
      <Name />
      <Expiry />
      <Show when="signed-in" fallback="no" pending="…">
        in
      </Show>
    </AuthProvider>,
  )
  return { names, expiries, view }
}

test('a restored session is pending once and authenticated once, for one call', async () => {
  const { client, calls } = createBackend({ isSignedIn: true })
  const { names, view } = open(client)
  expect(view.container.textContent).toBe('…')
  await act(() => client.restore())
  expect(names).toEqual(['pending', 'Ada'])
  expect(view.container.textContent).toBe('in')
  expect(calls).toEqual(['/auth/refresh'])
  client.dispose()
})

test('a refresh renders who shows the time, and nobody else', async () => {
  const { client } = createBackend({ isSignedIn: true })
  await client.restore()
  const { names, expiries } = open(client)
  await act(() => client.refresh())
  expect(names).toEqual(['Ada'])
  expect(expiries).toHaveLength(2)
  client.dispose()
})

test('from no session by login to logout each state renders once', async () => {
  const { client } = createBackend({ isSignedIn: false })
  const { names, view } = open(client)
  await act(() => client.restore())
  await act(() => client.login({ email: 'ada@example.com', password: 'correct horse battery staple' }))
  expect(view.container.textContent).toBe('in')
  await act(() => client.logout())
  expect(names).toEqual(['pending', 'unauthenticated', 'Ada', 'unauthenticated'])
  expect(view.container.textContent).toBe('no')
  client.dispose()
})

test('mounting asks the server for nothing, under StrictMode too', () => {
  const { client, calls } = createBackend({ isSignedIn: true })
  const Page = () => useAuth().status
  render(
    <StrictMode>
      <AuthProvider client={client}>
        <Page />
      </AuthProvider>
    </StrictMode>,
  ).unmount()
  expect(calls).toEqual([])
  client.dispose()
})

test('a guard looks for the session where nobody has', async () => {
  const { client, calls } = createBackend({ isSignedIn: true })
  const router = createMemoryRouter(
    [
      {
        path: '/account',
        middleware: [requireAuth(client)],
        element: <h1>account</h1>,
        hydrateFallbackElement: <h1>one moment</h1>,
      },
    ],
    { initialEntries: ['/account'] },
  )
  const view = render(<RouterProvider router={router} />)
  expect(view.container.textContent).toBe('one moment')
  await act(() => client.ready())
  expect(view.container.textContent).toBe('account')
  expect(calls).toEqual(['/auth/refresh'])
  client.dispose()
})
