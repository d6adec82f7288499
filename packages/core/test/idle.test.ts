import { describe, expect, it } from 'vitest'
import type { AuthEvent } from '../src/index.js'
import { credentials, openClient, world, type Opened } from './open-client.js'

const minute = 60_000
const idle = { after: 15 * minute, warn: minute }
const act = ({ tab }: Opened): void => tab.fire('pointerdown')
const told = (events: readonly AuthEvent[]) => events.flatMap((e) => (e.type === 'idle-warning' ? [e.endsAt] : []))
const warnings = (events: readonly AuthEvent[]): number => told(events).filter((endsAt) => endsAt !== null).length

async function signedIn(within = world({ lifetime: 86_400 })): Promise<Opened> {
  const opened = openClient(within, { idle })
  await opened.auth.login(credentials)
  return opened
}

describe('W15 a session in which nobody acts', () => {
  it('ends with the reason idle, here and on the server, after one warning that says when', async () => {
    const { auth, clock, events, backend } = await signedIn()
    const ends = clock.now() + idle.after
    await clock.advance(14 * minute)
    expect(events.at(-1)).toMatchObject({ type: 'idle-warning', endsAt: ends })
    expect(auth.$session.get().status).toBe('authenticated')
    await clock.advance(minute)
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'idle' })
    expect(events.at(-1)).toMatchObject({ type: 'logout', reason: 'idle' })
    expect(warnings(events)).toBe(1)
    expect(backend.count('/auth/logout')).toBe(1)
  })

  it('a deed puts the end off, also after the warning, and the next stretch warns again', async () => {
    const opened = await signedIn()
    await opened.clock.advance(14 * minute + 30_000)
    act(opened)
    await opened.clock.advance(13 * minute)
    expect(opened.auth.$session.get().status).toBe('authenticated')
    expect(warnings(opened.events)).toBe(1)
    await opened.clock.advance(minute)
    expect(warnings(opened.events)).toBe(2)
  })

  it('a deed in another tab counts for all', async () => {
    const within = world({ lifetime: 86_400 })
    const first = await signedIn(within)
    const second = openClient(within, { idle })
    await second.auth.restore()
    await within.clock.advance(14 * minute)
    act(second)
    await within.clock.advance(10 * minute)
    expect(first.auth.$session.get().status).toBe('authenticated')
    await within.clock.advance(5 * minute)
    expect(first.auth.$session.get()).toMatchObject({ reason: 'idle' })
    expect(second.auth.$session.get()).toMatchObject({ reason: 'idle' })
  })

  it('a deed in any tab takes the warning back in every tab, and so does a logout, each once', async () => {
    const within = world({ lifetime: 86_400 })
    const first = await signedIn(within)
    const second = openClient(within, { idle })
    await second.auth.restore()
    await within.clock.advance(14 * minute)
    act(second)
    await within.clock.advance(0)
    expect([told(first.events).at(-1), told(second.events).at(-1)]).toEqual([null, null])
    await within.clock.advance(14 * minute)
    await first.auth.logout()
    for (const { events } of [first, second]) {
      expect(told(events)).toEqual([expect.any(Number), null, expect.any(Number), null])
    }
  })

  it('F22 a device that slept past the end finds the session over, and the touch that woke it does not count', async () => {
    const opened = await signedIn()
    opened.clock.sleep(8 * 60 * minute)
    act(opened)
    expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'idle' })
  })

  it('F20 a clock that is set back puts the end off by one idle.after at most', async () => {
    const opened = await signedIn()
    act(opened)
    opened.clock.jump(-60 * minute)
    await opened.clock.advance(2 * idle.after)
    expect(opened.auth.$session.get()).toMatchObject({ reason: 'idle' })
  })

  it('is over at the next visit, if nobody acted in between', async () => {
    const within = world({ lifetime: 86_400 })
    const first = await signedIn(within)
    first.auth.dispose()
    within.clock.sleep(20 * minute)
    const second = openClient(within, { idle })
    await second.auth.restore()
    expect(second.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'idle' })
  })

  it('I8 leaves no timer behind, and without the option nothing ends', async () => {
    const { auth, clock } = await signedIn()
    auth.dispose()
    await clock.advance(10_000)
    expect(clock.timers()).toBe(0)
    const plain = openClient(world({ lifetime: 86_400 }))
    await plain.auth.login(credentials)
    await plain.clock.advance(60 * minute)
    expect(plain.auth.$session.get().status).toBe('authenticated')
  })
})
