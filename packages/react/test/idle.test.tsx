// The idle warning on the real client: when it comes, how it counts, and what takes it back.
import { act, cleanup, render } from '@testing-library/react'
import { StrictMode, type ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useIdleWarning } from '../src/idle.js'
import { AuthProvider } from '../src/index.js'
import { createBackend } from './backend.js'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  localStorage.clear()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

/** A signed-in page whose session ends after a minute of nothing, with a warning ten seconds before. */
async function open() {
  const { client } = createBackend({ isSignedIn: true, idle: { after: 60_000, warn: 10_000 } })
  const seen: (number | null)[] = []
  const Warning = (): ReactNode => {
    seen.push(useIdleWarning()?.secondsLeft ?? null)
    return null
  }
  const view = render(
    <StrictMode>
      <AuthProvider client={client}>
        <Warning />
      </AuthProvider>
    </StrictMode>,
  )
  await act(() => client.restore())
  const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms))
  return { client, view, pass, last: () => seen.at(-1), seen }
}

test('nobody is warned while the time is not near, and then once a second until the end', async () => {
  const { client, pass, last } = await open()
  await pass(49_000)
  expect(last()).toBeNull()
  await pass(1_000)
  expect(last()).toBe(10)
  await pass(3_000)
  expect(last()).toBe(7)
  await pass(7_000)
  expect(last()).toBeNull()
  expect(client.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'idle' })
  client.dispose()
})

test.each(['pointerdown', 'keydown'])('a %s takes the warning back, and the time begins anew', async (deed) => {
  const { client, pass, last } = await open()
  await pass(55_000)
  expect(last()).toBe(5)
  act(() => void window.dispatchEvent(new Event(deed)))
  expect(last()).toBeNull()
  await pass(49_000)
  expect([last(), client.$session.get().status]).toEqual([null, 'authenticated'])
  await pass(1_000)
  expect(last()).toBe(10)
  client.dispose()
})

test('a deed in another tab takes it back, and what else that tab stores does not', async () => {
  const { client, pass, last } = await open()
  await pass(55_000)
  const store = (key: string, value: string) => {
    localStorage.setItem(key, value)
    act(() => void window.dispatchEvent(new StorageEvent('storage', { key, newValue: value })))
  }
  store('latchkey:default:seq', '7')
  expect(last()).toBe(5)
  store('latchkey:default:active', String(Date.now()))
  expect(last()).toBeNull()
  client.dispose()
})

test('an unmounted warning ticks no more', async () => {
  const { client, pass, view, seen } = await open()
  await pass(55_000)
  view.unmount()
  const count = seen.length
  await pass(3_000)
  expect(seen).toHaveLength(count)
  client.dispose()
})
