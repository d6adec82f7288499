// The basic laws, once for every capability that a browser may lack.
import { describe, expect, it } from 'vitest'
import type { Without } from './browser.js'
import { problem } from './backend.js'
import { credentials, openClient, project, signedIn, world, type Opened } from './open-client.js'
import { settle } from './manual-clock.js'

const refreshes = ({ backend }: Pick<Opened, 'backend'>): number => backend.count('/auth/refresh')
const hour = 3_600_000

describe.each<readonly [string, Without]>([
  ['nothing', {}],
  ['locks', { locks: true }],
  ['locks that do not throw', { locks: 'throws' }],
  ['a channel', { channel: true }],
  ['a channel that does not throw', { channel: 'throws' }],
  ['storage', { storage: true }],
  ['storage that does not throw', { storage: 'throws' }],
  ['locks and channel', { locks: true, channel: true }],
  ['locks, channel and storage', { locks: true, channel: true, storage: true }],
])('C32 F28 F29 F30 without %s', (_what, without) => {
  it('signs in, calls the API, refreshes silently, logs out, and leaves nothing', async () => {
    const opened = openClient(world(), {}, without)
    const { auth, backend, clock, events } = opened
    expect(await auth.restore()).toMatchObject({ reason: 'no-session' })
    expect((await auth.login(credentials)).status).toBe('authenticated')
    expect((await auth.fetch(project)).status).toBe(200)
    await clock.advance(hour)
    expect(refreshes(opened)).toBe(7)
    await auth.logout()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(backend.count('/auth/logout')).toBe(1)
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['diagnostic', 'login', 'refreshed', 'logout']))
    auth.dispose()
    expect([clock.timers(), opened.tab.listeners(), opened.browser.channels()]).toEqual([0, 0, 0])
  })

  it('restores from the cookie after a reload', async () => {
    const given = world()
    const one = await signedIn(given, {}, without)
    one.tab.crash()
    const two = openClient(given, {}, without)
    const restored = two.auth.restore()
    await given.clock.advance(2_000)
    expect((await restored).status).toBe('authenticated')
  })

  it('fifty calls with a refused token make one exchange', async () => {
    const opened = await signedIn(world(), {}, without)
    opened.backend.expire()
    const replies = await Promise.all(Array.from({ length: 50 }, () => opened.auth.fetch(project)))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    expect(refreshes(opened)).toBe(1)
  })

  it('an outage keeps the session, and its end is noticed', async () => {
    const opened = await signedIn(world(), {}, without)
    opened.backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await opened.clock.advance(1_200_000)
    expect(opened.auth.$session.get().status).toBe('authenticated')
    opened.backend.answer('/auth/refresh', null)
    await opened.clock.advance(60_000)
    expect((await opened.auth.fetch(project)).status).toBe(200)
  })

  it('two tabs stay signed in for hours, and a logout in one ends both at the next refresh at the latest', async () => {
    const given = world({ latency: 20 })
    const one = await signedIn(given, {}, without)
    const two = openClient(given, {}, without)
    const restored = two.auth.restore()
    await given.clock.advance(2_000)
    await restored
    await given.clock.advance(3 * hour)
    for (const { auth } of [one, two]) expect(auth.$session.get()).toMatchObject({ generation: 1 })
    expect(refreshes(given)).toBeLessThanOrEqual(40)
    const logout = one.auth.logout()
    await given.clock.advance(hour)
    await logout
    for (const { auth } of [one, two]) {
      expect(auth.$session.get().status).toBe('unauthenticated')
      expect(await auth.getAccessToken()).toBeNull()
    }
  })

  it('F43 a refresh that lands after logout is dropped', async () => {
    const { auth, backend } = await signedIn(world(), {}, without)
    const letGo = backend.delay('/auth/refresh')
    const refreshed = auth.refresh()
    await settle()
    const logout = auth.logout()
    letGo()
    await Promise.all([refreshed, logout])
    expect(auth.$session.get().status).toBe('unauthenticated')
  })
})

describe('C32 without the newer globals', () => {
  it.each(['randomUUID', 'any'] as const)('%s', async (name) => {
    const owner: object = name === 'any' ? AbortSignal : crypto
    const before = Object.getOwnPropertyDescriptor(owner, name)
    Object.defineProperty(owner, name, { configurable: true, value: undefined })
    try {
      const { auth } = await signedIn()
      expect((await auth.fetch(project)).status).toBe(200)
      await auth.logout()
    } finally {
      Reflect.deleteProperty(owner, name)
      if (before !== undefined) Object.defineProperty(owner, name, before)
    }
  })
})
