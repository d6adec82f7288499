// The recipe of docs/testing-your-app.md for a second factor, as it is printed there.
// In a file, and so a process, of its own: after many calls at once, Node 24's WebCrypto can abort under jsdom's typed arrays.
// @vitest-environment jsdom
import { createMockAuth } from '@latchkey/msw'
import { renderWithAuth } from '@latchkey/msw/react'
import { Show, useUser } from '@latchkey/react'
import { useLogin, useMfa } from '@latchkey/react/forms'
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { setupServer } from 'msw/node'
import { useState } from 'react'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const mock = createMockAuth({
  baseURL: 'https://api.test',
  users: [{ email: 'ada@example.com', password: 'lovelace' }],
})
const server = setupServer(...mock.handlers)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => {
  cleanup()
  mock.reset()
})
afterAll(() => server.close())

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
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
