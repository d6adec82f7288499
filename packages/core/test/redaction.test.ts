// C27: a canary for every secret, looked for in everything that a person or a log can come to see.
import { inspect } from 'node:util'
import { create } from 'axios'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAccount } from '../src/account.js'
import { attachToAxios } from '../src/axios.js'
import { createHttp } from '../src/http.js'
import { latchkey, type AuthClient } from '../src/index.js'
import { json, jwt, problem, userOf } from './backend.js'
import { credentials, openClient, world, type Opened } from './open-client.js'

const access = jwt({ sub: 'user-ada', sid: 's', canary: 'canary-access' })
const secrets = [
  access,
  access.split('.')[1] ?? '',
  'canary-access',
  'canary-refresh',
  'canary-password',
  'canary-code',
]
const api = 'https://api.test/projects'

/** Everything that can be read off a value: its texts, and those of what it holds, hidden properties and getters included. */
function walk(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' && typeof value !== 'function') return ''
  if (value === null || seen.has(value) || seen.size > 20_000) return ''
  seen.add(value)
  const entries = value instanceof Headers || value instanceof Map || value instanceof Set ? [...value] : []
  const own = Reflect.ownKeys(value).map((key): unknown => {
    try {
      return Reflect.get(value, key)
    } catch {
      return null
    }
  })
  return [...entries, ...own].map((part) => walk(part, seen)).join('\n')
}

const seenBy = (value: unknown): string =>
  [
    walk(value),
    inspect(value, { depth: 12, showHidden: true, getters: true }),
    JSON.stringify(value, (_key, part: unknown) => (part === auth ? null : part)) ?? '',
  ].join('\n')
const leaks = (value: unknown): readonly string[] => {
  const text = seenBy(value)
  return secrets.filter((secret) => text.includes(secret))
}
let auth: AuthClient | null = null
const said: unknown[] = []

beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => void said.push(words))
})
afterEach(() => {
  vi.restoreAllMocks()
  said.length = 0
  auth?.dispose()
})

function open(urls: string[] = []): Opened {
  const w = world()
  const grant = (): Response =>
    json({
      access_token: access,
      refresh_token: 'canary-refresh',
      expires_in: 600,
      user: userOf('ada'),
      sid: 's',
      gen: 1,
    })
  w.backend.answer('/auth/login', grant)
  w.backend.answer('/auth/refresh', grant)
  const fetch: typeof globalThis.fetch = (input, init) => {
    urls.push(new Request(input, { ...init, body: null }).url)
    return w.backend.fetch(input, init)
  }
  const own = openClient(w, { profile: latchkey({ refreshToken: 'body' }), fetch })
  auth = own.auth
  return own
}
const secret = { ...credentials, password: 'canary-password' }
const rejection = async (work: PromiseLike<unknown>): Promise<unknown> =>
  work.then(
    (value) => ({ unexpected: value }),
    (error: unknown) => error,
  )

describe('F41 F42 C27 no token, password or code is in', () => {
  it('the walk itself finds a secret wherever it hides', () => {
    const places = [
      new Error('canary-access'),
      new Error('x', { cause: new Error('canary-access') }),
      {
        get hidden() {
          return 'canary-access'
        },
      },
      Object.defineProperty({}, 'x', { value: ['canary-access'], enumerable: false }),
      new Headers({ a: 'canary-access' }),
      new Map([['canary-access', 1]]),
    ]
    expect(places.map((place) => leaks(place))).toEqual(places.map(() => ['canary-access']))
  })
  it('the client, its stores, its events and its timeline', async () => {
    const { auth: client, events, browser, clock } = open()
    await client.login(secret)
    await client.fetch(api)
    await client.refresh()
    await clock.advance(700_000)
    const watched = [client.$session.get(), client.$refresh.get(), events, client.timeline()]
    for (const place of watched) expect(leaks(place)).toEqual([])
    expect(leaks([...browser.storage])).toEqual([])
    expect(JSON.stringify(client)).not.toMatch(/canary/)
    expect(inspect(client, { depth: 12, showHidden: true })).not.toMatch(/canary/)
    await client.logout()
    for (const place of [...watched, client.timeline(), events]) expect(leaks(place)).toEqual([])
    expect(leaks(said)).toEqual([])
  })
  it.each<[string, () => Response | Promise<Response>]>([
    ['a refusal', () => problem(401, 'session_revoked')],
    [
      'a refusal that echoes the request',
      () => json({ code: 'x', request: { refresh_token: 'canary-refresh' }, authorization: access }, 400),
    ],
    ['a 503', () => problem(503, 'x')],
    ['a 429', () => problem(429, 'x')],
    ['HTML that holds a token', () => new Response(`<html>${access}`, { headers: { 'Content-Type': 'text/html' } })],
    [
      'malformed JSON that holds a token',
      () => new Response(`{"access_token":"${access}`, { headers: { 'Content-Type': 'application/json' } }),
    ],
    ['JSON that begins with a token', () => new Response(access, { headers: { 'Content-Type': 'application/json' } })],
    ['a grant of the wrong shape', () => json({ access_token: [access], refresh_token: 'canary-refresh' })],
    [
      'a token that no header can carry',
      () =>
        json({
          access_token: `${access}\n`,
          refresh_token: 'canary-refresh',
          expires_in: 600,
          user: userOf('ada'),
          sid: 's',
        }),
    ],
    ['no connection', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('what fails after %s', async (_name, reply) => {
    const { auth: client, backend, clock, events } = open()
    await client.login(secret)
    for (const path of [
      '/auth/refresh',
      '/auth/login',
      '/auth/mfa/verify',
      '/auth/register',
      '/auth/password/change',
      '/auth/logout',
    ])
      backend.answer(path, reply)
    const errors = [
      await rejection(client.login(secret)),
      await rejection(client.register(secret)),
      await rejection(client.verifyMfa({ challenge: 'c', code: 'canary-code' })),
      await rejection(
        createAccount(client).changePassword({ currentPassword: 'canary-password', newPassword: 'canary-password' }),
      ),
    ]
    clock.sleep(3_600_000)
    errors.push(
      await rejection(client.getAccessToken().then(() => null)),
      await rejection(client.refresh()),
      await rejection(client.logout()),
    )
    for (const error of errors) expect(leaks(error)).toEqual([])
    for (const place of [client.$session.get(), client.$refresh.get(), client.timeline(), events, said])
      expect(leaks(place)).toEqual([])
  })
  it('what auth.fetch rejects with', async () => {
    const { auth: client, backend } = open()
    await client.login(secret)
    backend.answer('/projects', () => problem(401, 'x'))
    backend.answer('/auth/refresh', () => problem(503, 'x'))
    expect(leaks(await rejection(client.fetch(api)))).toEqual([])
    backend.answer('/projects', () => Promise.reject(new TypeError('Failed to fetch')))
    expect(leaks(await rejection(client.fetch(api)))).toEqual([])
    expect(leaks(await rejection(client.fetch('https://user:pw@')))).toEqual([])
  })
  it('what ky rejects with, its request and options included', async () => {
    const { auth: client, backend } = open()
    await client.login(secret)
    const http = createHttp(client, { retry: 0 })
    backend.answer('/projects', () => problem(403, 'x'))
    expect(leaks(await rejection(http.get('projects')))).toEqual([])
    backend.answer('/projects', () => problem(401, 'x'))
    expect(leaks(await rejection(http.post('projects', { json: {} })))).toEqual([])
    backend.answer('/projects', () => Promise.reject(new TypeError('Failed to fetch')))
    expect(leaks(await rejection(http.get('projects')))).toEqual([])
  })
  it('what axios rejects with, its config and request included', async () => {
    const { auth: client, backend } = open()
    await client.login(secret)
    const instance = create({ baseURL: 'https://api.test' })
    attachToAxios(instance, client)
    for (const reply of [
      () => problem(403, 'x'),
      () => problem(401, 'x'),
      () => Promise.reject(new TypeError('Failed to fetch')),
    ]) {
      backend.answer('/projects', reply)
      expect(leaks(await rejection(instance.get('/projects')))).toEqual([])
    }
  })
  it('F40 any URL that is asked for', async () => {
    const urls: string[] = []
    const { auth: client } = open(urls)
    await client.login(secret)
    await client.refresh()
    await client.fetch(api)
    await client.logout()
    expect([...new Set(urls.map((url) => new URL(url).pathname))]).toEqual([
      '/auth/login',
      '/auth/refresh',
      '/projects',
      '/auth/logout',
    ])
    expect(leaks(urls)).toEqual([])
  })
})
