// What a refresh has to hold against every backend that has one.
import { expect, it } from 'vitest'
import { json } from '../backend.js'
import { open, type Opened } from './recorded.js'
import type { Recording } from './recording.js'
import { expectBearer, expectSent, signedIn, statusOf } from './signed-in.js'

type Refresh = NonNullable<Recording['refresh']>

const strangers: readonly (readonly [string, () => Response])[] = [
  ['a 500 of its own', () => json({ detail: 'Internal Server Error', message: 'Internal Server Error' }, 500)],
  ['a 503 of HTML', () => page(503)],
  ['a 200 of HTML', () => page(200)],
  ['a 401 of HTML', () => page(401)],
  ['a 403 of HTML', () => page(403)],
  ['an empty 401', () => new Response(null, { status: 401 })],
  ['a 401 in a stranger’s JSON', () => json({ blocked: true }, 401)],
  ['a 403 in a stranger’s JSON', () => json({ blocked: true }, 403)],
  ['a 400 in a stranger’s JSON', () => json([], 400)],
  ['a 429', () => json({ detail: 'slow down', message: 'slow down' }, 429)],
  [
    'no network',
    () => {
      throw new TypeError('Failed to fetch')
    },
  ],
]
const page = (status: number): Response =>
  new Response('<h1>proxy</h1>', { status, headers: { 'Content-Type': 'text/html' } })

/** Where the credential travels, what ends the session, and what does not. */
export function refreshLaws(recording: Recording, refresh: Refresh): void {
  const { profile, user } = recording
  const { call } = refresh.sends({ access: '', refresh: '' })
  const asCookie = profile.refreshToken === 'cookie'

  it(`${profile.name}: a refresh is ${call}, its credential where the backend wants it`, async () => {
    const opened = await signedIn(recording)
    const spent = opened.tokens()
    const next = { access: spent.access, refresh: 'refresh-next' }
    const sends = refresh.sends(spent)
    if (sends.call !== call)
      opened.answer(sends.call, () => json(refresh.answer(next), 200, refresh.answerHeaders?.(next)))
    await opened.auth.refresh()
    expectSent(opened, sends)
    expect(opened.callsOf(sends.call).at(-1)?.credentials).toBe(asCookie ? 'include' : 'omit')
    expect(opened.auth.$session.get()).toMatchObject({ status: 'authenticated', user })
    await expectBearer(opened, recording)
  })

  it(`${profile.name}: its refusal ends the session`, async () => {
    const opened = await signedIn(recording)
    answerRefresh(opened, refresh, () => json(refresh.refused[1], refresh.refused[0]))
    await opened.auth.refresh().catch(() => {})
    expect(opened.auth.$session.get()).toMatchObject({
      status: 'unauthenticated',
      reason: expect.stringMatching(/^(expired|revoked)$/),
    })
  })

  it.each(strangers)(`${profile.name}: %s is no refusal: the session stays`, async (_title, reply) => {
    const opened = await signedIn(recording)
    answerRefresh(opened, refresh, reply)
    const refreshed = opened.auth.refresh().catch(() => {})
    await opened.clock.advance(20_000)
    await refreshed
    expect(statusOf(opened)).toBe('authenticated')
    expect(opened.auth.$refresh.get().status).toBe('failing')
  })

  silentLaws(recording, refresh)
  keepingLaws(recording, refresh)
  cookieLaws(recording, refresh)
}

function silentLaws(recording: Recording, refresh: Refresh): void {
  const { profile, lifetime } = recording
  if (lifetime === Infinity) return
  it(`${profile.name}: a silent refresh comes before the lifetime is over`, async () => {
    const opened = await signedIn(recording)
    const { call: silent } = refresh.sends(opened.tokens())
    await opened.clock.advance(lifetime * 1000)
    expect(opened.callsOf(silent).length).toBeGreaterThanOrEqual(1)
  })
}

/** The answer to any credential, also where it stands in the query. */
const answerRefresh = (opened: Opened, refresh: Refresh, reply: () => Response): void =>
  opened.answer(refresh.sends(opened.tokens()).call, reply)

function keepingLaws(recording: Recording, refresh: Refresh): void {
  const { plain } = refresh
  const { profile } = recording
  if (!plain) return
  it(`${profile.name}: a refresh token that the answer does not replace is kept`, async () => {
    const opened = await signedIn(recording)
    const first = opened.tokens()
    answerRefresh(opened, refresh, () => json(plain({ access: first.access, refresh: '' })))
    await opened.auth.refresh()
    await opened.auth.refresh()
    const { call: path, body } = refresh.sends(first)
    expect(opened.callsOf(path).map((one) => one.body)).toEqual([body, body])
  })
}

function cookieLaws(recording: Recording, refresh: Refresh): void {
  const { profile, me, user } = recording
  if (profile.refreshToken !== 'cookie') return
  it(`${profile.name}: after a reload the cookie brings the session back`, async () => {
    const opened = open(recording)
    expect(await opened.auth.restore()).toMatchObject({ status: 'authenticated', ...(me && { user }) })
  })
  it(`${profile.name}: who never signed in is told so, and not that a session expired`, async () => {
    const opened = open(recording)
    answerRefresh(opened, refresh, () => json(refresh.refused[1], refresh.refused[0]))
    expect(await opened.auth.restore()).toMatchObject({ status: 'unauthenticated', reason: 'no-session' })
  })
}
