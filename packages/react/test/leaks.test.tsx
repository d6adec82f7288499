// What a thousand mounts leave behind: nothing.
import { act, cleanup, render } from '@testing-library/react'
import { StrictMode, type ReactNode } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { useLogin, useLogout, useMfa, useRegister } from '../src/forms.js'
import { useIdleWarning } from '../src/idle.js'
import { AuthProvider, Show, useAuth, useCan, useRefreshState, useSession, useUser } from '../src/index.js'
import { ada, createHandMadeClient } from './hand-made-client.js'

afterEach(cleanup)

function Everything(): ReactNode {
  const { status, refreshState, error } = useAuth()
  const hooks = [useSession(), useUser(), useCan('x'), useRefreshState(), useIdleWarning()]
  const forms = [useLogin(), useRegister(), useMfa(), useLogout()]
  return (
    <Show when="signed-in">
      {status} {refreshState.status} {String(error)} {hooks.length} {forms.length}
    </Show>
  )
}

test.each([false, true])('a thousand mounts and unmounts leave no listener behind; StrictMode: %s', (strict) => {
  const { client, grant, listeners, $refresh } = createHandMadeClient()
  let events = 0
  const on: typeof client.on = () => {
    events += 1
    return () => void (events -= 1)
  }
  const onWindow = vi.spyOn(window, 'addEventListener')
  const offWindow = vi.spyOn(window, 'removeEventListener')
  grant(ada)
  const page = (
    <AuthProvider client={{ ...client, on }}>
      <Everything />
    </AuthProvider>
  )
  const mounted: number[] = []
  for (let mount = 0; mount < 1000; mount += 1) {
    const view = render(strict ? <StrictMode>{page}</StrictMode> : page)
    if (mount === 0 || mount === 999) mounted.push(listeners())
    view.unmount()
  }
  expect(mounted).toEqual([6, 6])
  expect([listeners(), $refresh.lc, events]).toEqual([0, 0, 0])
  const deeds = (calls: readonly unknown[][]) => calls.filter(([type]) => type === 'wheel').length
  expect(deeds(onWindow.mock.calls)).toBe(deeds(offWindow.mock.calls))
  vi.restoreAllMocks()
})

test('a component that unmounts inside a change is told nothing afterwards', () => {
  const { client, grant, end, listeners } = createHandMadeClient()
  const renders: string[] = []
  const Inner = () => {
    renders.push(useAuth().status)
    return null
  }
  render(
    <AuthProvider client={client}>
      <Show when="signed-in">
        <Inner />
      </Show>
    </AuthProvider>,
  )
  act(() => grant(ada))
  act(() => end('logged-out'))
  act(() => grant(ada))
  expect(renders).toEqual(['authenticated', 'authenticated'])
  expect(listeners()).toBe(2)
})
