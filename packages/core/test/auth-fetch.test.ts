import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createAuthFetch, type AuthFetch } from '../src/auth-fetch.js'
import { createAuthClient, latchkey, type AuthEvent, type Profile } from '../src/index.js'
import { holdToken, type AccessToken } from '../src/token.js'
import type { Happening } from '../src/events.js'
import { json, problem } from './backend.js'
import { fakeBrowser } from './browser.js'
import { deferred } from './deferred.js'
import { fuzzRuns } from './fuzz.js'
import { settle } from './manual-clock.js'
import { credentials, openClient } from './open-client.js'

const api = 'https://api.test'
const tokenOf = (value: string | null): AccessToken => holdToken(value, { expiresIn: 600 }, { wall: 0, monotonic: 0 })
const challenged = (challenge: string): Response => json({}, 401, { 'WWW-Authenticate': challenge })

type Seen = {
  readonly url: string
  readonly headers: Headers
  readonly init: RequestInit
  readonly input: unknown
  readonly body: string
}
type Wiring = Parameters<typeof createAuthFetch>[2] & {
  readonly origins: readonly string[]
  readonly base: () => string | null
  readonly fetch: typeof globalThis.fetch
  readonly profile: Partial<Profile>
}

type Room = {
  readonly authFetch: AuthFetch
  readonly seen: Seen[]
  readonly steps: Omit<Extract<AuthEvent, { type: 'step-up-required' }>, 'at'>[]
  readonly again: string[]
  readonly replaced: AccessToken[]
  generation: number
  token: AccessToken | null
}

/** The room alone: a token `t1`, which a refresh replaces by `t2`, `t3` …; replies in order, then 200. */
function room(replies: readonly (Response | Error)[] = [], wiring: Partial<Wiring> = {}): Room {
  const left = [...replies]
  const next = (text: string): AccessToken => tokenOf(wiring.profile?.bearer === 'cookie' ? null : text)
  let count = 1
  const own: Room = {
    seen: [],
    steps: [],
    again: [],
    replaced: [],
    generation: 1,
    token: next('t1'),
    authFetch: (input, init) => authFetch(input, init),
  }
  const wired: Wiring = {
    origins: [api],
    base: () => 'https://app.test/page',
    profile: {},
    usable: () => own.token,
    obtain: () => Promise.resolve(own.token),
    replace(spent) {
      own.replaced.push(spent)
      own.token = next(`t${++count}`)
      return Promise.resolve(own.token)
    },
    doubt: ({ value }) => own.again.push(value ?? ''),
    async fetch(input, init = {}) {
      const request = input instanceof Request ? new Request(input, init) : null
      const url = request?.url ?? (input instanceof URL ? input.href : typeof input === 'string' ? input : input.url)
      const headers = request?.headers ?? new Headers(init.headers)
      const body = await (request ?? new Response(init.body ?? null)).text()
      own.seen.push({ url, headers, init, input, body })
      const reply = left.shift() ?? json({})
      if (reply instanceof Error) throw reply
      return reply
    },
    ...wiring,
  }
  const core = {
    profile: { ...latchkey(), ...wired.profile },
    fetch: wired.fetch,
    page: {
      ...fakeBrowser().openTab().page,
      get href() {
        return wired.base()
      },
    },
    get session() {
      return { status: 'pending', generation: own.generation } as const
    },
    emit: (event: Happening) => void (event.type === 'step-up-required' && own.steps.push(event)),
  }
  const authFetch = createAuthFetch(core, wired.origins, wired)
  return own
}

const bearers = ({ seen }: Room): readonly (string | null)[] => seen.map(({ headers }) => headers.get('Authorization'))

afterEach(() => vi.restoreAllMocks())

describe('the token goes to listed origins only', () => {
  it.each<[string, RequestInfo | URL]>([
    ['a text', `${api}/a`],
    ['a URL', new URL(`${api}/a`)],
    ['a Request', new Request(`${api}/a`)],
    ['upper case', 'HTTPS://API.TEST/a'],
    ['the default port', 'https://api.test:443/a'],
    ['userinfo', 'https://user:pass@api.test/a'],
    ['blanks around it', ' \n https://api.test/a \t'],
    ['backslashes', 'https:\\\\api.test\\a'],
    ['//host', '//api.test/a'],
    ['/\\host', '/\\api.test/a'],
    ['the origin alone', api],
  ])('C3 a listed origin as %s gets it', async (_name, input) => {
    const own = room()
    await own.authFetch(input)
    expect(bearers(own)).toEqual(['Bearer t1'])
    expect(new URL(own.seen[0]?.url ?? '').origin).toBe(api)
  })
  it.each<[string, RequestInfo | URL]>([
    ['an absolute URL', 'https://evil.test/a'],
    ['a URL', new URL('https://evil.test/a')],
    ['a Request', new Request('https://evil.test/a')],
    ['another port', 'https://api.test:8443/a'],
    ['plain http', 'http://api.test/a'],
    ['a longer host', 'https://api.test.evil.test/a'],
    ['a subdomain', 'https://x.api.test/a'],
    ['the parent domain', 'https://test/a'],
    ['a trailing dot', 'https://api.test./a'],
    ['the origin as userinfo', 'https://api.test@evil.test/a'],
    ['the origin as userinfo and password', 'https://api.test:443@evil.test/a'],
    ['the origin as a path', 'https://evil.test/https://api.test/'],
    ['//host', '//evil.test/a'],
    ['/\\host', '/\\evil.test/a'],
    ['a path of a page that is not listed', '/a'],
    ['a data URL', 'data:,https://api.test/'],
    ['no URL at all', 'https://'],
  ])('F38 C3 %s of a third party gets no bearer and no header of ours', async (_name, input) => {
    const own = room()
    await own.authFetch(input, { headers: { Accept: 'x' } })
    expect([...(own.seen[0]?.headers ?? [])]).toEqual([['accept', 'x']])
    expect(own.seen[0]?.init).toEqual({ headers: { Accept: 'x' } })
  })
  it.each(['http://api.test', 'http://10.0.0.1', 'http://localhost.evil.test'])(
    'C5 %s gets none, though it is listed',
    async (origin) => {
      const own = room([], { origins: [origin] })
      await own.authFetch(`${origin}/a`)
      expect(bearers(own)).toEqual([null])
    },
  )
  it.each(['http://localhost:3000', 'http://127.0.0.1:8787', 'http://[::1]:80'])(
    'C5 loopback %s gets it',
    async (origin) => {
      const own = room([], { origins: [origin] })
      await own.authFetch(`${origin}/a`)
      expect(bearers(own)).toEqual(['Bearer t1'])
    },
  )
  it('several listed origins get it, and no other', async () => {
    const own = room([], { origins: [api, 'https://files.test:444'] })
    for (const url of ['https://files.test:444/a', 'https://files.test/a', `${api}/a`]) await own.authFetch(url)
    expect(bearers(own)).toEqual(['Bearer t1', null, 'Bearer t1'])
  })
  it('a relative URL is judged against the page as it is at that moment', async () => {
    let page: string | null = `${api}/page`
    const own = room([], { base: () => page })
    await own.authFetch('/a')
    page = 'https://evil.test/base'
    await own.authFetch('/a')
    page = null
    await own.authFetch('/a')
    expect(bearers(own)).toEqual(['Bearer t1', null, null])
    expect(own.seen[0]?.url).toBe(`${api}/a`)
  })
  it('a <base> element counts, because fetch resolves against it', () => {
    vi.stubGlobal('document', { baseURI: 'https://evil.test/', addEventListener() {}, removeEventListener() {} })
    vi.stubGlobal('location', { href: `${api}/page`, origin: api })
    const auth = createAuthClient({ baseURL: '/api' })
    expect(auth.baseURL).toBe('https://evil.test/api/')
    auth.dispose()
    vi.unstubAllGlobals()
  })
  it('what was judged is what is sent: a URL changed while a token was obtained changes nothing', async () => {
    const own = room()
    const held = own.token
    own.token = null
    const obtained = deferred<AccessToken | null>()
    const waiting = room([], { usable: () => own.token, obtain: () => obtained.promise })
    const url = new URL(`${api}/a`)
    const sent = waiting.authFetch(url)
    url.href = 'https://evil.test/a'
    own.token = held
    obtained.resolve(held)
    await sent
    expect(waiting.seen.map(({ url }) => url)).toEqual([`${api}/a`])
  })
  it('a Request of another realm is judged by its URL, as fetch does', async () => {
    const own = room([], { base: () => `${api}/page` })
    const foreign = runInNewContext(`({ url: 'https://evil.test/a', headers: [], body: null })`) as Request
    await own.authFetch(foreign)
    expect(own.seen[0]?.init.headers).toBeUndefined()
    const ours = runInNewContext(`({ url: '${api}/a', headers: [['Accept', 'x']], body: null })`) as Request
    await own.authFetch(ours)
    expect([...new Headers(own.seen[1]?.init.headers)]).toEqual([
      ['accept', 'x'],
      ['authorization', 'Bearer t1'],
    ])
  })
})

describe('the fence, fuzzed', () => {
  const part = fc.constantFrom(
    'https:',
    'http:',
    'HTTPS:',
    'blob:',
    '//',
    '/',
    '\\',
    '\\\\',
    '@',
    ':',
    ':443',
    ':80',
    ':8443',
    'api.test',
    'API.TEST',
    'api.test.',
    'evil.test',
    'app.test',
    'user:pw',
    '?',
    '#',
    '.',
    '..',
    '%2e',
    '%2f',
    '\t',
    '\n',
    ' ',
    '\0',
    'ａpi.test',
    '\u3002',
    'xn--api',
    '[::1]',
    'a',
  )
  const text = fc.oneof(
    fc.string({ unit: part, maxLength: 8 }),
    fc.string({ unit: part, maxLength: 5 }).map((rest) => `https://${rest}`),
    fc.string({ unit: part, maxLength: 5 }).map((rest) => `${api}${rest}`),
    fc.webUrl(),
  )
  const inputOf = (url: string, kind: number): RequestInfo | URL => {
    if (kind === 1 && URL.canParse(url)) return new URL(url)
    try {
      return kind === 2 ? new Request(url) : url
    } catch {
      return url
    }
  }
  it('C3 F38 the bearer is seen by the listed origin only, judged by what fetch received', async () => {
    let borne = 0
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.nat(2),
        fc.constantFrom('https://app.test/page', `${api}/page`, null),
        async (url, kind, base) => {
          const own = room([], { base: () => base })
          const input = inputOf(url, kind)
          await own.authFetch(input).catch(() => null)
          const [sent] = own.seen
          const has = sent?.headers.get('Authorization') === 'Bearer t1'
          if (has) borne++
          // Fetch resolves what it receives against the page: that, and no reading of ours, is the judge.
          const received = URL.canParse(sent?.url ?? '', base ?? undefined)
            ? new URL(sent?.url ?? '', base ?? undefined)
            : null
          expect([received?.origin === api, url]).toEqual([has, url])
          if (received !== null && received.origin === api) return
          expect(sent?.input ?? input).toBe(input)
        },
      ),
      { numRuns: fuzzRuns },
    )
    expect(borne).toBeGreaterThan(fuzzRuns / 50)
  })
})

describe('what the caller set is kept', () => {
  it.each<[string, RequestInfo, RequestInit | undefined]>([
    ['a record', `${api}/a`, { headers: { authorization: 'Basic x' } }],
    ['Headers', `${api}/a`, { headers: new Headers({ Authorization: 'Basic x' }) }],
    ['pairs', `${api}/a`, { headers: [['AUTHORIZATION', 'Basic x']] }],
    ['a Request', new Request(`${api}/a`, { headers: { Authorization: 'Basic x' } }), undefined],
  ])('an Authorization in %s wins, and its 401 is the caller’s', async (_name, input, init) => {
    const own = room([problem(401, 'x')])
    expect((await own.authFetch(input, init)).status).toBe(401)
    expect(bearers(own)).toEqual(['Basic x'])
    expect(own.replaced).toEqual([])
  })
  it.each<[string, HeadersInit]>([
    ['a record', { Accept: 'x', 'X-Y': 'z' }],
    ['Headers', new Headers({ Accept: 'x', 'X-Y': 'z' })],
    [
      'pairs',
      [
        ['Accept', 'x'],
        ['X-Y', 'z'],
      ],
    ],
    [
      'a Map, as Headers of another realm look',
      new Map([
        ['Accept', 'x'],
        ['X-Y', 'z'],
      ]) as unknown as Headers,
    ],
  ])('other headers in %s go along, and are not written to', async (_name, headers) => {
    const own = room()
    await own.authFetch(`${api}/a`, { headers })
    await own.authFetch(new Request(`${api}/a`, { headers: { 'X-Gone': '1' } }), { headers })
    for (const { headers: sent } of own.seen)
      expect([...sent]).toEqual([
        ['accept', 'x'],
        ['authorization', 'Bearer t1'],
        ['x-y', 'z'],
      ])
    expect(JSON.stringify([...new Headers(headers)])).not.toContain('t1')
  })
  it('a Request’s own headers go along', async () => {
    const own = room()
    await own.authFetch(new Request(`${api}/a`, { headers: { Accept: 'x' } }))
    expect(own.seen[0]?.headers.get('Accept')).toBe('x')
  })
  it('auth: false sends no token and leaves the 401 alone; neither option reaches fetch', async () => {
    const own = room([problem(401, 'x'), problem(401, 'x')])
    expect((await own.authFetch(`${api}/a`, { auth: false, method: 'PUT' })).status).toBe(401)
    expect(own.seen[0]?.init).toEqual({ method: 'PUT' })
    expect((await own.authFetch(`${api}/a`, { replay: false, method: 'PUT' })).status).toBe(401)
    expect(own.seen[1]?.init).toEqual({ method: 'PUT', headers: { Authorization: 'Bearer t1' } })
    expect(own.replaced).toEqual([])
  })
  it('nobody signed in: the request goes without a token, and its 401 is the answer', async () => {
    const own = room([problem(401, 'x')])
    own.token = null
    expect((await own.authFetch(`${api}/a`)).status).toBe(401)
    expect(bearers(own)).toEqual([null])
    expect(own.replaced).toEqual([])
  })
})

describe('C34 credentials', () => {
  it('a header profile adds none, and keeps the caller’s', async () => {
    const own = room()
    await own.authFetch(`${api}/a`)
    await own.authFetch(`${api}/a`, { credentials: 'omit' })
    expect(own.seen.map(({ init }) => init.credentials)).toEqual([undefined, 'omit'])
  })
  it('a cookie profile includes them for listed origins only, and sends no header', async () => {
    const own = room([problem(401, 'x')], { profile: { bearer: 'cookie' } })
    await own.authFetch(`${api}/a`, { credentials: 'omit' })
    await own.authFetch('https://evil.test/a')
    expect(own.seen.map(({ init }) => init.credentials)).toEqual(['include', 'include', undefined])
    expect(bearers(own)).toEqual([null, null, null])
  })
})

describe('C13 C15 what a refusal is followed by', () => {
  it.each<[string, string | null]>([
    ['F61 no challenge (not exposed by CORS)', null],
    ['Bearer alone', 'Bearer realm="api"'],
    ['invalid_token', 'Bearer error="invalid_token"'],
    ['F61 Bearer among others', 'Basic realm="x", Bearer error="invalid_token", DPoP algs="ES256"'],
    ['another scheme only', 'DPoP error="use_dpop_nonce"'],
    ['an error of the backend’s own', 'Bearer error="token_expired"'],
    ['another scheme’s insufficient_scope', 'Bearer realm="x", Custom error="insufficient_scope"'],
    ['a challenge that does not parse', '"""'],
  ])('%s: one refresh and one replay', async (_name, challenge) => {
    const own = room([challenge === null ? problem(401, 'x') : challenged(challenge)])
    expect((await own.authFetch(`${api}/a`)).status).toBe(200)
    expect(bearers(own)).toEqual(['Bearer t1', 'Bearer t2'])
    expect(own.replaced.map(({ value }) => value)).toEqual(['t1'])
  })
  it('insufficient_scope is the answer', async () => {
    const own = room([challenged('Bearer error="insufficient_scope"')])
    expect((await own.authFetch(`${api}/a`)).status).toBe(401)
    expect([own.seen.length, own.replaced.length, own.steps.length]).toEqual([1, 0, 0])
  })
  it.each([
    'Bearer error="insufficient_user_authentication", acr_values="a b", max_age="300"',
    'DPoP error="insufficient_user_authentication", acr_values="a b", max_age=300, algs="ES256"',
    'DPoP algs="x", Bearer realm="y", Bearer Error="insufficient_user_authentication", acr_values="a b", max_age=300',
  ])('F60 %s is a step-up, and no refresh', async (challenge) => {
    const own = room([challenged(challenge)])
    expect((await own.authFetch(`${api}/a`)).status).toBe(401)
    expect([own.seen.length, own.replaced.length]).toEqual([1, 0])
    expect(own.steps).toMatchObject([{ acrValues: 'a b', maxAge: 300 }])
  })
  it('F60 the request can be resumed once the person has proven more', async () => {
    const own = room([challenged('Bearer error="insufficient_user_authentication"')])
    const request = (): Promise<Response> => own.authFetch(`${api}/a`, { method: 'POST', body: 'x' })
    expect((await request()).status).toBe(401)
    own.token = tokenOf('stronger')
    expect((await request()).status).toBe(200)
    expect(own.seen.map(({ body }) => body)).toEqual(['x', 'x'])
  })
  it('F60 a replay that asks for a step-up says so, and does not doubt the new token', async () => {
    const own = room([problem(401, 'x'), challenged('Bearer error="insufficient_user_authentication"')])
    expect((await own.authFetch(`${api}/a`)).status).toBe(401)
    expect([own.steps.length, own.again]).toEqual([1, []])
  })
  it('F57 a replay that is refused too is the answer: two sends, one refresh', async () => {
    const own = room([problem(401, 'x'), problem(401, 'y'), json({})])
    const response = await own.authFetch(`${api}/a`)
    expect([response.status, await response.json()]).toEqual([401, { title: 'y', status: 401, code: 'y' }])
    expect([own.seen.length, own.replaced.length, own.again]).toEqual([2, 1, ['t2']])
  })
  it.each([400, 403, 404, 407, 409, 419, 429, 500, 503])('F59 a %d never refreshes', async (status) => {
    const own = room([json({}, status, { 'WWW-Authenticate': 'Bearer error="invalid_token"' })])
    expect((await own.authFetch(`${api}/a`)).status).toBe(status)
    expect([own.seen.length, own.replaced.length]).toEqual([1, 0])
  })
  it('F59 a 403 refreshes where the profile says that its backend means expiry by it', async () => {
    const own = room([json({}, 403), json({}, 403)], { profile: { isExpiry: ({ status }) => status === 403 } })
    expect((await own.authFetch(`${api}/a`)).status).toBe(403)
    expect([bearers(own), own.again]).toEqual([['Bearer t1', 'Bearer t2'], ['t2']])
  })
  it('a refresh that is refused returns the 401 with its body', async () => {
    const own = room([problem(401, 'x')], {
      replace: () => Promise.resolve(null),
      usable: () => tokenOf('t1'),
    })
    const response = await own.authFetch(`${api}/a`)
    expect(await response.json()).toMatchObject({ code: 'x' })
  })
})

describe('W1 a replay is bound to the principal', () => {
  const switching = (before: boolean, signedIn: boolean): Room => {
    const own: Room = room([problem(401, 'x')], {
      replace(spent) {
        own.replaced.push(spent)
        if (!before) own.generation++
        own.token = signedIn ? tokenOf('other') : null
        return Promise.resolve(own.token)
      },
      fetch(_input, init) {
        own.seen.push({ url: '', headers: new Headers(init?.headers), init: {}, input: '', body: '' })
        if (before) {
          own.generation++
          own.token = signedIn ? tokenOf('other') : null
        }
        return Promise.resolve(problem(401, 'x'))
      },
    })
    return own
  }
  it.each([true, false])(
    'an account switch (before the 401: %s) is account_changed, and nothing is sent as the other',
    async (before) => {
      const own = switching(before, true)
      await expect(own.authFetch(`${api}/a`)).rejects.toMatchObject({ code: 'account_changed' })
      expect([bearers(own), own.replaced.length]).toEqual([['Bearer t1'], before ? 0 : 1])
    },
  )
  it.each([true, false])('a logout (before the 401: %s) leaves the 401', async (before) => {
    const own = switching(before, false)
    expect((await own.authFetch(`${api}/a`)).status).toBe(401)
    expect(bearers(own)).toEqual(['Bearer t1'])
  })
  it('a logout just after the token was obtained wins: it is not sent', async () => {
    const held = tokenOf('t1')
    const own: Room = room([], {
      obtain() {
        const { generation } = own
        queueMicrotask(() => (own.token = null))
        return Promise.resolve(generation === 1 && own.generation++ === 1 ? held : null)
      },
    })
    own.token = null
    await own.authFetch(`${api}/a`)
    expect(bearers(own)).toEqual([null])
  })
})

describe('C14 W11 bodies', () => {
  const form = new FormData()
  form.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt')
  const bodies: readonly [string, BodyInit, RegExp][] = [
    ['a text', '{"a":1}', /^\{"a":1\}$/],
    ['URLSearchParams', new URLSearchParams({ a: '1' }), /^a=1$/],
    ['a Blob', new Blob(['content']), /^content$/],
    ['bytes', new TextEncoder().encode('content'), /^content$/],
    ['FormData', form, /filename="a\.txt"[\s\S]*content/],
  ]
  it.each(bodies)('%s is replayed whole', async (_name, body, expected) => {
    const own = room([problem(401, 'x')])
    expect((await own.authFetch(`${api}/a`, { method: 'POST', body })).status).toBe(200)
    expect(own.seen.map((one) => expected.test(one.body))).toEqual([true, true])
  })
  it.each(bodies)('a Request of %s is replayed whole', async (_name, body, expected) => {
    const own = room([problem(401, 'x')])
    const request = new Request(`${api}/a`, { method: 'POST', body })
    expect((await own.authFetch(request)).status).toBe(200)
    expect(own.seen.map((one) => expected.test(one.body))).toEqual([true, true])
    expect(bearers(own)).toEqual(['Bearer t1', 'Bearer t2'])
  })
  const stream = (): ReadableStream => new Blob(['content']).stream()
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('content')
    await Promise.resolve()
  }
  it.each<[string, () => BodyInit]>([
    ['a stream', stream],
    ['an async iterable', () => chunks() as unknown as BodyInit],
  ])('F56 %s is sent once: a 401 is not_replayable, and a 200 is a 200', async (_name, body) => {
    const own = room([problem(401, 'x')])
    const send = (): Promise<Response> =>
      own.authFetch(`${api}/a`, { method: 'POST', body: body(), duplex: 'half' } as RequestInit)
    await expect(send()).rejects.toMatchObject({ code: 'not_replayable', retryable: false })
    expect(own.seen.map((one) => one.body)).toEqual(['content'])
    expect(own.replaced.length).toBe(1)
    expect((await send()).status).toBe(200)
  })
  it('a Request without a body is not copied', async () => {
    const clone = vi.spyOn(Request.prototype, 'clone')
    const own = room([problem(401, 'x')])
    await own.authFetch(new Request(`${api}/a`))
    await own.authFetch(new Request(`${api}/a`, { method: 'POST', body: 'x' }), { replay: false })
    await own.authFetch(new Request(`${api}/a`, { method: 'POST', body: 'x' }), { auth: false })
    expect(clone).not.toHaveBeenCalled()
    expect(bearers(own)).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t2', null])
  })
  it('a Request that was read already is refused by the platform, not sent empty', async () => {
    const own = room()
    const request = new Request(`${api}/a`, { method: 'POST', body: 'x' })
    await request.text()
    await expect(own.authFetch(request)).rejects.toThrow(TypeError)
    expect(own.seen).toEqual([])
  })
})

describe('what nobody reads is cancelled', () => {
  const cancelled = (): { readonly response: Response; readonly cancel: ReturnType<typeof vi.fn> } => {
    const cancel = vi.fn<() => void>()
    return { cancel, response: new Response(new ReadableStream({ cancel }), { status: 401 }) }
  }
  const clones = (): Request[] => {
    const made: Request[] = []
    const clone: unknown = Reflect.get(Request.prototype, 'clone')
    vi.spyOn(Request.prototype, 'clone').mockImplementation(function (this: Request) {
      const copy = Reflect.apply(clone as (this: Request) => Request, this, [])
      if (copy.body !== null) vi.spyOn(copy.body, 'cancel')
      made.push(copy)
      return copy
    })
    return made
  }
  const upload = (): Request => new Request(`${api}/a`, { method: 'POST', body: 'x' })
  const cancels = (made: readonly Request[]): readonly number[] =>
    made.map(({ body }) => (body === null ? -1 : vi.mocked(body).cancel.mock.calls.length))

  it('the 401 that a replay replaces', async () => {
    const { response, cancel } = cancelled()
    await room([response]).authFetch(`${api}/a`)
    expect(cancel).toHaveBeenCalledTimes(1)
  })
  it.each<[string, Response | Error]>([
    ['after an answer', json({})],
    ['after a 403', json({}, 403)],
    ['after a network error', new TypeError('fetch failed')],
  ])('the copy of a Request %s', async (_name, reply) => {
    const made = clones()
    await room([reply])
      .authFetch(upload())
      .catch(() => null)
    expect(cancels(made)).toEqual([1])
  })
  it('the copy, and not the answer, where the refresh is refused', async () => {
    const made = clones()
    const { response, cancel } = cancelled()
    await room([response], { replace: () => Promise.resolve(null), usable: () => tokenOf('t1') }).authFetch(upload())
    expect(cancels(made)).toEqual([1])
    expect(cancel).not.toHaveBeenCalled()
  })
  it('the copy and the 401, where the refresh fails', async () => {
    const made = clones()
    const { response, cancel } = cancelled()
    const own = room([response], { replace: () => Promise.reject(new Error('unreachable')) })
    await expect(own.authFetch(upload())).rejects.toThrow('unreachable')
    expect(cancels(made)).toEqual([1])
    expect(cancel).toHaveBeenCalledTimes(1)
  })
  it('the 401, where the body cannot be sent again', async () => {
    const { response, cancel } = cancelled()
    const body = new Blob(['x']).stream()
    await expect(
      room([response]).authFetch(`${api}/a`, { method: 'POST', body, duplex: 'half' } as RequestInit),
    ).rejects.toMatchObject({ code: 'not_replayable' })
    expect(cancel).toHaveBeenCalledTimes(1)
  })
  it('a replayed copy is read, not cancelled', async () => {
    const made = clones()
    const own = room([problem(401, 'x')])
    await own.authFetch(upload())
    expect(cancels(made)).toEqual([0])
  })
})

describe('F54 C9 W7 a caller’s abort is that caller’s alone', () => {
  const calls = (count: number, auth: { readonly fetch: AuthFetch }, signal: AbortSignal): Promise<Response>[] =>
    Array.from({ length: count }, (_, turn) => auth.fetch(`${api}/projects`, turn === 3 ? { signal } : {}))

  it.each(['before the request', 'after a 401'])(
    'of ten callers who wait for a refresh %s, one gives up and nine succeed',
    async (when) => {
      const { auth, backend, clock } = openClient()
      await auth.login(credentials)
      const granted = deferred<void>()
      const own = backend.fetch
      backend.answer('/auth/refresh', async () => {
        await granted.promise
        backend.answer('/auth/refresh', null)
        return own(`${api}/auth/refresh`, { method: 'POST' })
      })
      if (when === 'after a 401') backend.expire()
      else clock.sleep(3_600_000)
      const reason = new Error('gone')
      const abort = new AbortController()
      const all = Promise.allSettled(calls(10, auth, abort.signal))
      await settle()
      abort.abort(reason)
      await settle()
      granted.resolve()
      const settled = await all
      expect(settled.map((one) => (one.status === 'fulfilled' ? one.value.status : one.reason))).toEqual(
        Array.from({ length: 10 }, (_, turn) => (turn === 3 ? reason : 200)),
      )
      // The backend's own answer is the second of the two that it counts.
      expect(backend.count('/auth/refresh')).toBe(2)
      auth.dispose()
    },
  )
  it('F54 a token that was refused is not sent by others because one of those who wait gave up', async () => {
    const { auth, backend } = openClient()
    await auth.login(credentials)
    backend.expire()
    const granted = deferred<Response>()
    backend.answer('/auth/refresh', () => granted.promise)
    const abort = new AbortController()
    const given = auth.fetch(`${api}/projects`, { signal: abort.signal })
    const refused = Promise.allSettled([given])
    await settle()
    abort.abort()
    expect((await refused).map(({ status }) => status)).toEqual(['rejected'])
    const late = auth.fetch(`${api}/projects`)
    await settle()
    expect(backend.count('/projects')).toBe(1)
    granted.resolve(problem(401, 'no_session'))
    await expect(late).rejects.toMatchObject({ code: 'session_ended' })
    auth.dispose()
  })
  it('a caller that had given up already asks for nothing', async () => {
    const { auth, backend, clock } = openClient()
    await auth.login(credentials)
    clock.sleep(3_600_000)
    const request = new Request(`${api}/projects`, { signal: AbortSignal.abort(new Error('gone')) })
    await expect(auth.fetch(request)).rejects.toThrow('gone')
    expect(backend.count('/projects')).toBe(0)
    auth.dispose()
  })
})

describe('a client', () => {
  it('F57 F21 an API that always answers 401 costs two sends and one refresh, and then nothing for a while', async () => {
    const { auth, backend, clock } = openClient()
    await auth.login(credentials)
    backend.answer('/projects', () => challenged('Bearer error="invalid_token"'))
    for (let turn = 0; turn < 20; turn++) expect((await auth.fetch(`${api}/projects`)).status).toBe(401)
    expect([backend.count('/projects'), backend.count('/auth/refresh')]).toEqual([21, 1])
    await clock.advance(30_000)
    expect((await auth.fetch(`${api}/projects`)).status).toBe(401)
    expect(backend.count('/auth/refresh')).toBe(2)
    expect(auth.$session.get().status).toBe('authenticated')
    auth.dispose()
  })
  it('F60 W8 tells of a step-up with acr_values and max_age in seconds', async () => {
    const { auth, backend, events } = openClient()
    await auth.login(credentials)
    backend.answer('/projects', () =>
      challenged('Bearer error="insufficient_user_authentication", acr_values="phr", max_age=300'),
    )
    await auth.fetch(`${api}/projects`)
    backend.answer('/projects', () => challenged('Bearer error="insufficient_user_authentication", max_age="soon"'))
    await auth.fetch(`${api}/projects`)
    expect(events.filter(({ type }) => type === 'step-up-required')).toMatchObject([
      { acrValues: 'phr', maxAge: 300 },
      { acrValues: null, maxAge: null },
    ])
    expect(backend.count('/auth/refresh')).toBe(0)
    auth.dispose()
  })
  it('W12 lists baseURL’s origin by itself, and no other', async () => {
    const { auth, backend } = openClient()
    await auth.login(credentials)
    for (const url of [`${api}/a`, 'https://evil.test/a', 'https://app.test/a']) await auth.fetch(url)
    expect(backend.sent.slice(1).map(({ authorization }) => authorization !== null)).toEqual([true, false, false])
    auth.dispose()
  })
  it.each(['not a URL', '', 'data:,x', 'file:///x', 'app://x'])(
    'an origin that is none, %j, is misconfigured',
    (origin) => {
      expect(() => openClient(undefined, { origins: [origin] })).toThrow(
        expect.objectContaining({ code: 'misconfigured' }),
      )
    },
  )
  it('F32 F62 C34 an API that CORS refuses is the platform’s TypeError, and the session stays', async () => {
    const { auth, backend } = openClient()
    await auth.login(credentials)
    backend.answer('/projects', () => Promise.reject(new TypeError('Failed to fetch')))
    await expect(auth.fetch(`${api}/projects`)).rejects.toThrow(TypeError)
    expect(auth.$session.get().status).toBe('authenticated')
    auth.dispose()
  })
})
