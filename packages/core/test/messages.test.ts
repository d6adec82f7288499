// The laws of what is believed on the channel: nothing that is not of this exact shape, and never of another session.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMessage } from '../src/messages.js'
import { jwt, userOf } from './backend.js'
import { fuzzRuns } from './fuzz.js'
import { signedIn, signedInTabs, world } from './open-client.js'
import { settle } from './manual-clock.js'

const channel = 'latchkey:1:default'
const envelope = { v: 1, name: 'default', tab: 'stranger', seq: 5 }
const whole = {
  hello: { ...envelope, type: 'hello' },
  refreshed: { ...envelope, type: 'refreshed', sid: 's', token: 't', lifetime: 5, at: 1, user: {} },
  'refresh-failed': { ...envelope, type: 'refresh-failed', nextAttemptAt: 5 },
  'logged-in': { ...envelope, type: 'logged-in', sid: 's' },
  'logged-out': { ...envelope, type: 'logged-out', sid: 's', reason: 'idle' },
}

describe('a message', () => {
  it.each(Object.entries(whole))('%s is read as it is', (_type, message) => {
    expect(readMessage(message, 'default')).toEqual(message)
  })

  it.each(Object.values(whole).flatMap((message) => Object.keys(message).map((key) => [message.type, key] as const)))(
    'C25 %s without %s is none',
    (type, key) => {
      const { [key]: _left, ...rest } = whole[type as keyof typeof whole] as Readonly<Record<string, unknown>>
      expect(readMessage(rest, 'default')).toBeNull()
    },
  )

  it.each([
    ['another version', { ...whole.hello, v: 999 }],
    ['another name', { ...whole.hello, name: 'admin' }],
    ['an unknown type', { ...whole.hello, type: 'become-admin' }],
    ['a type of every object', { ...whole.hello, type: 'constructor' }],
    ['the type __proto__', { ...whole.hello, type: '__proto__' }],
    ['an unknown reason', { ...whole['logged-out'], reason: 'because' }],
    ['an endless time', { ...whole['refresh-failed'], nextAttemptAt: Infinity }],
    ['no number', { ...whole['refresh-failed'], nextAttemptAt: NaN }],
    ['a negative lifetime', { ...whole.refreshed, lifetime: -1 }],
    ['a token that is no text', { ...whole.refreshed, token: { toString: () => 'x' } }],
    ['a token of a megabyte', { ...whole.refreshed, token: 'x'.repeat(1_000_000) }],
    ['inherited fields', Object.create(whole.hello) as unknown],
    ['a list', [whole.hello]],
    ['a text', JSON.stringify(whole.hello)],
    ['null', null],
  ])('C25 F35 %s is none', (_what, message) => {
    expect(readMessage(message, 'default')).toBeNull()
  })

  it('C25 F35 reading never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withDate: true, withMap: true }), (posted) => {
        expect(readMessage(posted, 'default')).toBeNull()
      }),
      { numRuns: fuzzRuns },
    )
  })

  it('C25 F35 one field that is anything else makes it none, or is as good as the field it took the place of', () => {
    const field = fc.constantFrom('v', 'name', 'tab', 'seq', 'type', 'sid', 'token', 'lifetime', 'at', 'user', 'reason')
    const value = fc.oneof(fc.anything(), fc.double(), fc.string({ maxLength: 20_000 }), fc.constantFrom(1, 'default'))
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(whole)), field, value, (message, key, other) => {
        const posted = { ...message, [key]: other }
        const read = readMessage(posted, 'default')
        if (read === null) return
        expect(read).toBe(posted)
        expect([read.v, read.name, typeof read.tab, Number.isFinite(read.seq)]).toEqual([1, 'default', 'string', true])
      }),
      { numRuns: fuzzRuns },
    )
  })

  it.each(Object.values(whole))('C25 a megabyte of fields beside those of $type costs no look more', (message) => {
    const looks = (more: number): number => {
      let count = 0
      const step = <Result>(result: Result): Result => {
        count += 1
        return result
      }
      const big = Object.fromEntries(Array.from({ length: more }, (_, index) => [`field-${index}`, 'x'.repeat(16)]))
      const watched = new Proxy(
        { ...message, ...big },
        {
          get: (target, key) => step(Reflect.get(target, key) as unknown),
          getOwnPropertyDescriptor: (target, key) => step(Reflect.getOwnPropertyDescriptor(target, key)),
          ownKeys: (target) => Reflect.ownKeys(target).map(step),
        },
      )
      expect(readMessage(watched, 'default')).toBe(watched)
      return count
    }
    expect(looks(65_536)).toBe(looks(0))
    expect(looks(0)).toBeLessThan(30)
  })
})

describe('a stranger on the channel', () => {
  const hostile = fc.record(
    {
      v: fc.constantFrom<unknown>(1, 1, 1, 999, '1', null),
      name: fc.constantFrom('default', 'default', 'other'),
      tab: fc.constantFrom('stranger', ''),
      seq: fc.constantFrom<unknown>(0, 7, 1e308, -1, 'x'),
      type: fc.constantFrom('refreshed', 'logged-out', 'hello', 'refresh-failed', 'logged-in', '__proto__', 'toString'),
      sid: fc.constantFrom<unknown>('sid-666', '__proto__', null, 7),
      token: fc.constantFrom<unknown>('x', jwt({ sub: 'user-mallory', gen: 99 }), null, {}),
      lifetime: fc.constantFrom<unknown>(null, 1e308, 60_000, -1),
      at: fc.constantFrom<unknown>(0, 1e308, 1_700_000_000_000),
      user: fc.constantFrom<unknown>(userOf('mallory'), JSON.parse('{"__proto__":{"role":"admin"}}'), null),
      reason: fc.constantFrom('revoked', 'because'),
      nextAttemptAt: fc.constantFrom<unknown>(0, 1e308, 'soon'),
    },
    { requiredKeys: [] },
  )

  it('C25 of another session changes neither user, nor role, nor token', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 20 }), async (messages) => {
        const { auth, backend, browser, clock } = await signedIn()
        for (const message of messages) if (message.type !== 'logged-in') browser.post(channel, message)
        await settle()
        expect(auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 1, user: userOf('ada') })
        expect(await auth.getAccessToken()).toBe(backend.token())
        expect(({} as { role?: string }).role).toBeUndefined()
        auth.dispose()
        expect(clock.timers()).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('F35 what is ignored is counted: a diagnostic at the first and once a minute at most, in the timeline, and nothing of it repeated', async () => {
    const { auth, events, browser, clock } = await signedIn()
    const told = (): readonly string[] => events.flatMap((event) => ('message' in event ? [event.message] : []))
    const garbage = [null, 'eyJ-garbage', { ...envelope, type: 'become-admin' }, { ...whole.hello, v: 999 }, [], 7]
    for (let round = 0; round < 100; round++) {
      for (const message of garbage) browser.post(channel, message)
      await clock.advance(1_000)
    }
    expect(told()).toEqual([expect.stringContaining(': 1 '), expect.stringContaining(': 361 ')])
    expect(auth.timeline().filter(({ type }) => type === 'diagnostic')).toHaveLength(2)
    expect(JSON.stringify(auth.timeline())).not.toContain('garbage')
    expect(auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 1 })
  })

  it('C25 who announces logins costs exchanges, bounded, and the server alone says who is signed in', async () => {
    const { auth, backend, browser, clock } = await signedIn()
    for (let times = 0; times < 200; times++) {
      browser.post(channel, { ...envelope, type: 'logged-in', sid: `sid-x${times}` })
      await clock.advance(100)
    }
    expect(backend.count('/auth/refresh')).toBeLessThanOrEqual(31)
    expect(auth.$session.get()).toMatchObject({ user: { id: 'user-ada' } })
  })

  it.each(['not a token', ''])('C25 a token of our session that is %j is not taken', async (token) => {
    const { auth, backend, browser, clock } = await signedIn()
    const message = { ...envelope, seq: 99, type: 'refreshed', sid: 'sid-1', token, lifetime: null, user: {} }
    browser.post(channel, { ...message, at: clock.now() })
    await settle()
    expect(await auth.getAccessToken()).toBe(backend.token())
  })

  it('an older token of our session is not taken', async () => {
    const given = world()
    const { auth } = await signedIn(given)
    const old = given.backend.token()
    await auth.refresh()
    const now = given.clock.now()
    const message = { ...envelope, seq: 0, type: 'refreshed', sid: 'sid-1', token: old, lifetime: 600_000, at: now }
    given.browser.post(channel, { ...message, user: userOf('ada') })
    await settle()
    expect(await auth.getAccessToken()).toBe(given.backend.token())
  })

  it('C25 the next attempt that a peer names is a minute away at most', async () => {
    const [one, two] = await signedInTabs(2)
    one.browser.post(channel, { ...envelope, type: 'refresh-failed', nextAttemptAt: one.clock.now() + 1e9 })
    await settle()
    for (const opened of [one, two])
      expect(opened?.auth.$refresh.get().nextAttemptAt).toBeLessThanOrEqual(one.clock.now() + 60_000)
  })
})
