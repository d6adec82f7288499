// The form hooks: what a form shows from the click to the answer, and how often.
import { AuthError, type AuthClient } from '@latchkey/core'
import { act, cleanup, render } from '@testing-library/react'
import { StrictMode, type ReactNode } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { useLogin, useLogout, useMfa, useRegister } from '../src/forms.js'
import { AuthProvider } from '../src/index.js'
import { createBackend } from './backend.js'
import { ada, createHandMadeClient } from './hand-made-client.js'
import { createSlowClient } from './slow-client.js'

afterEach(cleanup)

const credentials = { email: 'ada@example.com', password: 'correct horse battery staple' }
const wrong = new AuthError('invalid_credentials', 'No such e-mail and password.')
const weak = new AuthError('weak_password', 'Too short.', { fieldErrors: { password: 'At least twelve characters.' } })

const challenged = { status: 'mfa-required', challenge: 'c1', methods: ['totp'] } as const

/** A form on the page; `seen` holds what its hook returned, render by render. */
function open<Form>(client: AuthClient, hook: () => Form) {
  const seen: Form[] = []
  const Watcher = (): ReactNode => {
    seen.push(hook())
    return null
  }
  const view = render(
    <AuthProvider client={client}>
      <Watcher />
    </AuthProvider>,
  )
  const last = () => seen.at(-1) ?? hook()
  return { seen, last, view }
}

test('a login that succeeds renders pending once and its result once', async () => {
  const { client, succeed } = createSlowClient()
  const { seen, last } = open(client, useLogin)
  act(() => last().mutate(credentials))
  await act(async () => succeed(0, challenged))
  expect(seen.map(({ status, isPending, data }) => [status, isPending, data])).toEqual([
    ['idle', false, null],
    ['pending', true, null],
    ['success', false, challenged],
  ])
})

test('a refusal is an error to show, and is gone with the next try', async () => {
  const { client, fail } = createSlowClient()
  const { seen, last } = open(client, useLogin)
  act(() => last().mutate(credentials))
  await act(async () => fail(0, wrong))
  act(() => last().mutate(credentials))
  expect(seen.map(({ status, error }) => [status, error])).toEqual([
    ['idle', null],
    ['pending', null],
    ['error', wrong],
    ['pending', null],
  ])
})

test('what the server says of a field is under its name, and of no field is nothing', async () => {
  const { client, fail } = createSlowClient()
  const { last } = open(client, useRegister)
  expect(last().fieldErrors).toEqual({})
  act(() => last().mutate(credentials))
  await act(async () => fail(0, weak))
  expect(last().fieldErrors).toEqual({ password: 'At least twelve characters.' })
  act(() => last().mutate(credentials))
  await act(async () => fail(1, wrong))
  expect(last().fieldErrors).toEqual({})
})

test('of two calls the last one is shown, whichever answers first', async () => {
  const { client, succeed, fail } = createSlowClient()
  const { seen, last } = open(client, useMfa)
  act(() => last().mutate({ challenge: 'c1', code: '000000' }))
  act(() => last().mutate({ challenge: 'c1', code: '123456' }))
  await act(async () => fail(0, wrong))
  expect(last().isPending).toBe(true)
  await act(async () => succeed(1, challenged))
  expect(seen.map(({ status }) => status)).toEqual(['idle', 'pending', 'pending', 'success'])
})

test('a straggling success does not cover the failure of the last call', async () => {
  const { client, succeed, fail } = createSlowClient()
  const { last } = open(client, useLogin)
  act(() => last().mutate(credentials))
  act(() => last().mutate(credentials))
  await act(async () => fail(1, wrong))
  await act(async () => succeed(0, challenged))
  expect(last().error).toBe(wrong)
})

test('reset forgets the error, and the answer that is still to come', async () => {
  const { client, fail } = createSlowClient()
  const { seen, last } = open(client, useLogin)
  act(() => last().mutate(credentials))
  act(() => last().reset())
  await act(async () => fail(0, wrong))
  expect(seen.map(({ status }) => status)).toEqual(['idle', 'pending', 'idle'])
})

test('mutateAsync gives the result to its caller, and the error too', async () => {
  const { client, succeed, fail } = createSlowClient()
  const { last } = open(client, useLogin)
  let sent = Promise.resolve<unknown>(null)
  act(() => void (sent = last().mutateAsync(credentials)))
  await act(async () => succeed(0, challenged))
  expect(await sent).toBe(challenged)
  act(
    () =>
      void (sent = last()
        .mutateAsync(credentials)
        .catch((error: unknown) => error)),
  )
  await act(async () => fail(1, wrong))
  expect(await sent).toBe(wrong)
  expect(last().error).toBe(wrong)
})

test('a fault of the code is reported, and is no error to show', async () => {
  const reported = vi.spyOn(globalThis, 'reportError').mockImplementation(() => undefined)
  const { client, fail } = createSlowClient()
  const { last } = open(client, useLogin)
  const fault = new TypeError('undefined is not a function')
  act(() => last().mutate(credentials))
  await act(async () => fail(0, fault))
  expect([last().status, last().error]).toEqual(['idle', null])
  expect(reported.mock.calls).toEqual([[fault]])
  reported.mockRestore()
})

test('the functions of a form stay the same', async () => {
  const { client, succeed } = createSlowClient()
  const { seen, last } = open(client, useLogin)
  act(() => last().mutate(credentials))
  await act(async () => succeed(0, challenged))
  for (const action of ['mutate', 'mutateAsync', 'reset'] as const) {
    expect(new Set(seen.map((form) => form[action])).size).toBe(1)
  }
})

test('a form renders nothing for what happens to the session', () => {
  const { client, grant, refreshed, listeners } = createHandMadeClient()
  const { seen } = open(client, useLogin)
  act(() => grant(ada))
  act(() => refreshed(2_000))
  expect(seen).toHaveLength(1)
  expect(listeners()).toBe(0)
})

test('an unmounted form is told nothing any more', async () => {
  const complaints = vi.spyOn(console, 'error')
  const { client, fail } = createSlowClient()
  const { seen, last, view } = open(client, useLogin)
  act(() => last().mutate(credentials))
  view.unmount()
  await act(async () => fail(0, wrong))
  expect(seen).toHaveLength(2)
  expect(complaints.mock.calls).toEqual([])
  complaints.mockRestore()
})

test('under StrictMode a form works as ever', async () => {
  const { client, succeed } = createSlowClient()
  const Form = (): ReactNode => {
    const { status, mutate } = useLogin()
    return <button onClick={() => mutate(credentials)}>{status}</button>
  }
  const { getByRole } = render(
    <StrictMode>
      <AuthProvider client={client}>
        <Form />
      </AuthProvider>
    </StrictMode>,
  )
  act(() => getByRole('button').click())
  expect(getByRole('button').textContent).toBe('pending')
  await act(async () => succeed(0, challenged))
  expect(getByRole('button').textContent).toBe('success')
})

test('on the real client a login and a logout go through their forms', async () => {
  const { client, calls } = createBackend({ isSignedIn: false })
  await client.restore()
  const { last } = open(client, () => ({ login: useLogin(), logout: useLogout() }))
  await act(() => last().login.mutateAsync(credentials))
  expect(last().login.data?.status).toBe('authenticated')
  await act(() => last().logout.mutateAsync({ everywhere: true }))
  expect(last().logout.status).toBe('success')
  expect(client.$session.get().status).toBe('unauthenticated')
  expect(calls.slice(-2)).toEqual(['/auth/login', '/auth/logout-all'])
  client.dispose()
})
