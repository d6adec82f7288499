// useAuthSuspense: the fallback while nobody has looked, then the session, and one wait for all of it.
import { AuthError, type AuthClient, type LatchkeyUser, type Session } from '@latchkey/core'
import { act, cleanup, render } from '@testing-library/react'
import { Component, StrictMode, Suspense, type ReactNode } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { AuthProvider, useAuthSuspense } from '../src/index.js'
import { createBackend } from './backend.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

afterEach(cleanup)

/** A page of two readers; `names` holds what they rendered once they did, `ready` how often the client was asked to wait. */
function open(client: AuthClient, { strict = false } = {}) {
  const names: string[] = []
  const ready = vi.fn<AuthClient['ready']>(client.ready)
  const Name = (): ReactNode => {
    const { user, reason } = useAuthSuspense()
    names.push(user?.display_name ?? reason ?? '')
    return names.at(-1)
  }
  // The boundary is above the provider: what is below is thrown away when it suspends.
  const page = (
    <Suspense fallback="…">
      <AuthProvider client={{ ...client, ready }}>
        <Name />
        <Name />
      </AuthProvider>
    </Suspense>
  )
  const view = render(strict ? <StrictMode>{page}</StrictMode> : page)
  return { names, ready, view, text: () => view.container.textContent }
}

test('a pending session shows the fallback, a known one the page', async () => {
  const { client, grant, end } = createHandMadeClient()
  const { text } = open(client)
  expect(text()).toBe('…')
  await act(async () => grant(ada))
  expect(text()).toBe('AdaAda')
  act(() => end('expired'))
  expect(text()).toBe('expiredexpired')
})

test.each([false, true])('two readers make one wait; StrictMode: %s', async (strict) => {
  const { client, grant } = createHandMadeClient()
  const { ready, text } = open(client, { strict })
  await act(async () => grant(ada))
  expect(text()).toBe('AdaAda')
  expect(ready).toHaveBeenCalledTimes(1)
})

test('a session that is known from the start suspends nobody', () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  const { ready, names } = open(client)
  expect(names).toEqual(['Ada', 'Ada'])
  expect(ready).not.toHaveBeenCalled()
})

test('a silent refresh renders nobody, another account each reader once', async () => {
  const { client, grant, refreshed } = createHandMadeClient()
  grant(ada)
  const { names } = open(client)
  act(() => refreshed(2_000))
  act(() => grant(bob))
  expect(names).toEqual(['Ada', 'Ada', 'Bob', 'Bob'])
})

test('an unmounted page leaves no listener behind', async () => {
  const { client, grant, listeners } = createHandMadeClient()
  const { view } = open(client, { strict: true })
  await act(async () => grant(ada))
  expect(listeners()).toBe(2)
  view.unmount()
  expect(listeners()).toBe(0)
})

test('a client that is disposed meanwhile is an error of the page', async () => {
  const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  class Boundary extends Component<{ readonly children: ReactNode }, { readonly said: string }> {
    static getDerivedStateFromError = (error: AuthError) => ({ said: error.code })
    override state = { said: '' }
    override render = () => this.state.said || this.props.children
  }
  let dispose = (): void => undefined
  const { client } = createHandMadeClient()
  const ready = () =>
    new Promise<Session<LatchkeyUser>>((_resolve, reject) => {
      dispose = () => reject(new AuthError('disposed', 'This client has been disposed.'))
    })
  const Reader = () => useAuthSuspense().status
  const view = render(
    <Boundary>
      <Suspense fallback="…">
        <AuthProvider client={{ ...client, ready }}>
          <Reader />
        </AuthProvider>
      </Suspense>
    </Boundary>,
  )
  expect(view.container.textContent).toBe('…')
  await act(async () => dispose())
  expect(view.container.textContent).toBe('disposed')
  silence.mockRestore()
})

test('on the real client the wait looks for the session itself', async () => {
  const { client, calls } = createBackend({ isSignedIn: true })
  const { text } = open(client)
  expect(text()).toBe('…')
  await act(() => client.ready())
  expect(text()).toBe('AdaAda')
  expect(calls).toEqual(['/auth/refresh'])
  client.dispose()
})
