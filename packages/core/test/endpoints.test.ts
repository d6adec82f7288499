import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../src/call.js'
import type { Grant } from '../src/endpoints.js'
import { isAuthError, latchkey, type AuthError, type LatchkeyUser, type Profile } from '../src/index.js'
import { apiServer, sendJson, type ApiServer } from './api-server.js'
import { json, jwt, problem, userOf } from './backend.js'
import { endpointsOf, type Endpoints } from './endpoints-of.js'
import { manualClock, settle, type ManualClock } from './manual-clock.js'
import { credentials, openClient } from './open-client.js'

type Opened = {
  readonly endpoints: Endpoints<LatchkeyUser>
  readonly clock: ManualClock
  readonly sent: [string, RequestInit][]
}

function open(
  reply: (init: RequestInit) => Response | Promise<Response>,
  profile: Partial<Profile<LatchkeyUser>> = {},
  base = 'https://api.test/',
): Opened {
  const clock = manualClock()
  const sent: [string, RequestInit][] = []
  const endpoints = endpointsOf<LatchkeyUser>({
    profile: { ...latchkey(), ...profile },
    base,
    clock,
    timeout: 8_000,
    fetch: async (url, init = {}) => {
      sent.push([url as string, init])
      return reply(init)
    },
  })
  return { endpoints, clock, sent }
}

const outcome = async (work: Promise<unknown>): Promise<AuthError | 'granted'> =>
  work.then(
    () => 'granted' as const,
    (error: unknown) => {
      if (isAuthError(error)) return error
      throw error
    },
  )
const body = {
  access_token: jwt({ sub: 'user-ada', sid: 's' }),
  token_type: 'Bearer',
  expires_in: 600,
  user: userOf('ada'),
  sid: 's',
  gen: 1,
}
const typed = (content: string, type: string | null, status = 200): Response => {
  const response = new Response(content === '' && status === 204 ? null : content, { status })
  response.headers.delete('Content-Type')
  if (type !== null) response.headers.set('Content-Type', type)
  return response
}
const text = JSON.stringify(body)

describe('C11 what a refresh’s answer comes to', () => {
  it.each<[string, () => Response | Promise<Response>, string]>([
    ['a grant', () => json(body), 'granted'],
    ['F12 a grant with more fields', () => json({ ...body, role: 'admin', __proto: { a: 1 } }), 'granted'],
    ['F58 401 no_session', () => problem(401, 'no_session'), 'session_ended'],
    ['F58 401 session_revoked', () => problem(401, 'session_revoked'), 'session_ended'],
    ['F58 401 with another code', () => problem(401, 'invalid_token'), 'misconfigured'],
    ['F58 401 without JSON', () => typed('no', 'text/plain', 401), 'unreachable'],
    ['F58 401 with the code in HTML', () => typed('{"code":"no_session"}', 'text/html', 401), 'unreachable'],
    ['F58 401 with broken JSON', () => typed('{"code":"no_session"', 'application/problem+json', 401), 'unreachable'],
    ['F58 401 without a body', () => typed('', 'application/json', 401), 'unreachable'],
    ['F31 401 of an origin that may not send cookies', () => problem(401, 'no_session'), 'session_ended'],
    ['F59 403 csrf', () => problem(403, 'csrf'), 'misconfigured'],
    ['403 no_session', () => problem(403, 'no_session'), 'misconfigured'],
    ['404', () => problem(404, 'not_found'), 'misconfigured'],
    ['405 HTML', () => typed('<html>', 'text/html', 405), 'unreachable'],
    ['408', () => problem(408, 'no_session'), 'unreachable'],
    ['425', () => problem(425, 'no_session'), 'unreachable'],
    ['F6 429', () => problem(429, 'no_session'), 'rate_limited'],
    ['F6 429 HTML', () => typed('<html>', 'text/html', 429), 'rate_limited'],
    ['F8 500', () => problem(500, 'no_session'), 'unreachable'],
    ['F8 503', () => problem(503, 'no_session'), 'unreachable'],
    ['F9 HTML with 200', () => typed('<html>sign in to the wifi', 'text/html'), 'unreachable'],
    ['F9 HTML that says that it is JSON', () => typed('<html>', 'application/json'), 'protocol_error'],
    ['F10 a grant as text/plain', () => typed(text, 'text/plain'), 'unreachable'],
    ['F10 a grant without a type', () => typed(text, null), 'unreachable'],
    ['F10 a grant as text/json', () => typed(text, 'text/json'), 'unreachable'],
    ['F10 a grant as application/jsonp', () => typed(text, 'application/jsonp'), 'unreachable'],
    ['F10 a grant as application/json-seq', () => typed(text, 'application/json-seq'), 'unreachable'],
    ['F10 a grant as x/application/json', () => typed(text, 'x/application/json'), 'unreachable'],
    ['F10 a grant with a charset', () => typed(text, 'Application/JSON ; charset=utf-8'), 'granted'],
    ['F10 a grant as a +json type', () => typed(text, 'application/vnd.api+json'), 'granted'],
    ['F11 malformed JSON', () => typed(text.slice(0, -1), 'application/json'), 'protocol_error'],
    ['F11 an empty body', () => typed('', 'application/json'), 'protocol_error'],
    ['F11 204', () => typed('', null, 204), 'protocol_error'],
    ['F11 null', () => json(null), 'protocol_error'],
    ['F11 a list', () => json([body]), 'protocol_error'],
    ['F12 no access_token', () => json({ ...body, access_token: undefined }), 'protocol_error'],
    ['F12 an access_token that is no text', () => json({ ...body, access_token: 7 }), 'protocol_error'],
    ['F12 no sid', () => json({ ...body, sid: null }), 'protocol_error'],
    ['F12 a user without an id', () => json({ ...body, user: { email: 'x' } }), 'protocol_error'],
    ['F12 a user that is null', () => json({ ...body, user: null }), 'protocol_error'],
    ['F12 an expires_in that is a text', () => json({ ...body, expires_in: '600' }), 'protocol_error'],
    [
      'F13 a truncated token with expires_in',
      () => json({ ...body, access_token: body.access_token.slice(0, 30) }),
      'granted',
    ],
    [
      'F13 a truncated token without',
      () => json({ ...body, access_token: body.access_token.slice(0, 30), expires_in: undefined }),
      'protocol_error',
    ],
    ['F17 a token of 1 MB', () => json({ ...body, access_token: 'x'.repeat(1_000_000) }), 'protocol_error'],
    ['C27 a token that no header can carry', () => json({ ...body, access_token: 'canary\n' }), 'protocol_error'],
    [
      'F1 F2 F62 no connection, no name, no CORS',
      () => Promise.reject(new TypeError('Failed to fetch')),
      'unreachable',
    ],
    ['F36 401 constructor', () => problem(401, 'constructor'), 'misconfigured'],
    ['F36 401 __proto__', () => problem(401, '__proto__'), 'misconfigured'],
  ])('%s: %s', async (_name, reply, expected) => {
    const result = await outcome(open(reply).endpoints.refresh(undefined))
    expect(result === 'granted' ? result : result.code).toBe(expected)
    expect(String(result)).not.toMatch(/canary|eyJ/)
  })
  it.each([
    [true, 'expired'],
    ['revoked', 'revoked'],
  ] as const)('a profile that refuses with %s ends the session as %s', async (verdict, reason) => {
    const { endpoints } = open(() => problem(400, 'x'), { isRefused: () => verdict })
    expect(await outcome(endpoints.refresh(undefined))).toMatchObject({ code: 'session_ended', reason, status: 400 })
  })
  it('an error of the network class is retryable, and says its status', async () => {
    expect(await outcome(open(() => problem(503, 'x')).endpoints.refresh(undefined))).toMatchObject({
      retryable: true,
      status: 503,
    })
    expect(await outcome(open(() => typed('<html>', 'text/html')).endpoints.refresh(undefined))).toMatchObject({
      retryable: true,
      status: 200,
    })
  })
  it('F62 a connection that fails says what may be wrong, CORS included', async () => {
    const error = await outcome(open(() => Promise.reject(new TypeError('x'))).endpoints.refresh(undefined))
    expect(String(error)).toMatch(/offline.*CORS/)
  })
})

describe('what a grant holds', () => {
  const granted = async (
    reply: object,
    headers: Record<string, string> = {},
    profile: Partial<Profile<LatchkeyUser>> = {},
  ): Promise<Grant<LatchkeyUser>> => open(() => json(reply, 200, headers), profile).endpoints.refresh(undefined)
  it('F14 F15 expires_in, else exp against the reply’s Date, else the profile’s lifetime', async () => {
    const exp = Date.parse('Tue, 14 Nov 2023 22:13:20 GMT') / 1000
    const token = jwt({ sub: 'user-ada', exp: exp + 90 })
    const spent = { ...body, access_token: token, expires_in: undefined }
    expect((await granted({ ...spent, expires_in: 60 })).token.lifetime).toBe(60_000)
    expect((await granted(spent, { Date: 'Tue, 14 Nov 2023 22:13:20 GMT' })).token.lifetime).toBe(90_000)
    expect((await granted(spent, { Date: 'now' }, { lifetime: 300 })).token.lifetime).toBe(300_000)
    expect((await granted(spent, { Date: 'now' })).token.lifetime).toBeNull()
  })
  it('the sid of the body, else of the token', async () => {
    const profile: Partial<Profile<LatchkeyUser>> = {
      readGrant: () => ({ accessToken: body.access_token, expiresIn: 1 }),
    }
    expect((await granted(body)).sid).toBe('s')
    expect((await granted(body, {}, profile)).sid).toBe('s')
    expect(
      (await granted(body, {}, { readGrant: () => ({ accessToken: jwt({ sid: 7 }), expiresIn: 1 }) })).sid,
    ).toBeUndefined()
  })
  it('no user where the answer has none: `me` is asked then', async () => {
    expect((await granted({ ...body, user: undefined })).user).toBeUndefined()
  })
  it('F12 a header profile that reads no token is a protocol_error: `Bearer null` is never sent', async () => {
    const { endpoints } = open(() => json({}), { readGrant: () => ({ accessToken: null, expiresIn: 60 }) })
    expect(await outcome(endpoints.refresh(undefined))).toMatchObject({ code: 'protocol_error' })
  })
  it('a cookie profile holds no token, whatever the body says', async () => {
    expect((await granted(body, {}, { bearer: 'cookie' })).token.value).toBeNull()
  })
  it('F12 a profile that throws anything but a TypeError is a protocol_error without its words', async () => {
    const { endpoints } = open(() => json({}), {
      readGrant: () => {
        throw new RangeError('canary')
      },
    })
    const error = await outcome(endpoints.refresh(undefined))
    expect(error).toMatchObject({ code: 'protocol_error' })
    expect(String(error)).not.toContain('canary')
  })
})

describe('what other failures come to', () => {
  it.each<[number, string, string]>([
    [401, 'invalid_credentials', 'invalid_credentials'],
    [401, 'whatever', 'invalid_credentials'],
    [401, 'session_revoked', 'invalid_credentials'],
    [403, 'whatever', 'invalid_credentials'],
    [409, 'email_taken', 'email_taken'],
    [422, 'weak_password', 'weak_password'],
    [401, 'mfa_invalid', 'mfa_invalid'],
    [401, 'step_up_required', 'step_up_required'],
    [403, 'csrf', 'misconfigured'],
    [404, 'whatever', 'misconfigured'],
    [405, 'whatever', 'misconfigured'],
    [400, 'whatever', 'invalid_input'],
    [422, 'invalid_input', 'invalid_input'],
    [418, 'whatever', 'protocol_error'],
    [418, 'constructor', 'protocol_error'],
    [429, 'invalid_credentials', 'rate_limited'],
    [500, 'invalid_credentials', 'unreachable'],
  ])('a login’s %d %s: %s', async (status, code, expected) => {
    expect(await outcome(open(() => problem(status, code)).endpoints.login(credentials))).toMatchObject({
      code: expected,
      status,
    })
  })
  it('a form’s messages are told by field', async () => {
    const { endpoints } = open(() =>
      json({ code: 'invalid_input', detail: 'See errors.', errors: { email: 'Taken.', age: ['x'] } }, 422),
    )
    expect(await outcome(endpoints.register({}))).toMatchObject({
      message: 'See errors.',
      fieldErrors: { email: 'Taken.' },
    })
  })
  it('what the profile does not offer is misconfigured', async () => {
    const { verifyMfa: _mfa, register: _register, ...rest } = latchkey()
    const endpoints = endpointsOf<LatchkeyUser>({
      profile: rest,
      base: 'https://api.test/',
      clock: manualClock(),
      timeout: 1,
      fetch: () => Promise.reject(new TypeError('x')),
    })
    await expect(endpoints.verifyMfa({ challenge: 'c', code: '1' })).rejects.toThrow(/latchkey has no verifyMfa/)
    await expect(endpoints.register({})).rejects.toMatchObject({ code: 'misconfigured' })
  })
  it('registering without a grant is no failure, and registering with one signs in', async () => {
    expect(await open(() => json({ id: '1' }, 201)).endpoints.register({})).toBeNull()
    expect(await open(() => json(body, 201)).endpoints.register({})).toMatchObject({ sid: 's' })
    const cookieOnly = latchkey({ transport: 'cookie-only' })
    expect(await open(() => json(body, 201), cookieOnly).endpoints.register({})).toMatchObject({ sid: 's' })
    expect(
      await open(() => json(body, 201), {
        bearer: 'cookie',
        readGrant: () => ({ accessToken: null }),
      }).endpoints.register({}),
    ).toBeNull()
    expect(
      await open(() => json({}, 201), { readGrant: () => ({ accessToken: null }) }).endpoints.register({}),
    ).toBeNull()
  })
  it('a login may ask for a second factor', async () => {
    const { endpoints } = open(() => json({ mfa_required: true, challenge: 'c', methods: ['totp'] }))
    expect(await endpoints.login(credentials)).toEqual({ challenge: 'c', methods: ['totp'] })
    expect(await outcome(open(() => json({ mfa_required: true })).endpoints.login(credentials))).toMatchObject({
      code: 'protocol_error',
    })
  })
  it('an answer without a body is one where none is needed', async () => {
    for (const reply of [typed('', null, 204), typed('', null), typed('', 'text/plain')])
      expect(await open(() => reply).endpoints.send({ method: 'POST', path: 'auth/logout' })).toBeUndefined()
  })
  it('`me` is not asked where the profile has none', async () => {
    const { me: _me, ...rest } = latchkey()
    const endpoints = endpointsOf<LatchkeyUser>({
      profile: rest,
      base: 'https://api.test/',
      clock: manualClock(),
      timeout: 1,
      fetch: () => Promise.reject(new TypeError('x')),
    })
    expect(await endpoints.me({})).toBeUndefined()
    await expect(open(() => json({})).endpoints.me({})).rejects.toMatchObject({ code: 'protocol_error' })
  })
})

describe('how a call is sent', () => {
  const initOf = async (profile: Partial<Profile<LatchkeyUser>>, options: object = {}): Promise<RequestInit> => {
    const { endpoints, sent } = open(() => json({}), profile)
    await endpoints.send({ method: 'POST', path: 'auth/x' }, options)
    return sent[0]?.[1] ?? {}
  }
  it('F39 F63 C4 fresh from the server, and following no redirect', async () => {
    expect(await initOf({})).toMatchObject({ method: 'POST', cache: 'no-store', redirect: 'error' })
  })
  it.each([
    ['cookie', 'header', 'include'],
    ['body', 'header', 'omit'],
    ['body', 'cookie', 'include'],
    ['cookie', 'cookie', 'include'],
  ] as const)(
    'C34 a refresh token in a %s and a bearer in a %s: credentials %s',
    async (refreshToken, bearer, credentials) => {
      expect((await initOf({ refreshToken, bearer })).credentials).toBe(credentials)
    },
  )
  it('keepalive where it is asked for, else not at all', async () => {
    expect(await initOf({}, { keepalive: true })).toMatchObject({ keepalive: true })
    expect(Object.hasOwn(await initOf({}), 'keepalive')).toBe(false)
  })
  it('C5 a bearer over TLS and to loopback, never over plain http', async () => {
    const bearerTo = async (url: string): Promise<string | null> => {
      const { endpoints, sent } = open(() => json({}), {}, url)
      await endpoints.send({ method: 'GET', path: 'a' }, { bearer: 't' })
      return new Headers(sent[0]?.[1].headers).get('Authorization')
    }
    expect(await Promise.all(['https://a.test/', 'http://127.0.0.1:9/', 'http://a.test/'].map(bearerTo))).toEqual([
      'Bearer t',
      'Bearer t',
      null,
    ])
  })
  it('JSON, form, query and headers as the profile spells them', async () => {
    const { endpoints, sent } = open(() => json({}))
    await endpoints.send({ method: 'PUT', path: 'a', json: { b: 1 }, headers: { 'X-Y': 'z' } })
    await endpoints.send({ method: 'POST', path: 'a?b=1', form: { c: 'd e' }, query: { f: '&' } })
    await endpoints.send({ method: 'GET', path: 'a', query: { f: 'g' } })
    const requests = sent.map(([url, init]) => new Request(url, { ...init, signal: null }))
    expect(requests.map(({ url }) => url)).toEqual([
      'https://api.test/a',
      'https://api.test/a?b=1&f=%26',
      'https://api.test/a?f=g',
    ])
    expect(requests.map(({ headers }) => headers.get('Content-Type'))).toEqual([
      'application/json',
      'application/x-www-form-urlencoded;charset=UTF-8',
      null,
    ])
    expect(requests.map(({ headers }) => headers.get('Accept'))).toEqual(Array(3).fill('application/json'))
    expect(requests[0]?.headers.get('X-Y')).toBe('z')
    expect(await Promise.all(requests.map(async (request) => request.text()))).toEqual(['{"b":1}', 'c=d+e', ''])
  })
})

describe('F4 an attempt ends after its time, body included', () => {
  const silent = async ({ signal }: RequestInit): Promise<Response> =>
    new Promise((_settle, refuse) => signal?.addEventListener('abort', () => refuse(signal.reason as Error)))
  it('at 8 s, not before; and no timer is left', async () => {
    const { endpoints, clock } = open(silent)
    const result = outcome(endpoints.refresh(undefined))
    await clock.advance(7_999)
    expect(clock.timers()).toBe(1)
    await clock.advance(1)
    expect(await result).toMatchObject({
      code: 'unreachable',
      retryable: true,
      message: 'The server did not answer in time.',
    })
    expect(clock.timers()).toBe(0)
  })
  it('an answer leaves no timer, and no listener on the caller’s signal', async () => {
    const { endpoints, clock } = open(() => json(body))
    const abort = new AbortController()
    const added: string[] = []
    const { signal } = abort
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    Object.assign(signal, {
      addEventListener: (type: string, listener: () => void) => (added.push(type), add(type, listener)),
      removeEventListener: (type: string, listener: () => void) => (added.pop(), remove(type, listener)),
    })
    await endpoints.refresh(undefined, { signal })
    expect([clock.timers(), added]).toEqual([0, []])
  })
  it('C9 a signal ends the attempt, before and during', async () => {
    const abort = new AbortController()
    const { endpoints, clock } = open(silent)
    const result = outcome(endpoints.refresh(undefined, { signal: abort.signal }))
    await settle()
    abort.abort()
    expect(await result).toMatchObject({ code: 'unreachable' })
    const { endpoints: later, sent } = open(({ signal }) =>
      signal?.aborted ? Promise.reject(new DOMException('x', 'AbortError')) : json(body),
    )
    expect(await outcome(later.refresh(undefined, { signal: abort.signal }))).toMatchObject({ code: 'unreachable' })
    expect([sent[0]?.[1].signal?.aborted, clock.timers()]).toEqual([true, 0])
  })
})

describe('F7 C33 Retry-After', () => {
  const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')
  it.each<[string | null, number | undefined]>([
    [null, undefined],
    ['', undefined],
    ['   ', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e11', undefined],
    ['5, 6', undefined],
    ['3;5', undefined],
    ['2026-10-21', undefined],
    ['NaN', undefined],
    ['GMT', undefined],
    ['soon GMT', undefined],
    ['0', 0],
    [' 7 ', 7_000],
    ['60', 60_000],
    ['61', 60_000],
    ['99999999999', 60_000],
    ['9'.repeat(400), 60_000],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
    ['Wed, 21 Oct 2099 07:28:00 GMT', 60_000],
  ])('%j: %s ms', (header, ms) => expect(parseRetryAfter(header, now)).toBe(ms))
  it('F6 goes with a 429 and a 503', async () => {
    for (const status of [429, 503])
      expect(
        await outcome(open(() => problem(status, 'x', { 'Retry-After': '7' })).endpoints.login(credentials)),
      ).toMatchObject({ retryAfter: 7_000 })
  })
  it.each(['soon', '0', '-5', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
    'F7 a refresh refused with %s is tried again by the own backoff: no storm, no sleep',
    async (header) => {
      const { auth, backend, clock } = openClient()
      await auth.login(credentials)
      backend.answer('/auth/refresh', () => problem(503, 'x', { 'Retry-After': header }))
      await expect(auth.refresh()).rejects.toMatchObject({ code: 'unreachable' })
      const { nextAttemptAt } = auth.$refresh.get()
      expect((nextAttemptAt ?? 0) - clock.now()).toBeGreaterThanOrEqual(1_000)
      expect((nextAttemptAt ?? Infinity) - clock.now()).toBeLessThanOrEqual(60_000)
      expect(backend.count('/auth/refresh')).toBe(1)
      auth.dispose()
    },
  )
  it('F7 one of 1e11 seconds is waited for a minute at most', async () => {
    const { auth, backend, clock } = openClient()
    await auth.login(credentials)
    backend.answer('/auth/refresh', () => problem(429, 'x', { 'Retry-After': '100000000000' }))
    await expect(auth.refresh()).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 60_000 })
    expect((auth.$refresh.get().nextAttemptAt ?? 0) - clock.now()).toBe(60_000)
    expect(auth.$session.get().status).toBe('authenticated')
    auth.dispose()
  })
})

describe('a real server that misbehaves', () => {
  const signedIn = async (): Promise<{ readonly server: ApiServer } & ReturnType<typeof openClient>> => {
    const server = await apiServer()
    server.answer = (_hit, response) => sendJson(response, 200, body)
    const opened = openClient(undefined, { baseURL: server.origin, fetch: globalThis.fetch })
    await opened.auth.login(credentials)
    return { ...opened, server }
  }
  it('F3 F5 a reply that breaks off mid-body commits nothing, and the second attempt succeeds', async () => {
    const { auth, server } = await signedIn()
    let count = 0
    server.answer = (_hit, response) => {
      if (++count > 1) {
        sendJson(response, 200, { ...body, gen: 2 })
        return
      }
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 })
      response.write(text.slice(0, 50), () => response.destroy())
    }
    expect((await auth.refresh()).status).toBe('authenticated')
    expect(server.hits.filter(({ url }) => url === '/auth/refresh').length).toBe(2)
    auth.dispose()
  })
  it('F3 replies that always break off are unreachable, and the session stays', async () => {
    const { auth, server } = await signedIn()
    server.answer = (_hit, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.write(text.slice(0, 50), () => response.destroy())
    }
    await expect(auth.refresh()).rejects.toMatchObject({ code: 'unreachable' })
    expect(auth.$session.get().status).toBe('authenticated')
    auth.dispose()
  })
  it('F4 a reply that drips for ever is given up after its attempts, and every caller hears of it', async () => {
    const { auth, server, clock } = await signedIn()
    server.answer = (_hit, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.write('{')
    }
    const callers = Promise.allSettled([auth.refresh(), auth.refresh()])
    const dripping = async (count: number): Promise<void> => {
      while (server.hits.length < count) await settle()
    }
    await dripping(2)
    await clock.advance(8_000)
    // The second attempt, or the end of the critical section, whichever the client comes to first.
    const ended = callers.then(() => true)
    for (let turn = 0; turn < 50 && !(await Promise.race([ended, settle().then(() => false)])); turn++)
      await clock.advance(1_000)
    for (const one of await callers) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'unreachable' } })
    expect(auth.$session.get().status).toBe('authenticated')
    auth.dispose()
  })
  it('F2 a name that nobody knows and a port that nobody listens on are unreachable', async () => {
    const server = await apiServer()
    for (const baseURL of ['https://nobody.invalid', server.origin.replace(/\d+$/, '2')]) {
      const { auth } = openClient(undefined, { baseURL, fetch: globalThis.fetch })
      await expect(auth.login(credentials)).rejects.toMatchObject({ code: 'unreachable', retryable: true })
      auth.dispose()
    }
  })
  it.each([301, 302, 303, 307, 308])(
    'F39 C4 a %d of an auth endpoint is not followed: no cookie, no password, no header arrives elsewhere',
    async (status) => {
      const { auth, server } = await signedIn()
      const third = await apiServer()
      server.answer = (_hit, response) =>
        void response.writeHead(status, { Location: `${third.origin}/auth/refresh` }).end()
      await expect(auth.refresh()).rejects.toMatchObject({ code: 'unreachable' })
      await expect(auth.login(credentials)).rejects.toMatchObject({ code: 'unreachable' })
      expect(third.hits).toEqual([])
      auth.dispose()
    },
  )
  it.each([301, 302, 303, 307, 308])(
    'F39 C4 W12 a %d of the API to another origin bears nothing, and its 401 is not ours',
    async (status) => {
      const { auth, server } = await signedIn()
      const third = await apiServer()
      third.answer = (_hit, response) =>
        sendJson(response, 401, {}, { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
      server.answer = (_hit, response) => void response.writeHead(status, { Location: `${third.origin}/stolen` }).end()
      const before = server.hits.length
      expect((await auth.fetch(`${server.origin}/projects`)).status).toBe(401)
      expect(server.hits.slice(before).map(({ headers }) => headers.authorization)).toEqual([
        `Bearer ${body.access_token}`,
      ])
      expect(third.hits.map(({ url }) => url)).toEqual(['/stolen'])
      expect(JSON.stringify(third.hits)).not.toMatch(/eyJ|latchkey|cookie/i)
      auth.dispose()
    },
  )
  it('a 401 behind a redirect within the origin is refreshed and replayed', async () => {
    const { auth, server } = await signedIn()
    let refused = false
    server.answer = ({ url }, response) => {
      if (url === '/projects') return void response.writeHead(307, { Location: '/projects/' }).end()
      if (url === '/auth/refresh')
        return sendJson(response, 200, { ...body, gen: 2, access_token: jwt({ sub: 'user-ada', gen: 2 }) })
      sendJson(response, refused ? 200 : 401, {})
      refused = true
    }
    expect((await auth.fetch(`${server.origin}/projects`)).status).toBe(200)
    expect(server.hits.map(({ url }) => url).slice(1)).toEqual([
      '/projects',
      '/projects/',
      '/auth/refresh',
      '/projects',
      '/projects/',
    ])
    auth.dispose()
  })
  it('a redirect within the origin keeps the token and the body', async () => {
    const { auth, server } = await signedIn()
    server.answer = ({ url }, response) =>
      url === '/projects' ? void response.writeHead(307, { Location: '/projects/' }).end() : sendJson(response, 200, {})
    await auth.fetch(`${server.origin}/projects`, { method: 'POST', body: 'x' })
    expect(server.hits.at(-1)).toMatchObject({
      url: '/projects/',
      body: 'x',
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    auth.dispose()
  })
})
