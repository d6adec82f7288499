// The laws of listeners: none breaks another, and each hears what happened in the order in which it happened.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthEvent } from '../src/index.js'
import { problem } from './backend.js'
import { credentials, openClient, signedIn } from './open-client.js'
import { settle } from './manual-clock.js'

const reported: unknown[] = []
beforeEach(() => {
  reported.length = 0
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
})
afterEach(() => vi.unstubAllGlobals())

const kinds = (events: readonly AuthEvent[]): readonly string[] => events.map(({ type }) => type)

describe('listeners', () => {
  it('C30 F51 F53 a thousand subscribers of which a tenth throw: all are called, and the state is right', async () => {
    const { auth } = openClient()
    let heard = 0
    for (let index = 0; index < 1_000; index++) {
      auth.$session.listen(() => {
        heard += 1
        if (index % 10 === 0) throw new Error('a subscriber’s own bug')
      })
      auth.on(() => {
        heard += 1
        if (index % 10 === 0) throw new Error('a listener’s own bug')
      })
    }
    await auth.login(credentials)
    expect(auth.$session.get().status).toBe('authenticated')
    expect(heard).toBe(2_000)
    expect(reported.length).toBeGreaterThan(0)
  })

  it('C30 unsubscribing while it is told is safe', async () => {
    const { auth } = openClient()
    const heard: string[] = []
    const stops = ['a', 'b', 'c'].map((name) =>
      auth.on(() => {
        heard.push(name)
        stops.forEach((stop) => stop())
      }),
    )
    await auth.login(credentials)
    await auth.logout()
    expect(heard).toEqual(['a', 'b', 'c'])
  })

  it('one listener added twice is told twice, and leaves once', async () => {
    const { auth } = openClient()
    const listener = vi.fn()
    auth.on(listener)
    const stop = auth.on(listener)
    stop()
    stop()
    await auth.login(credentials)
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('F52 a subscriber that logs out inside: signed out, in order, without a deadlock', async () => {
    const { auth, events } = openClient()
    auth.$session.listen(({ status }) => {
      if (status === 'authenticated') void auth.logout()
    })
    await auth.login(credentials).catch(() => undefined)
    await settle()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out', generation: 2 })
    expect(kinds(events)).toEqual(['login', 'logout'])
    expect(kinds(auth.timeline())).toEqual(['login', 'logout'])
  })

  it('F52 an event listener that logs out inside: every listener hears the login first', async () => {
    const { auth } = openClient()
    const [first, second]: [AuthEvent[], AuthEvent[]] = [[], []]
    auth.on((event) => {
      first.push(event)
      if (event.type === 'login') void auth.logout()
    })
    auth.on((event) => second.push(event))
    await auth.login(credentials).catch(() => undefined)
    expect(kinds(first)).toEqual(['login', 'logout'])
    expect(second).toEqual(first)
  })

  it('F52 a listener that logs in inside the end of a session signs in', async () => {
    const { auth, backend } = await signedIn()
    let again: Promise<unknown> = Promise.resolve()
    auth.on(({ type }) => {
      if (type === 'expired') again = auth.login(credentials)
    })
    backend.answer('/auth/refresh', () => problem(401, 'session_expired'))
    await auth.refresh()
    await again
    expect(auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 3 })
  })

  it('F52 a listener that asks for a token inside gets one', async () => {
    const { auth, backend } = openClient()
    const tokens: Promise<string | null>[] = []
    auth.$session.listen(({ status }) => {
      if (status === 'authenticated') tokens.push(auth.getAccessToken())
    })
    await auth.login(credentials)
    expect(await Promise.all(tokens)).toEqual([backend.token()])
  })

  it('a listener sees the state that its event speaks of', async () => {
    const { auth } = openClient()
    const seen: string[] = []
    auth.on(({ type }) => seen.push(`${type} ${auth.$session.get().status}`))
    await auth.login(credentials)
    await auth.refresh()
    await auth.logout()
    expect(seen).toEqual(['login authenticated', 'refreshed authenticated', 'logout unauthenticated'])
  })

  it('F52 a subscriber of $refresh that throws or refreshes inside stops nothing', async () => {
    const { auth, backend } = await signedIn()
    auth.$refresh.listen(({ status }) => {
      if (status === 'refreshing') void auth.refresh()
      throw new Error('a subscriber’s own bug')
    })
    await auth.refresh()
    expect(backend.count('/auth/refresh')).toBe(1)
    expect(auth.$refresh.get().status).toBe('idle')
  })

  it('PEERS “No event when nothing changed” a silent refresh that changes nobody keeps the same user object', async () => {
    const { auth } = await signedIn()
    const before = auth.$session.get()
    await auth.refresh()
    const after = auth.$session.get()
    expect(before.status === 'authenticated' && after.status === 'authenticated' && before.user === after.user).toBe(
      true,
    )
  })

  it('W16: the timeline keeps the last hundred, oldest first, and cannot be changed from outside', async () => {
    const { auth, clock } = await signedIn()
    await clock.advance(120 * 600_000)
    const timeline = auth.timeline()
    expect(timeline).toHaveLength(100)
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted((a, b) => a - b))
    ;(timeline as AuthEvent[]).length = 0
    expect(auth.timeline()).toHaveLength(100)
  })

  it('W16: the timeline tells why somebody was logged out', async () => {
    const { auth, backend } = await signedIn()
    backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await auth.refresh().catch(() => undefined)
    backend.answer('/auth/refresh', () => problem(401, 'session_revoked'))
    await auth.restore({ force: true })
    expect(auth.timeline()).toMatchObject([
      { type: 'login', via: 'login' },
      { type: 'refresh-failed', code: 'unreachable' },
      { type: 'expired', reason: 'revoked' },
    ])
  })
})
