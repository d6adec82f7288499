import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../src/index.js'
import { credentials, openClient, world } from './open-client.js'

const ceiling = 2 ** 31 - 1

describe('the device’s clock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }))
  afterEach(() => void vi.useRealTimers())

  it.each([
    ['a moment', 1],
    ['the ceiling', ceiling],
    ['one more than the ceiling', ceiling + 1],
    ['twice the ceiling', 2 * ceiling],
    ['a hundred years', 100 * 365 * 86_400_000],
  ])('C19 a wait of %s ends once, exactly when it is over', (_name, ms) => {
    const call = vi.fn<() => void>()
    systemClock.after(ms, call)
    vi.advanceTimersByTime(ms - 1)
    expect(call).toHaveBeenCalledTimes(0)
    vi.advanceTimersByTime(1)
    expect(call).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(10 * ceiling)
    expect(call).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })
  it('C19 no timer is set beyond the ceiling, where setTimeout fires at once', () => {
    const set = vi.spyOn(globalThis, 'setTimeout')
    const cancel = systemClock.after(Infinity, () => {})
    vi.advanceTimersByTime(5 * ceiling)
    const waits = set.mock.calls.map(([, ms]) => ms ?? 0)
    expect(waits.length).toBe(6)
    expect(waits.every((ms) => ms > 0 && ms <= ceiling)).toBe(true)
    cancel()
    set.mockRestore()
  })
  it('C19 cancelling ends the chain at any link', () => {
    const call = vi.fn<() => void>()
    const cancel = systemClock.after(3 * ceiling, call)
    vi.advanceTimersByTime(ceiling + 5)
    cancel()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(5 * ceiling)
    expect(call).not.toHaveBeenCalled()
  })
  it('a wait that is over already still ends later, not now', () => {
    const call = vi.fn<() => void>()
    systemClock.after(-5, call)
    expect(call).not.toHaveBeenCalled()
    vi.advanceTimersByTime(0)
    expect(call).toHaveBeenCalledTimes(1)
  })
  it('reads the wall and a clock that only grows', () => {
    const [wall, monotonic] = [systemClock.now(), systemClock.monotonic()]
    vi.advanceTimersByTime(1500)
    expect(systemClock.now() - wall).toBe(1500)
    expect(systemClock.monotonic() - monotonic).toBe(1500)
    vi.setSystemTime(0)
    expect(systemClock.now()).toBe(0)
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(monotonic + 1500)
  })
})

describe('F16 C19 a token that expires in the year 2100', () => {
  it('is not refreshed within a day', async () => {
    const w = world({ lifetime: 75 * 365 * 86_400 })
    const { auth } = openClient(w)
    await auth.login(credentials)
    await w.clock.advance(86_400_000)
    expect(w.backend.count('/auth/refresh')).toBe(0)
    expect((await auth.fetch('https://api.test/projects')).status).toBe(200)
    auth.dispose()
  })
})
