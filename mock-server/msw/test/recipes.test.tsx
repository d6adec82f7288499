// The recipes of docs/testing-your-app.md, as they are printed there.
// @vitest-environment jsdom
import { createAuthClient } from '@latchkey/core'
import { createMockAuth } from '@latchkey/msw'
import { renderWithAuth } from '@latchkey/msw/react'
import { Show, useAuth, useAuthClient, useUser } from '@latchkey/react'
import { useLogin, useMfa } from '@latchkey/react/forms'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { useState } from 'react'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const mock = createMockAuth({
  baseURL: 'https://api.test',
  users: [
    { email: 'ada@example.com', password: 'lovelace', role: 'admin' },
    { email: 'bob@example.com', password: 'builder' },
  ],
})
const server = setupServer(
  ...mock.handlers,
  mock.protect(http.get('https://api.test/projects', () => HttpResponse.json(['Latchkey']))),
)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => {
  cleanup()
  mock.reset()
})
afterAll(() => server.close())

function Projects() {
  const auth = useAuthClient()
  const { user, reason, error } = useAuth()
  const [projects, setProjects] = useState('none yet')
  const load = async () => {
    const response = await auth.fetch('https://api.test/projects')
    setProjects(((await response.json()) as string[]).join(', '))
  }
  return (
    <Show when="signed-in" fallback={<p>Please log in ({reason}).</p>}>
      <h1>{user?.email}</h1>
      <button onClick={() => void load().catch(() => setProjects('not now'))}>Load</button>
      <p>{projects}</p>
      {error && <p role="status">Reconnecting…</p>}
    </Show>
  )
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))

test('expiry mid-request: nobody notices', async () => {
  await renderWithAuth(<Projects />, { mock, as: 'ada@example.com' })
  mock.expireAccessTokens()
  press('Load')
  await screen.findByText('Latchkey')
  expect(mock.calls.refresh).toBe(2) // one to restore, one for the 401
})

test('a refresh that fails signs nobody out', async () => {
  const { auth } = await renderWithAuth(<Projects />, { mock, as: 'ada@example.com' })
  const takeBack = mock.play('refresh-fails')
  await act(() => auth.refresh().catch(() => undefined))
  screen.getByRole('heading', { name: 'ada@example.com' })
  screen.getByText('Reconnecting…')
  takeBack()
})

test('a session that is revoked elsewhere ends here at the next refresh, and says why', async () => {
  const { auth } = await renderWithAuth(<Projects />, { mock, as: 'ada@example.com' })
  await mock.revokeSessions('ada@example.com')
  await act(() => auth.refresh().catch(() => undefined))
  screen.getByText('Please log in (revoked).')
})

test('a slow refresh with ten calls at once is one refresh', async () => {
  const { auth } = await renderWithAuth(<Projects />, { mock, as: 'ada@example.com' })
  mock.expireAccessTokens()
  mock.play('refresh-slow')
  const calls = Array.from({ length: 10 }, () => auth.fetch('https://api.test/projects'))
  const statuses = (await Promise.all(calls)).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(mock.calls.refresh).toBe(2) // one to restore, one for the ten
})

test('a logout in another tab is seen in this one', async () => {
  await renderWithAuth(<Projects />, { mock, as: 'ada@example.com', client: { tabs: {} } })
  const otherTab = createAuthClient({ baseURL: mock.baseURL, fetch: mock.fetch })
  await otherTab.restore()
  await act(() => otherTab.logout())
  await screen.findByText('Please log in (logged-out-elsewhere).')
  otherTab.dispose()
})

const Name = () => <h1>{useUser()?.email}</h1>

function Login() {
  const login = useLogin()
  const mfa = useMfa()
  const [code, setCode] = useState('')
  const challenge = login.data?.status === 'mfa-required' ? login.data.challenge : null
  if (challenge === null) {
    return <button onClick={() => login.mutate({ email: 'ada@example.com', password: 'lovelace' })}>Log in</button>
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        mfa.mutate({ challenge, code })
      }}
    >
      <input aria-label="Code" value={code} onChange={({ target }) => setCode(target.value)} />
      <button>Verify</button>
      {mfa.error && <p role="alert">{mfa.error.code}</p>}
    </form>
  )
}

test('a second factor: a wrong code is said so, the right one signs in', async () => {
  const authenticator = await mock.requireMfa('ada@example.com')
  await renderWithAuth(
    <Show when="signed-out" fallback={<Name />}>
      <Login />
    </Show>,
    { mock },
  )
  press('Log in')
  const code = await screen.findByLabelText('Code')
  fireEvent.change(code, { target: { value: '000000' } })
  press('Verify')
  expect((await screen.findByRole('alert')).textContent).toBe('mfa_invalid')
  fireEvent.change(code, { target: { value: authenticator.code() } })
  press('Verify')
  await screen.findByRole('heading', { name: 'ada@example.com' })
})

test.each([
  ['ada@example.com', 'the admin page'],
  ['bob@example.com', 'not for you'],
])('a role gate: %s sees %s', async (email, text) => {
  await renderWithAuth(
    <Show when={{ role: 'admin' }} fallback="not for you">
      the admin page
    </Show>,
    { mock, as: email },
  )
  screen.getByText(text)
})

test('offline: signed in still, and at work again when the network is back', async () => {
  const { auth } = await renderWithAuth(<Projects />, { mock, as: 'ada@example.com' })
  const backOnline = mock.play('offline')
  press('Load')
  await screen.findByText('not now')
  await act(() => auth.refresh().catch(() => undefined))
  screen.getByText('Reconnecting…')
  backOnline()
  press('Load')
  await screen.findByText('Latchkey')
})
