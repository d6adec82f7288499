import { HTTPError, type Options } from 'ky'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createHttp } from '../src/http.js'
import type { AuthFetch } from '../src/index.js'
import { json, problem } from './backend.js'
import { settle } from './manual-clock.js'
import { credentials, openClient, type Opened } from './open-client.js'

const opened: Opened[] = []
const signIn = async (): Promise<Opened> => {
  const own = openClient()
  opened.push(own)
  await own.auth.login(credentials)
  return own
}
afterEach(() => opened.splice(0).forEach(({ auth }) => auth.dispose()))

/** Nobody waits between ky's own tries. */
const atOnce: Options = { retry: { delay: () => 0 } }

describe('ky on auth.fetch', () => {
  it('is prefixed with baseURL and bears the token', async () => {
    const { auth, backend } = await signIn()
    expect(await createHttp(auth).get('projects').json()).toEqual({ path: '/projects', body: '' })
    expect(backend.sent.at(-1)?.authorization).toBe(`Bearer ${backend.token()}`)
  })
  it('keeps the user’s options: headers, hooks, a prefix of their own', async () => {
    const { auth, backend } = await signIn()
    const seen: string[] = []
    const http = createHttp(auth, {
      prefix: 'https://api.test/v2',
      headers: { 'X-Y': 'z' },
      hooks: {
        beforeRequest: [({ request }) => void seen.push(request.headers.get('X-Y') ?? '')],
        init: [() => void seen.push('init')],
      },
    })
    await http.get('projects')
    expect(backend.sent.at(-1)?.path).toBe('/v2/projects')
    expect(seen).toEqual(['init', 'z'])
  })
  it('a fetch among the user’s options does not take auth.fetch’s place', async () => {
    const { auth, backend } = await signIn()
    const fetch = vi.fn<typeof globalThis.fetch>()
    await createHttp(auth, { fetch }).get('projects')
    expect([fetch.mock.calls.length, backend.count('/projects')]).toEqual([0, 1])
  })
  it('F38 a prefix that leaves the listed origins bears nothing', async () => {
    const { auth, backend } = await signIn()
    await createHttp(auth, { prefix: 'https://evil.test' }).get('projects', { throwHttpErrors: false })
    await createHttp(auth).get(new URL('https://evil.test/projects'), { throwHttpErrors: false })
    await createHttp(auth).get(new Request('https://evil.test/projects'), { throwHttpErrors: false })
    expect(backend.sent.slice(-3).map(({ authorization }) => authorization)).toEqual([null, null, null])
  })
  it('auth: false and replay: false of one call reach auth.fetch', async () => {
    const { auth, backend } = await signIn()
    const http = createHttp(auth, { throwHttpErrors: false })
    await http.get('projects', { auth: false } as Options)
    expect(backend.sent.at(-1)?.authorization).toBeNull()
    backend.expire()
    expect((await http.get('projects', { replay: false } as Options)).status).toBe(401)
    expect(backend.count('/auth/refresh')).toBe(0)
  })
})

describe('the replay is not ky’s', () => {
  it.each<[string, Options['retry']]>([
    ['0', 0],
    ['{ limit: 0 }', { limit: 0 }],
    ['{ methods: [] }', { methods: [] }],
    ['{ statusCodes: [] }', { statusCodes: [] }],
    ['a shouldRetry that never retries', { shouldRetry: () => false }],
    ['2', 2],
  ])('C13 retry of %s does not switch it off, for GET and POST', async (_name, retry) => {
    for (const method of ['get', 'post'] as const) {
      const { auth, backend } = await signIn()
      backend.expire()
      const http = createHttp(auth, retry === undefined ? {} : { retry })
      expect((await http[method]('projects')).status).toBe(200)
      backend.expire()
      expect((await createHttp(auth)[method]('projects', retry === undefined ? {} : { retry })).status).toBe(200)
      expect([backend.count('/projects'), backend.count('/auth/refresh')]).toEqual([4, 2])
    }
  })
  it('F57 an API that always answers 401 is an HTTPError of 401, after two sends', async () => {
    const { auth, backend } = await signIn()
    backend.answer('/projects', () => problem(401, 'invalid_token'))
    const error: unknown = await createHttp(auth, { retry: 0 })
      .get('projects')
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HTTPError)
    expect((error as HTTPError).response.status).toBe(401)
    expect([backend.count('/projects'), backend.count('/auth/refresh')]).toEqual([2, 1])
  })
  it('C13 even retry.statusCodes of 401 costs no second refresh', async () => {
    const { auth, backend } = await signIn()
    backend.answer('/projects', () => problem(401, 'invalid_token'))
    const http = createHttp(auth, { retry: { limit: 3, statusCodes: [401], delay: () => 0 } })
    await expect(http.get('projects')).rejects.toBeInstanceOf(HTTPError)
    expect(backend.count('/auth/refresh')).toBe(1)
  })
  it('503, 503, 401: ky’s budget is spent, and the 401 is replayed all the same', async () => {
    const { auth, backend } = await signIn()
    let count = 0
    backend.answer('/projects', () => {
      if (++count === 2) backend.answer('/projects', null)
      return problem(503, 'x')
    })
    backend.expire()
    expect((await createHttp(auth, atOnce).get('projects')).status).toBe(200)
    expect([backend.count('/projects'), backend.count('/auth/refresh')]).toEqual([4, 1])
  })
  it('a 503 is tried again with the token that is held by then, not with the old one', async () => {
    const { auth, backend } = await signIn()
    const old = backend.token()
    backend.answer('/projects', async () => {
      backend.answer('/projects', null)
      await auth.refresh()
      return problem(503, 'x')
    })
    expect((await createHttp(auth, atOnce).get('projects')).status).toBe(200)
    const sent = backend.sent.filter(({ path }) => path === '/projects').map(({ authorization }) => authorization)
    expect(sent).toEqual([`Bearer ${old}`, `Bearer ${backend.token()}`])
    expect(backend.token()).not.toBe(old)
  })
  it.each<[string, Options, RegExp]>([
    ['JSON', { json: { a: 1 } }, /^\{"a":1\}$/],
    ['FormData', { body: Object.assign(new FormData(), {}) }, /^--.*--\s*$/s],
    ['a text', { body: 'content' }, /^content$/],
    ['URLSearchParams', { body: new URLSearchParams({ a: '1' }) }, /^a=1$/],
  ])('C14 %s is replayed whole', async (_name, options, expected) => {
    for (const retry of [0, 2]) {
      const { auth, backend } = await signIn()
      backend.expire()
      await createHttp(auth, { retry }).post('projects', options)
      const bodies = backend.sent.filter(({ path }) => path === '/projects').map(({ body }) => body)
      expect(bodies.map((body) => expected.test(body))).toEqual([true, true])
    }
  })
  it('C14 a Request of its own is replayed whole', async () => {
    const { auth, backend } = await signIn()
    backend.expire()
    await createHttp(auth)(new Request('https://api.test/projects', { method: 'PUT', body: 'content' }))
    expect(backend.sent.filter(({ path }) => path === '/projects').map(({ body }) => body)).toEqual([
      'content',
      'content',
    ])
  })
  it('F56 a stream that went into a Request is copied on the way, and replayed whole; replay: false sends it once', async () => {
    const { auth, backend } = await signIn()
    const upload = (options: object): Promise<Response> =>
      createHttp(auth, { retry: 0, throwHttpErrors: false }).post('projects', {
        body: new Blob(['content']).stream(),
        ...options,
      })
    backend.expire()
    expect((await upload({})).status).toBe(200)
    backend.expire()
    expect((await upload({ replay: false })).status).toBe(401)
    expect(backend.sent.filter(({ path }) => path === '/projects').map(({ body }) => body)).toEqual([
      'content',
      'content',
      'content',
    ])
  })
  it('F54 a caller’s abort during the refresh rejects at once, and the refresh goes on', async () => {
    const { auth, backend } = await signIn()
    backend.expire()
    let grant: () => void = () => {}
    const granted = new Promise<void>((resolve) => (grant = resolve))
    const own = backend.fetch
    backend.answer('/auth/refresh', async () => {
      await granted
      backend.answer('/auth/refresh', null)
      return own('https://api.test/auth/refresh', { method: 'POST' })
    })
    const abort = new AbortController()
    const http = createHttp(auth)
    const [gone, stays] = [http.get('projects', { signal: abort.signal }), http.get('projects')]
    await settle()
    abort.abort()
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' })
    grant()
    expect((await stays).status).toBe(200)
  })
  it('what auth.fetch throws comes through as it is, and is not tried again', async () => {
    const { auth, backend } = await signIn()
    backend.expire()
    backend.answer('/auth/refresh', () => problem(503, 'x'))
    await expect(createHttp(auth, atOnce).get('projects')).rejects.toMatchObject({
      name: 'AuthError',
      code: 'unreachable',
    })
    expect([backend.count('/projects'), backend.count('/auth/refresh')]).toEqual([1, 1])
  })
})

describe('F7 C33 ky waits for a Retry-After of at most a minute', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('Wed, 21 Oct 2026 07:28:00 GMT') }))
  afterEach(() => void vi.useRealTimers())

  const headers = [
    '99999999999',
    '3600',
    '61',
    'Wed, 21 Oct 2099 07:28:00 GMT',
    'soon',
    '-5',
    '1e11',
    '0',
    '',
    'Wed, 21 Oct 2015 07:28:00 GMT',
  ]
  /** Milliseconds until ky tried again. */
  async function waited(header: string, create: Options, call: Options): Promise<number> {
    const at: number[] = []
    const fetch: AuthFetch = () => {
      at.push(Date.now())
      return Promise.resolve(at.length === 1 ? json({}, 503, { 'Retry-After': header }) : json({}))
    }
    const done = createHttp({ baseURL: 'https://api.test', fetch }, { timeout: false, ...create }).get('a', call)
    await vi.advanceTimersByTimeAsync(120_000)
    expect((await done).status).toBe(200)
    return (at[1] ?? Infinity) - (at[0] ?? 0)
  }
  it.each(headers)('%j', async (header) => {
    expect(await waited(header, {}, {})).toBeLessThanOrEqual(60_000)
  })
  it.each<[string, Options, Options]>([
    ['an instance’s number', { retry: 1 }, {}],
    ['an instance’s object', { retry: { limit: 1 } }, {}],
    ['an undefined bound', { retry: { limit: 1, maxRetryAfter: undefined } } as unknown as Options, {}],
    ['one call’s number', {}, { retry: 1 }],
    ['one call’s number over an object', { retry: { limit: 1 } }, { retry: 3 }],
    ['one call’s object', { retry: 3 }, { retry: { limit: 1 } }],
  ])('whatever the user’s retry says: %s', async (_name, create, call) => {
    expect(await waited('3600', create, call)).toBe(60_000)
  })
  it('but where the user sets another bound, that', async () => {
    expect(await waited('3600', { retry: { maxRetryAfter: 5_000 } }, {})).toBe(5_000)
    expect(await waited('3600', {}, { retry: { maxRetryAfter: 90_000 } })).toBe(90_000)
  })
  it('a limit that the user sets is kept', async () => {
    const counted = vi.fn<AuthFetch>(() => Promise.resolve(json({}, 503)))
    const done = createHttp({ baseURL: 'https://api.test', fetch: counted }, { retry: 4 })
      .get('a')
      .catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(await done).toBeInstanceOf(HTTPError)
    expect(counted).toHaveBeenCalledTimes(5)
  })
})
