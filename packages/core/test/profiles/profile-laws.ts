// What every backend’s profile has to hold, through the real client.
import { describe, expect, it } from 'vitest'
import type { Session } from '../../src/index.js'
import { json } from '../backend.js'
import { open, project, type Opened } from './recorded.js'
import type { Call, Recording } from './recording.js'

const expectSent = (opened: Opened, { call, body, authorization, headers = {} }: Call): void => {
  const seen = opened.callsOf(call).at(-1)
  expect(seen, opened.sent.map((one) => one.call).join(', ')).toBeDefined()
  expect(seen?.body).toEqual(body)
  if (authorization !== undefined) expect(seen?.authorization).toBe(authorization)
  expect(seen?.headers).toMatchObject(headers)
}
const statusOf = ({ auth }: Opened): Session<unknown>['status'] => auth.$session.get().status

async function signedIn(recording: Recording): Promise<Opened> {
  const opened = open(recording)
  await opened.auth.login(recording.credentials)
  return opened
}

async function expectBearer(opened: Opened, recording: Recording): Promise<void> {
  await opened.auth.fetch('https://api.test/projects')
  const seen = opened.callsOf(project).at(-1)
  const isCookie = recording.profile.bearer === 'cookie'
  expect(seen?.authorization).toBe(isCookie ? null : `Bearer ${opened.tokens().access}`)
  if (isCookie) expect(seen?.credentials).toBe('include')
}

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

export function profileLaws(recording: Recording): void {
  const { profile, login, wrong, refresh, logout, me, register, user, lifetime } = recording
  describe(profile.name, () => {
    it(`${profile.name}: a login is ${login.call}, and its answer a session`, async () => {
      const opened = await signedIn(recording)
      expectSent(opened, login)
      expect(opened.auth.$session.get()).toMatchObject({
        status: 'authenticated',
        user,
        expiresAt: opened.clock.now() + lifetime * 1000,
      })
      await expectBearer(opened, recording)
      if (me) expect(opened.callsOf(me.call).length).toBeLessThanOrEqual(1)
    })

    it(`${profile.name}: a wrong password is invalid_credentials and signs nobody in`, async () => {
      const opened = open(recording)
      opened.answer(login.call, () => json(wrong[1], wrong[0]))
      await expect(opened.auth.login(recording.credentials)).rejects.toMatchObject({ code: 'invalid_credentials' })
      expect(statusOf(opened)).not.toBe('authenticated')
    })

    it(`${profile.name}: a logout ends the session here${logout ? ' and on the server' : ''}`, async () => {
      const opened = await signedIn(recording)
      const before = opened.sent.length
      await opened.auth.logout()
      expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
      if (logout) expectSent(opened, logout(opened.tokens()))
      else expect(opened.sent.length).toBe(before)
    })

    if (register)
      it(`${profile.name}: registering is ${register.call}`, async () => {
        const opened = open(recording)
        const { status } = await opened.auth.register(register.input)
        expectSent(opened, register)
        expect(status).toBe('registered')
        expect(statusOf(opened)).toBe('pending')
      })

    if (refresh) refreshLaws(recording, refresh)
    else
      it(`${profile.name}: without a refresh the session ends by the clock, and nothing is asked`, async () => {
        const opened = await signedIn(recording)
        const before = opened.sent.length
        await opened.clock.advance(lifetime * 1000)
        expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
        expect(opened.sent.length).toBe(before)
      })
  })
}

function refreshLaws(recording: Recording, refresh: NonNullable<Recording['refresh']>): void {
  const { profile, me, user, lifetime } = recording
  const { call } = refresh.sends({ access: '', refresh: '' })
  /** The answer to any credential, also where it stands in the query. */
  const answerRefresh = (opened: Opened, reply: () => Response): void =>
    opened.answer(refresh.sends(opened.tokens()).call, reply)
  const asCookie = profile.refreshToken === 'cookie'

  it(`${profile.name}: a refresh is ${call}, its credential where the backend wants it`, async () => {
    const opened = await signedIn(recording)
    const spent = opened.tokens()
    const next = { access: spent.access, refresh: 'refresh-next' }
    const sends = refresh.sends(spent)
    if (sends.call !== call) opened.answer(sends.call, () => json(refresh.answer(next)))
    await opened.auth.refresh()
    expectSent(opened, sends)
    expect(opened.callsOf(sends.call).at(-1)?.credentials).toBe(asCookie ? 'include' : 'omit')
    expect(opened.auth.$session.get()).toMatchObject({ status: 'authenticated', user })
    await expectBearer(opened, recording)
  })

  it(`${profile.name}: its refusal ends the session`, async () => {
    const opened = await signedIn(recording)
    answerRefresh(opened, () => json(refresh.refused[1], refresh.refused[0]))
    await opened.auth.refresh().catch(() => {})
    expect(opened.auth.$session.get()).toMatchObject({
      status: 'unauthenticated',
      reason: expect.stringMatching(/^(expired|revoked)$/),
    })
  })

  it.each(strangers)(`${profile.name}: %s is no refusal: the session stays`, async (_title, reply) => {
    const opened = await signedIn(recording)
    answerRefresh(opened, reply)
    const refreshed = opened.auth.refresh().catch(() => {})
    await opened.clock.advance(20_000)
    await refreshed
    expect(statusOf(opened)).toBe('authenticated')
    expect(opened.auth.$refresh.get().status).toBe('failing')
  })

  it(`${profile.name}: a silent refresh comes before the lifetime is over`, async () => {
    const opened = await signedIn(recording)
    const { call: silent } = refresh.sends(opened.tokens())
    await opened.clock.advance(lifetime * 1000)
    expect(opened.callsOf(silent).length).toBeGreaterThanOrEqual(1)
  })

  if (refresh.plain) {
    const { plain } = refresh
    it(`${profile.name}: a refresh token that the answer does not replace is kept`, async () => {
      const opened = await signedIn(recording)
      const first = opened.tokens()
      answerRefresh(opened, () => json(plain({ access: first.access, refresh: '' })))
      await opened.auth.refresh()
      await opened.auth.refresh()
      const { call: path, body } = refresh.sends(first)
      expect(opened.callsOf(path).map((one) => one.body)).toEqual([body, body])
    })
  }

  if (asCookie) {
    it(`${profile.name}: after a reload the cookie brings the session back`, async () => {
      const opened = open(recording)
      expect(await opened.auth.restore()).toMatchObject({ status: 'authenticated', ...(me && { user }) })
    })
    it(`${profile.name}: who never signed in is told so, and not that a session expired`, async () => {
      const opened = open(recording)
      answerRefresh(opened, () => json(refresh.refused[1], refresh.refused[0]))
      expect(await opened.auth.restore()).toMatchObject({ status: 'unauthenticated', reason: 'no-session' })
    })
  }
}
