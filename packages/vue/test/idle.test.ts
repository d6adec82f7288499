// The idle warning on the real client: when it comes, how it counts, and what takes it back.
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent } from 'vue'
import { useIdleWarning } from '../src/idle.js'
import { createLatchkey } from '../src/index.js'
import { createBackend } from './backend.js'

beforeEach(() => {
  vi.useFakeTimers({
    now: 1_800_000_000_000,
    toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  })
  localStorage.clear()
})
afterEach(() => void vi.useRealTimers())

/** A signed-in page whose session ends after a minute of nothing, with a warning ten seconds before. */
async function open() {
  const { client } = createBackend({ isSignedIn: true, idle: { after: 60_000, warn: 10_000 } })
  const Warning = defineComponent(() => {
    const warning = useIdleWarning()
    return () => String(warning.value?.secondsLeft ?? 'none')
  })
  const wrapper = mount(Warning, { global: { plugins: [createLatchkey(client)] } })
  await client.restore()
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    await flushPromises()
    return wrapper.text()
  }
  return { client, wrapper, pass }
}

test('nobody is warned while the time is not near, and then once a second until the end', async () => {
  const { client, pass } = await open()
  expect(await pass(49_000)).toBe('none')
  expect(await pass(1_000)).toBe('10')
  expect(await pass(3_000)).toBe('7')
  expect(await pass(7_000)).toBe('none')
  expect(client.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'idle' })
  client.dispose()
})

test('a deed takes the warning back, and the time begins anew', async () => {
  const { client, pass } = await open()
  expect(await pass(55_000)).toBe('5')
  window.dispatchEvent(new Event('keydown'))
  expect(await pass(49_000)).toBe('none')
  expect(await pass(1_000)).toBe('10')
  client.dispose()
})

test('a deed in another tab takes it back, and what else that tab stores does not', async () => {
  const { client, pass } = await open()
  await pass(55_000)
  const store = (key: string, value: string) => {
    localStorage.setItem(key, value)
    window.dispatchEvent(new StorageEvent('storage', { key, newValue: value }))
    return pass(0)
  }
  expect(await store('latchkey:default:seq', '7')).toBe('5')
  expect(await store('latchkey:default:active', String(Date.now()))).toBe('none')
  client.dispose()
})
