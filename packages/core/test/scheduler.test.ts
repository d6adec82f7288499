// The laws of when: buffer, jitter, clocks that lie, devices that sleep, and pages that come back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultBuffer, latchkey, type Clock } from '../src/index.js'
import { json, jwt, userOf } from './backend.js'
import { credentials, openClient, project, signedIn, world, type Opened } from './open-client.js'
import { settle } from './manual-clock.js'

const refreshes = ({ backend }: Pick<Opened, 'backend'>): number => backend.count('/auth/refresh')
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

describe('defaultBuffer', () => {
  it.each([
    [4, 2],
    [10, 5],
    [20, 5],
    [60, 15],
    [240, 60],
    [299, 74.75],
    [300, 30],
    [600, 60],
    [3_600, 300],
    [86_400, 300],
  ])('of %d s is %d s', (lifetime, buffer) => expect(defaultBuffer(lifetime)).toBe(buffer))

  it('is positive, never more than half of the lifetime, and never more than five minutes', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e9, noNaN: true }), (lifetime) => {
        const buffer = defaultBuffer(lifetime)
        expect(buffer).toBeGreaterThan(0)
        expect(buffer).toBeLessThanOrEqual(lifetime / 2)
        expect(buffer).toBeLessThanOrEqual(300)
      }),
    )
  })
})

describe('the silent refresh', () => {
  const dueAfter = async (random: number): Promise<number> => {
    const opened = await signedIn(world(), { random: () => random })
    let seconds = 0
    while (refreshes(opened) === 0) {
      await opened.clock.advance(1_000)
      seconds += 1
    }
    return seconds
  }

  it('W6 F66: comes a buffer before expiry, less up to a tenth of it by chance', async () => {
    expect(await dueAfter(0)).toBe(540)
    expect(await dueAfter(0.5)).toBe(543)
    expect(await dueAfter(0.999)).toBe(546)
  })

  it('W14: needs no subscriber', async () => {
    const opened = await signedIn()
    await opened.clock.advance(hour)
    expect(refreshes(opened)).toBe(6)
  })

  it('F23 a hidden tab waits, sends no spent token, and asks once when it is shown', async () => {
    const opened = await signedIn()
    opened.tab.hide()
    await opened.clock.advance(hour)
    expect(refreshes(opened)).toBe(0)
    opened.tab.show()
    await settle()
    expect(refreshes(opened)).toBe(1)
  })

  it('F23 a hidden tab refreshes on demand', async () => {
    const opened = await signedIn()
    opened.tab.hide()
    await opened.clock.advance(hour)
    expect((await opened.auth.fetch(project)).status).toBe(200)
    expect(opened.backend.sent.at(-1)?.authorization).toBe(`Bearer ${opened.backend.token()}`)
    expect(refreshes(opened)).toBe(1)
  })

  it('`always` refreshes hidden tabs too; `never` refreshes on demand alone', async () => {
    const always = await signedIn(world(), { refresh: { proactive: 'always' } })
    always.tab.hide()
    const never = await signedIn(world(), { refresh: { proactive: 'never' } })
    await Promise.all([always.clock.advance(10 * minute), never.clock.advance(10 * minute)])
    for (const type of ['online', 'focus', 'visibilitychange', 'pageshow', 'resume']) never.tab.fire(type)
    expect([refreshes(always), refreshes(never)]).toEqual([1, 0])
    expect((await never.auth.fetch(project)).status).toBe(200)
    expect(refreshes(never)).toBe(1)
  })

  it('follows the buffer that the app asked for', async () => {
    const opened = await signedIn(world(), { random: () => 0, refresh: { buffer: () => 100 } })
    await opened.clock.advance(499_000)
    expect(refreshes(opened)).toBe(0)
    await opened.clock.advance(1_000)
    expect(refreshes(opened)).toBe(1)
  })

  it.each([
    [NaN, 10 * minute],
    [Infinity, 10 * minute],
    [-5, 10 * minute + 4_750],
    [100, 10 * minute - 95_000],
  ])('C19 with a buffer of %d s the first refresh is due after %d ms', async (buffer, due) => {
    const opened = await signedIn(world(), { refresh: { buffer: () => buffer } })
    await opened.clock.advance(due - 1)
    expect(refreshes(opened)).toBe(0)
    await opened.clock.advance(1)
    expect(refreshes(opened)).toBe(1)
  })

  it('C19 a buffer longer than every lifetime makes one refresh a second, and thirty a minute', async () => {
    const opened = await signedIn(world(), { refresh: { buffer: () => 1e9 } })
    await opened.clock.advance(10_500)
    expect(refreshes(opened)).toBe(10)
    await opened.clock.advance(minute - 11_000)
    expect(refreshes(opened)).toBe(30)
    await opened.clock.advance(minute)
    expect(refreshes(opened)).toBe(60)
    expect(opened.auth.$session.get().status).toBe('authenticated')
  })

  it('W14 F23 a tab that is hidden, signed out or never told of an expiry keeps no timer', async () => {
    const opened = await signedIn()
    expect(opened.clock.timers()).toBe(1)
    opened.tab.hide()
    expect(opened.clock.timers()).toBe(0)
    opened.tab.show()
    expect(opened.clock.timers()).toBe(1)
    await opened.auth.logout()
    expect(opened.clock.timers()).toBe(0)
    const endless = { ...latchkey(), lifetime: Infinity }
    const ageless = openClient(world(), { profile: endless })
    ageless.backend.answer('/auth/login', () => json({ access_token: 'opaque', user: userOf('ada'), sid: 'sid-1' }))
    await ageless.auth.login(credentials)
    expect(ageless.auth.$session.get()).toMatchObject({ status: 'authenticated', expiresAt: null })
    expect(ageless.clock.timers()).toBe(0)
  })

  it('C21 five occasions at once make one refresh', async () => {
    const opened = await signedIn()
    opened.clock.sleep(8 * hour)
    for (const type of ['visibilitychange', 'pageshow', 'online', 'focus', 'resume']) opened.tab.fire(type)
    await settle()
    expect(refreshes(opened)).toBe(1)
  })

  it.each(['visibilitychange', 'pageshow', 'online', 'focus', 'resume'])(
    'C21 %s alone is enough to look again, and asks nothing while the token is good',
    async (type) => {
      const opened = await signedIn()
      opened.tab.fire(type)
      await settle()
      expect(refreshes(opened)).toBe(0)
      opened.clock.sleep(10 * minute)
      opened.tab.fire(type)
      await settle()
      expect(refreshes(opened)).toBe(1)
    },
  )

  it('F22 eight hours of sleep cost one refresh at the wake', async () => {
    const opened = await signedIn()
    opened.clock.sleep(8 * hour)
    opened.tab.fire('resume')
    await opened.clock.advance(5 * minute)
    expect(refreshes(opened)).toBe(1)
    expect(opened.auth.$session.get().status).toBe('authenticated')
  })

  it('C20 frozen timers: after eight hours a call refreshes first, and no spent token is sent', async () => {
    const opened = await signedIn()
    const old = opened.backend.token()
    opened.clock.sleep(8 * hour)
    expect((await opened.auth.fetch(project)).status).toBe(200)
    expect(opened.backend.sent.map(({ path }) => path).slice(-2)).toEqual(['/auth/refresh', '/projects'])
    expect(opened.backend.sent.some(({ authorization }) => authorization === `Bearer ${old}`)).toBe(false)
  })

  it('C19 a token good until 2100 makes no refresh in an hour', async () => {
    const opened = await signedIn(world({ lifetime: 2_300_000_000 }))
    await opened.clock.advance(hour)
    expect(refreshes(opened)).toBe(0)
  })

  it('a token of two seconds makes no more than one refresh a second', async () => {
    const opened = await signedIn(world({ lifetime: 2 }))
    await opened.clock.advance(20_000)
    expect(refreshes(opened)).toBeLessThanOrEqual(20)
    expect(opened.auth.$session.get().status).toBe('authenticated')
  })
})

describe('a device that falls asleep', () => {
  it('F22 C20 while an answer is under way, does not take the token that it brings for new', async () => {
    const opened = await signedIn()
    const letGo = opened.backend.delay('/auth/refresh')
    const refreshed = opened.auth.refresh()
    await settle()
    const late = opened.backend.token()
    opened.clock.sleep(8 * hour)
    letGo()
    await refreshed
    expect((await opened.auth.fetch(project)).status).toBe(200)
    expect(opened.backend.sent.some(({ authorization }) => authorization === `Bearer ${late}`)).toBe(false)
    expect(opened.auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 1 })
  })
})

describe('clocks that lie', () => {
  it.each([-day, -hour, 0, hour, day].flatMap((skew) => [-day, -hour, 0, hour, day].map((jump) => [skew, jump])))(
    'C18 F18 F19 F20 a device %d ms off whose clock jumps by %d ms: two refreshes at most, and no logout',
    async (skew, jump) => {
      const given = world()
      const server: Clock = { ...given.clock, now: () => given.clock.now() - (skew ?? 0) }
      const opened = await signedIn(given)
      opened.backend.answer('/auth/refresh', () => {
        const user = userOf('ada')
        const iat = Math.floor(server.now() / 1000)
        const token = jwt({ sub: user.id, sid: 'sid-1', gen: given.clock.monotonic(), iat, exp: iat + 600 })
        return json({ access_token: token, expires_in: 600, user, sid: 'sid-1' })
      })
      await opened.clock.advance(5 * minute)
      opened.clock.jump(jump ?? 0)
      opened.tab.fire('focus')
      await opened.clock.advance(5 * minute)
      expect(refreshes(opened)).toBeGreaterThanOrEqual(1)
      expect(refreshes(opened)).toBeLessThanOrEqual(2)
      expect(opened.auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 1 })
    },
  )

  it('F15 a token whose exp has passed by the device’s clock makes no loop', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => {
      const iat = Math.floor((opened.clock.now() - day) / 1000)
      const token = jwt({ sub: 'user-ada', sid: 'sid-1', gen: opened.clock.monotonic(), iat, exp: iat + 600 })
      return json({ access_token: token, expires_in: 600, user: userOf('ada'), sid: 'sid-1' })
    })
    await opened.clock.advance(hour)
    expect(refreshes(opened)).toBeLessThanOrEqual(7)
    expect(await opened.auth.getAccessToken()).not.toBeNull()
  })

  it('F20 a clock set back while the server fails delays the next attempt by a minute at most', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => new Response(null, { status: 503 }))
    await opened.clock.advance(10 * minute)
    const before = refreshes(opened)
    opened.clock.jump(-day)
    opened.backend.answer('/auth/refresh', null)
    opened.tab.fire('focus')
    await opened.clock.advance(2 * minute)
    expect(refreshes(opened)).toBe(before + 1)
    expect(opened.auth.$refresh.get().status).toBe('idle')
  })

  it('F20 a clock set forward while the server fails neither storms nor stops', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => new Response(null, { status: 503 }))
    await opened.clock.advance(10 * minute)
    const before = refreshes(opened)
    opened.clock.jump(day)
    opened.tab.fire('focus')
    await opened.clock.advance(10 * minute)
    expect(refreshes(opened) - before).toBeLessThanOrEqual(20)
    expect(refreshes(opened) - before).toBeGreaterThanOrEqual(8)
  })

  it('F64 W5: two tabs with different monotonic clocks agree on when a token ends', async () => {
    const given = world()
    const one = await signedIn(given)
    const offset: Clock = { ...given.clock, monotonic: () => given.clock.monotonic() + 123_456_789 }
    const two = openClient(given, { clock: offset })
    await two.auth.restore()
    expect(two.auth.$session.get()).toMatchObject({ status: 'authenticated' })
    const [first, second] = [one.auth.$session.get(), two.auth.$session.get()]
    expect(first.status === 'authenticated' && second.status === 'authenticated').toBe(true)
    if (first.status === 'authenticated' && second.status === 'authenticated')
      expect(second.expiresAt).toBe(first.expiresAt)
    await given.clock.advance(hour)
    expect(refreshes(one)).toBe(6)
  })

  it('W5: a monotonic clock that stood still while the device slept sends no spent token', async () => {
    const opened = await signedIn()
    opened.clock.jump(8 * hour)
    expect((await opened.auth.fetch(project)).status).toBe(200)
    expect(refreshes(opened)).toBe(1)
  })
})
