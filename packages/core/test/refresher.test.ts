// The laws of one refresh: one flight, its verdict, and how failures are paced.
import { describe, expect, it } from 'vitest'
import { latchkey } from '../src/index.js'
import { json, problem } from './backend.js'
import { deferred } from './deferred.js'
import { credentials, openClient, project, signedIn, world, type Opened } from './open-client.js'
import { settle } from './manual-clock.js'

const refreshes = ({ backend }: Pick<Opened, 'backend'>): number => backend.count('/auth/refresh')
const lost = (): never => {
  throw new TypeError('Failed to fetch')
}

describe('single flight', () => {
  it('C6 a thousand calls with a spent token make one exchange', async () => {
    const opened = await signedIn()
    opened.clock.sleep(700_000)
    const replies = await Promise.all(Array.from({ length: 1_000 }, () => opened.auth.fetch(project)))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    expect(refreshes(opened)).toBe(1)
  })

  it('C6 refresh() joins the flight under way', async () => {
    const opened = await signedIn()
    await Promise.all([
      opened.auth.refresh(),
      opened.auth.refresh(),
      opened.auth.getAccessToken({ minValidity: 599.9 }),
    ])
    expect(refreshes(opened)).toBe(1)
  })

  it('F66 after a deploy that refuses every token, all requests of a tab share one exchange', async () => {
    const opened = await signedIn()
    opened.backend.expire()
    await Promise.all(Array.from({ length: 50 }, () => opened.auth.fetch(project)))
    expect(refreshes(opened)).toBe(1)
  })

  it('W8 a 401 to a token that is no longer held is answered with the one that is, and no exchange', async () => {
    const opened = await signedIn()
    const late = deferred<void>()
    opened.backend.answer('/projects', async (sent) => {
      await late.promise
      opened.backend.answer('/projects', null)
      return opened.backend.own(sent)
    })
    const straggler = opened.auth.fetch(project)
    await settle()
    await opened.auth.refresh()
    late.resolve()
    expect((await straggler).status).toBe(200)
    expect(opened.backend.sent.at(-1)?.authorization).toBe(`Bearer ${opened.backend.token()}`)
    expect(refreshes(opened)).toBe(1)
  })

  it('F54 C9 W7: one of ten callers aborts: nine get their token from the one exchange', async () => {
    const opened = await signedIn()
    opened.clock.sleep(700_000)
    const letGo = opened.backend.delay('/auth/refresh')
    const abort = new AbortController()
    const gone = opened.auth.getAccessToken({ signal: abort.signal })
    const others = Array.from({ length: 9 }, () => opened.auth.getAccessToken())
    await settle()
    abort.abort(new Error('left the page'))
    await expect(gone).rejects.toThrow('left the page')
    letGo()
    expect(new Set(await Promise.all(others))).toEqual(new Set([opened.backend.token()]))
    expect(refreshes(opened)).toBe(1)
  })

  it('F55 all callers abort: the exchange still ends, and its token is held', async () => {
    const opened = await signedIn()
    opened.clock.sleep(700_000)
    const letGo = opened.backend.delay('/auth/refresh')
    const abort = new AbortController()
    const callers = [1, 2, 3].map(() => opened.auth.getAccessToken({ signal: abort.signal }))
    await settle()
    abort.abort()
    expect((await Promise.allSettled(callers)).every(({ status }) => status === 'rejected')).toBe(true)
    letGo()
    await settle()
    expect(await opened.auth.getAccessToken()).toBe(opened.backend.token())
    expect(refreshes(opened)).toBe(1)
  })

  it('a signal that has aborted already starts nothing to wait for', async () => {
    const opened = await signedIn()
    opened.clock.sleep(700_000)
    await expect(opened.auth.getAccessToken({ signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow('late')
  })

  it('a validity that no token has costs no exchange a call', async () => {
    const opened = await signedIn()
    for (let call = 0; call < 10; call++)
      expect(await opened.auth.getAccessToken({ minValidity: 3_600 })).not.toBeNull()
    expect(refreshes(opened)).toBeLessThanOrEqual(1)
  })

  it('a token with less than the validity asked for is replaced', async () => {
    const opened = await signedIn()
    await opened.clock.advance(200_000)
    const before = opened.backend.token()
    expect(await opened.auth.getAccessToken({ minValidity: 300 })).toBe(before)
    expect(await opened.auth.getAccessToken({ minValidity: 500 })).not.toBe(before)
  })
})

describe('the verdict', () => {
  const html = new Response('<h1>Log in to the hotel’s network</h1>', { headers: { 'Content-Type': 'text/html' } })
  const textual = (body: string, type = 'application/json', status = 200) =>
    new Response(body, { status, headers: { 'Content-Type': type } })
  const grantWith = (change: object) => json({ access_token: 'a.b.c', expires_in: 60, sid: 's', ...change })
  type Row = readonly [string, () => Response | never, 'kept' | 'expired' | 'revoked']
  const rows: readonly Row[] = [
    ['offline', lost, 'kept'],
    ['408', () => problem(408, 'timeout'), 'kept'],
    ['425', () => problem(425, 'too_early'), 'kept'],
    ['429', () => problem(429, 'rate_limited'), 'kept'],
    ['429 without a body', () => new Response(null, { status: 429 }), 'kept'],
    ['429 that says invalid_grant', () => problem(429, 'invalid_grant'), 'kept'],
    ['500', () => problem(500, 'internal'), 'kept'],
    ['500 that says invalid_grant', () => problem(500, 'invalid_grant'), 'kept'],
    ['502 of a proxy', () => textual('<html>', 'text/html', 502), 'kept'],
    ['503', () => problem(503, 'unavailable'), 'kept'],
    ['504', () => new Response(null, { status: 504 }), 'kept'],
    ['200 HTML of a captive portal', () => html.clone(), 'kept'],
    ['401 HTML of a proxy', () => textual('<html>', 'text/html', 401), 'kept'],
    ['403 HTML of a firewall', () => textual('<html>', 'text/html', 403), 'kept'],
    ['200 JSON said to be text', () => textual('{"access_token":"x"}', 'text/plain'), 'kept'],
    ['200 malformed JSON', () => textual('{"access_token":'), 'kept'],
    ['200 empty', () => textual(''), 'kept'],
    ['204', () => new Response(null, { status: 204 }), 'kept'],
    ['200 null', () => json(null), 'kept'],
    ['200 array', () => json([]), 'kept'],
    ['200 without a token', () => json({}), 'kept'],
    ['200 token of a wrong type', () => grantWith({ access_token: 7 }), 'kept'],
    ['200 without a sid', () => grantWith({ sid: undefined }), 'kept'],
    ['200 without any expiry', () => grantWith({ expires_in: undefined }), 'kept'],
    ['200 user of a wrong shape', () => grantWith({ user: { id: 7 } }), 'kept'],
    ['401 without a code', () => json({ error: 'nope' }, 401), 'kept'],
    ['401 of an unknown code', () => problem(401, 'who_knows'), 'kept'],
    ['401 whose code is __proto__', () => problem(401, '__proto__'), 'kept'],
    ['403 csrf', () => problem(403, 'csrf'), 'kept'],
    ['404', () => problem(404, 'not_found'), 'kept'],
    ['400', () => problem(400, 'invalid_input'), 'kept'],
    ['401 no_session', () => problem(401, 'no_session'), 'expired'],
    ['401 invalid_grant', () => problem(401, 'invalid_grant'), 'expired'],
    ['401 session_expired', () => problem(401, 'session_expired'), 'expired'],
    ['401 session_revoked', () => problem(401, 'session_revoked'), 'revoked'],
  ]

  it.each(rows)('C11 %s', async (_name, reply, expected) => {
    const { auth, backend } = await signedIn()
    backend.answer('/auth/refresh', reply)
    await auth.refresh().catch(() => undefined)
    if (expected === 'kept') {
      expect(auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 1 })
      expect(auth.$refresh.get()).toMatchObject({ status: 'failing', failures: 1 })
      expect((await auth.fetch(project)).status).toBe(200)
    } else {
      expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: expected })
      expect(auth.$refresh.get().status).toBe('idle')
    }
  })

  it.each(rows.filter(([, , expected]) => expected === 'kept'))(
    'C11 at boot, %s leaves it pending',
    async (_n, reply) => {
      const { auth, backend, clock } = openClient()
      backend.answer('/auth/refresh', reply)
      expect((await auth.restore()).status).toBe('pending')
      expect(auth.$refresh.get().status).toBe('failing')
      backend.answer('/auth/refresh', null)
      backend.signedIn('ada')
      await clock.advance(61_000)
      expect(auth.$session.get().status).toBe('authenticated')
    },
  )

  it('F8 C11 a no after an outage ends the session and the failing alike', async () => {
    const { auth, backend, clock } = await signedIn()
    backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await auth.refresh().catch(() => undefined)
    expect(auth.$refresh.get()).toMatchObject({ status: 'failing', failures: 1 })
    backend.answer('/auth/refresh', () => problem(401, 'session_revoked'))
    await clock.advance(1_000)
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'revoked' })
    expect(auth.$refresh.get()).toEqual({ status: 'idle', failures: 0, nextAttemptAt: null, error: null })
  })

  it('F31 blocked cookies: the session ends, says so once, and nothing loops', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => problem(401, 'no_session'))
    await opened.clock.advance(7_200_000)
    expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
    expect(refreshes(opened)).toBe(1)
    expect(opened.events.filter(({ type }) => type === 'expired')).toHaveLength(1)
  })

  it('F31 where there never was a cookie, nobody is signed in, and a diagnostic says why', async () => {
    const opened = openClient()
    await opened.auth.restore()
    expect(opened.auth.$session.get()).toMatchObject({ reason: 'no-session' })
    expect(opened.events).toMatchObject([{ type: 'diagnostic' }])
  })

  it('F63 no cache answers for the auth server', async () => {
    const { backend, auth } = await signedIn()
    await auth.refresh()
    const [sent] = backend.sent.filter(({ path }) => path === '/auth/refresh')
    expect(sent?.init).toMatchObject({ cache: 'no-store', redirect: 'error', credentials: 'include' })
  })

  it('W9: every end says why', async () => {
    const reasons: unknown[] = []
    for (const [code, reason] of [
      ['invalid_grant', 'expired'],
      ['session_revoked', 'revoked'],
    ] as const) {
      const { auth, backend, events } = await signedIn()
      backend.answer('/auth/refresh', () => problem(401, code))
      await auth.refresh()
      reasons.push(events.find(({ type }) => type === 'expired'))
      expect(auth.$session.get()).toMatchObject({ reason })
    }
    expect(reasons).toMatchObject([{ reason: 'expired' }, { reason: 'revoked' }])
  })
})

describe('failures', () => {
  it('F5 W17 a reply that was lost after the server rotated is asked for again at once, and nobody notices', async () => {
    const opened = await signedIn()
    let tries = 0
    opened.backend.answer('/auth/refresh', (sent) => {
      const reply = opened.backend.own(sent)
      if (++tries === 1) lost()
      return reply
    })
    await opened.auth.refresh()
    expect(tries).toBe(2)
    expect(opened.auth.$refresh.get()).toMatchObject({ status: 'idle', failures: 0 })
    expect(opened.events.some(({ type }) => type === 'refresh-failed')).toBe(false)
  })

  it('F1 offline: the session stays and the next attempt comes with `online`, before the backoff is over', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', lost)
    await opened.clock.advance(700_000)
    expect(opened.auth.$session.get().status).toBe('authenticated')
    expect(opened.auth.$refresh.get().status).toBe('failing')
    opened.backend.answer('/auth/refresh', null)
    const before = refreshes(opened)
    opened.tab.fire('online')
    await settle()
    expect(refreshes(opened)).toBe(before + 1)
    expect(opened.auth.$refresh.get().status).toBe('idle')
  })

  it('`online` does not press a server that asked to wait', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => problem(503, 'unavailable', { 'Retry-After': '30' }))
    await opened.auth.refresh().catch(() => undefined)
    for (let times = 0; times < 5; times++) opened.tab.fire('online')
    await settle()
    expect(refreshes(opened)).toBe(1)
  })

  it('F8 C12 ten minutes of 503: at most twenty tries, each between 1 s and 60 s after the last', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await opened.clock.advance(540_000)
    expect(refreshes(opened)).toBe(0)
    const times: number[] = []
    opened.auth.$refresh.listen(({ status, nextAttemptAt }) => {
      if (status === 'failing' && nextAttemptAt !== null) times.push(nextAttemptAt - opened.clock.now())
    })
    await opened.clock.advance(610_000)
    expect(opened.auth.$session.get().status).toBe('authenticated')
    expect(refreshes(opened)).toBeLessThanOrEqual(21)
    expect(refreshes(opened)).toBeGreaterThan(10)
    expect(times.every((wait) => wait >= 1_000 && wait <= 60_000)).toBe(true)
  })

  const steps = (luck: number) =>
    [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].map((step) => Math.max(1_000, step * (0.5 + luck / 2)))
  const unavailable = (): Response => problem(503, 'unavailable')
  it.each([
    [0, unavailable],
    [0.5, unavailable],
    [0, lost],
    [0.5, lost],
  ])(
    'C12 with the luck of %d it waits between half and all of a step that doubles up to a minute',
    async (luck, reply) => {
      const opened = await signedIn(world(), { random: () => luck })
      opened.backend.answer('/auth/refresh', reply)
      const [waits, failures]: [number[], number[]] = [[], []]
      opened.auth.$refresh.listen((state) => {
        if (state.nextAttemptAt === null) return
        waits.push(state.nextAttemptAt - opened.clock.now())
        failures.push(state.failures)
      })
      await opened.clock.advance(700_000)
      expect(waits.slice(0, 8)).toEqual(steps(luck))
      expect(failures.slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      const told = opened.events.flatMap((event) => (event.type === 'refresh-failed' ? [event] : []))
      expect(told).toHaveLength(waits.length)
      // A reply that was lost is asked for again at once; in an outage that goes on, no more.
      expect(refreshes(opened)).toBe(waits.length + (reply === lost ? 1 : 0))
      expect(told.at(-1)).toMatchObject({
        code: 'unreachable',
        nextAttemptAt: opened.auth.$refresh.get().nextAttemptAt,
      })
    },
  )

  it('C11 what a profile throws is a protocol_error with its cause, and ends no session', async () => {
    const bug = new TypeError('a bug in the profile')
    const isRefused = (): never => {
      throw bug
    }
    const opened = await signedIn(world(), { profile: { ...latchkey(), isRefused } })
    opened.backend.answer('/auth/refresh', () => problem(401, 'no_session'))
    await expect(opened.auth.refresh()).rejects.toMatchObject({
      code: 'protocol_error',
      message: 'The refresh failed unexpectedly.',
      cause: bug,
    })
    expect(opened.auth.$session.get().status).toBe('authenticated')
    expect(opened.auth.$refresh.get()).toMatchObject({ status: 'failing', failures: 1 })
  })

  it('F8 a look that was forced where nobody is signed in finds the session once the server is back', async () => {
    const opened = openClient()
    await opened.auth.restore()
    opened.backend.signedIn('ada')
    opened.backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    expect(await opened.auth.restore({ force: true })).toMatchObject({ status: 'unauthenticated' })
    opened.backend.answer('/auth/refresh', null)
    await opened.clock.advance(1_000)
    expect(opened.auth.$session.get()).toMatchObject({ status: 'authenticated', user: { id: 'user-ada' } })
    expect(opened.events).toContainEqual(expect.objectContaining({ type: 'login', via: 'restore' }))
    await opened.auth.refresh()
    expect(opened.events).toContainEqual(expect.objectContaining({ type: 'refreshed', by: 'exchange' }))
  })

  it.each([0, 0.999])('C12 with the luck of %d, too, an outage is bounded', async (luck) => {
    const opened = await signedIn(world(), { random: () => luck })
    opened.backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await opened.clock.advance(1_200_000)
    expect(refreshes(opened)).toBeLessThanOrEqual(30)
    expect(opened.auth.$session.get().status).toBe('authenticated')
  })

  it('C12 I6 what the app asks during an outage adds no tries', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await opened.clock.advance(601_000)
    for (let second = 0; second < 600; second++) {
      await opened.clock.advance(1_000)
      await opened.auth.fetch(project).catch(() => undefined)
    }
    expect(refreshes(opened)).toBeLessThanOrEqual(25)
  })

  it('F2 a name that does not resolve: backoff, then back without anybody doing anything', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', lost)
    await opened.clock.advance(900_000)
    opened.backend.answer('/auth/refresh', null)
    await opened.clock.advance(60_000)
    expect(opened.auth.$refresh.get().status).toBe('idle')
    expect((await opened.auth.fetch(project)).status).toBe(200)
  })

  it('a 429 never logs anybody out, and its Retry-After is kept', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => problem(429, 'rate_limited', { 'Retry-After': '45' }))
    await expect(opened.auth.refresh()).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 45_000 })
    expect(opened.auth.$refresh.get().nextAttemptAt).toBe(opened.clock.now() + 45_000)
    await opened.clock.advance(44_000)
    await expect(opened.auth.refresh()).rejects.toMatchObject({
      code: 'rate_limited',
      retryable: true,
      retryAfter: 1_000,
      message: 'Too many attempts. Try again later. The next attempt is due in 1 s.',
      cause: { status: 429 },
    })
    expect(refreshes(opened)).toBe(1)
    await opened.clock.advance(1_000)
    expect(refreshes(opened)).toBe(2)
    await opened.clock.advance(3_600_000)
    expect(opened.auth.$session.get().status).toBe('authenticated')
  })

  it.each(['soon', '0', '-5', '99999999999', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'C33 a Retry-After of %s makes neither a storm nor a sleep',
    async (header) => {
      const opened = await signedIn()
      opened.backend.answer('/auth/refresh', () => problem(503, 'unavailable', { 'Retry-After': header }))
      await opened.auth.refresh().catch(() => undefined)
      const { nextAttemptAt } = opened.auth.$refresh.get()
      expect(nextAttemptAt).toBeGreaterThanOrEqual(opened.clock.now() + 1_000)
      expect(nextAttemptAt).toBeLessThanOrEqual(opened.clock.now() + 60_000)
    },
  )

  it('I5 an answer that never comes ends after two attempts, within 15 s', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => new Promise(() => {}))
    const refreshed = opened.auth.refresh().catch((error: unknown) => error)
    await opened.clock.advance(15_000)
    await expect(refreshed).resolves.toMatchObject({ code: 'unreachable' })
    expect(refreshes(opened)).toBe(2)
  })

  it('a failing silent refresh leaves a token that is still good in use', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', lost)
    await opened.clock.advance(560_000)
    expect(opened.auth.$refresh.get().status).toBe('failing')
    expect((await opened.auth.fetch(project)).status).toBe(200)
  })

  it('a status never flickers during a silent refresh, and stays `failing` until one succeeds', async () => {
    const opened = await signedIn()
    const [sessions, states]: [string[], string[]] = [[], []]
    opened.auth.$session.listen(({ status }) => sessions.push(status))
    opened.auth.$refresh.listen(({ status }) => states.push(status))
    opened.backend.answer('/auth/refresh', lost)
    await opened.clock.advance(560_000)
    opened.backend.answer('/auth/refresh', null)
    await opened.clock.advance(600_000)
    expect(new Set(sessions)).toEqual(new Set(['authenticated']))
    expect(states.join(' ')).toMatch(/^refreshing failing (failing )+idle( refreshing idle)*$/)
  })

  it('a server whose every token is refused at once is asked thirty times a minute at most', async () => {
    const opened = await signedIn()
    for (let second = 0; second < 60; second++) {
      for (let call = 0; call < 5; call++) await opened.auth.refresh().catch(() => undefined)
      await opened.clock.advance(1_000)
    }
    expect(refreshes(opened)).toBe(30)
    await opened.clock.advance(60_000)
    await opened.auth.refresh()
    expect(opened.auth.$session.get().status).toBe('authenticated')
  })

  it('C33 the thirty-first refresh within a minute says when it may be, and then it is', async () => {
    const opened = await signedIn()
    for (let call = 0; call < 30; call++) await opened.auth.refresh()
    await opened.clock.advance(59_000)
    await expect(opened.auth.refresh()).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 1_000,
      message: 'Too many refreshes within a minute: the server may refuse every token. The next attempt is due in 1 s.',
    })
    expect(opened.auth.$refresh.get()).toEqual({ status: 'idle', failures: 0, nextAttemptAt: null, error: null })
    await opened.clock.advance(999)
    await expect(opened.auth.refresh()).rejects.toMatchObject({ retryAfter: 1 })
    await opened.clock.advance(1)
    await opened.auth.refresh()
    expect(refreshes(opened)).toBe(31)
  })

  it('after too many refreshes the silent one still comes when it is due', async () => {
    const given = world({ lifetime: 90 })
    const opened = await signedIn(given)
    for (let call = 0; call < 40; call++) await opened.auth.refresh().catch(() => undefined)
    const before = refreshes(opened)
    await opened.clock.advance(600_000)
    expect(refreshes(opened)).toBeGreaterThan(before + 5)
  })

  it('a restore that is forced is bounded as well', async () => {
    const opened = await signedIn()
    for (let call = 0; call < 100; call++) await opened.auth.restore({ force: true })
    expect(refreshes(opened)).toBeLessThanOrEqual(30)
  })

  it('credentials that were wrong leave the session of before, and its silent refresh', async () => {
    const opened = await signedIn()
    await expect(opened.auth.login({ ...credentials, password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    await opened.clock.advance(600_000)
    expect(opened.auth.$session.get().status).toBe('authenticated')
    expect(refreshes(opened)).toBe(1)
  })
})
