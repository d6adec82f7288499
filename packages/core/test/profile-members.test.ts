// What a profile may say beyond its calls: how a token is borne, what comes first, and what an answer really means.
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  createAuthClient,
  fields,
  memoryStorage,
  type AuthClient,
  type Credentials,
  type Profile,
  type TokenStorage,
} from '../src/index.js'
import { nestjs, simpleJwt, withPaths } from '../src/profiles/index.js'
import { json, jwt } from './backend.js'
import { fakeBrowser, type Browser, type Without } from './browser.js'
import { manualClock, type ManualClock } from './manual-clock.js'

type Sent = { readonly call: string; readonly headers: Headers; readonly credentials: string | undefined }
type Reply = (sent: Sent) => Response
type World = {
  readonly auth: AuthClient<unknown>
  readonly clock: ManualClock
  readonly sent: readonly Sent[]
  readonly calls: () => readonly string[]
}
type Given = {
  readonly clock?: ManualClock
  readonly browser?: Browser
  readonly storage?: TokenStorage
  readonly without?: Without
}

const password = { email: 'ada@example.com', password: 'correct horse battery' }
const plain: Profile = {
  name: 'plain',
  bearer: 'header',
  refreshToken: 'body',
  login: (credentials) => ({ method: 'POST', path: 'login', json: credentials }),
  refresh: (token) => ({ method: 'POST', path: 'refresh', json: { token } }),
  readGrant: (body) => ({
    accessToken: String(fields(body)['token']),
    refreshToken: String(fields(body)['refresh']),
    expiresIn: 600,
  }),
  readUser: fields,
  isRefused: (status) => status === 401,
}

function open(
  profile: Partial<Profile>,
  routes: Readonly<Record<string, Reply>>,
  { clock = manualClock(), browser = fakeBrowser(), storage = memoryStorage(), without = {} }: Given = {},
): World {
  const sent: Sent[] = []
  const auth = createAuthClient<unknown>({
    baseURL: 'https://api.test',
    profile: { ...plain, ...profile },
    clock,
    storage,
    page: browser.openTab(without).page,
    random: () => 0.5,
    async fetch(input, init = {}) {
      const { method, url, headers } = new Request(input, init)
      const one = { call: `${method} ${new URL(url).pathname}`, headers, credentials: init.credentials }
      sent.push(one)
      return (routes[one.call] ?? (() => json({}, 404)))(one)
    },
  })
  return { auth, clock, sent, calls: () => sent.map(({ call }) => call) }
}

const granted: Reply = () => json({ token: 'opaque', refresh: 'r' })
const projects = 'https://api.test/projects'
const ok: Reply = () => json({})

describe('how a token is borne', () => {
  it('attach: another scheme goes to the API, to the user’s route and to the logout', async () => {
    const { auth, sent } = open(
      {
        attach: (token) => (token === null ? {} : { Authorization: `Token ${token}` }),
        me: () => ({ method: 'GET', path: 'me' }),
        logout: () => ({ method: 'POST', path: 'logout' }),
      },
      { 'POST /login': granted, 'GET /me': () => json({ id: 1 }), 'GET /projects': ok, 'POST /logout': ok },
    )
    await auth.login(password)
    await auth.fetch(projects)
    await auth.logout()
    expect(sent.map(({ call, headers }) => [call, headers.get('Authorization')])).toEqual([
      ['POST /login', null],
      ['GET /me', 'Token opaque'],
      ['GET /projects', 'Token opaque'],
      ['POST /logout', 'Token opaque'],
    ])
  })
  it('attach: beside a cookie it adds its headers to listed origins only, over those of the same name', async () => {
    const { auth, sent } = open(
      {
        bearer: 'cookie',
        refreshToken: 'cookie',
        attach: () => ({ 'X-CSRF': 'from the cookie' }),
        readGrant: (body) => ({ accessToken: null, user: body }),
      },
      { 'POST /login': () => json({ id: 1 }), 'POST /projects': ok, 'POST /elsewhere': ok },
    )
    await auth.login(password)
    await auth.fetch(projects, { method: 'POST', headers: { 'x-csrf': 'stale' } })
    await auth.fetch('https://other.test/elsewhere', { method: 'POST' })
    const [login, listed, elsewhere] = sent
    expect([login, listed].map((one) => one?.headers.get('X-CSRF'))).toEqual(['from the cookie', 'from the cookie'])
    expect(listed?.credentials).toBe('include')
    expect(elsewhere?.headers.get('X-CSRF')).toBeNull()
    expect(elsewhere?.credentials).toBeUndefined()
  })
  it('bare: a call that says so goes without the token', async () => {
    const { auth, sent } = open(
      { logout: () => ({ method: 'POST', path: 'logout', bare: true }) },
      { 'POST /login': granted, 'POST /logout': ok },
    )
    await auth.login(password)
    await auth.logout()
    expect(sent.at(-1)).toMatchObject({ call: 'POST /logout' })
    expect(sent.at(-1)?.headers.get('Authorization')).toBeNull()
  })
  it('a call’s own header wins over the one that bears the token', async () => {
    const { auth, sent } = open(
      { logout: () => ({ method: 'POST', path: 'logout', headers: { Authorization: 'Bearer refresh' } }) },
      { 'POST /login': granted, 'POST /logout': ok },
    )
    await auth.login(password)
    await auth.logout()
    expect(sent.at(-1)?.headers.get('Authorization')).toBe('Bearer refresh')
  })
})

describe('what has to come first', () => {
  const fetched: Profile['prepare'] = () => ({ method: 'GET', path: 'csrf' })
  const noContent: Reply = () => new Response(null, { status: 204 })
  it('prepare: its call comes before the login, and nothing where it wants none', async () => {
    const routes = { 'POST /login': granted, 'GET /csrf': noContent }
    const eager = open({ prepare: fetched }, routes)
    await eager.auth.login(password)
    expect(eager.calls()).toEqual(['GET /csrf', 'POST /login'])
    const idle = open({ prepare: () => null }, routes)
    await idle.auth.login(password)
    expect(idle.calls()).toEqual(['POST /login'])
  })
  it('prepare: after a no it is asked again, and the call repeated once, with what is attached by then', async () => {
    let cookie = 'stale'
    const { auth, sent, calls } = open(
      {
        attach: () => ({ 'X-CSRF': cookie }),
        prepare: (failure) => (failure?.status === 419 ? { method: 'GET', path: 'csrf' } : null),
      },
      {
        'POST /login': ({ headers }) => (headers.get('X-CSRF') === 'fresh' ? granted : mismatch)({} as Sent),
        'GET /csrf': (one) => {
          cookie = 'fresh'
          return noContent(one)
        },
      },
    )
    await auth.login(password)
    expect(calls()).toEqual(['POST /login', 'GET /csrf', 'POST /login'])
    expect(sent.map(({ headers }) => headers.get('X-CSRF'))).toEqual(['stale', 'stale', 'fresh'])
  })
  it('prepare: a call that fails again is not repeated again', async () => {
    const { auth, calls } = open(
      { prepare: (failure) => (failure ? { method: 'GET', path: 'csrf' } : null) },
      { 'POST /login': mismatch, 'GET /csrf': noContent },
    )
    await expect(auth.login(password)).rejects.toMatchObject({ status: 419 })
    expect(calls()).toEqual(['POST /login', 'GET /csrf', 'POST /login'])
  })
  const mismatch: Reply = () => json({ message: 'CSRF token mismatch.' }, 419)
})

describe('what an answer means', () => {
  const html: Reply = () => new Response('<h1>proxy</h1>', { headers: { 'Content-Type': 'text/html' } })
  const said: Reply = () => new Response('1|abc', { headers: { 'Content-Type': 'text/html; charset=UTF-8' } })
  const readText: Profile['readText'] = (content) => (/^\d+\|\w+$/.test(content) ? { token: content } : undefined)
  it('readText: a plain text that the backend means is a grant, and a proxy’s page is still none', async () => {
    const known = open({ readText }, { 'POST /login': said, 'GET /projects': ok })
    await known.auth.login(password)
    await known.auth.fetch(projects)
    expect(known.sent.at(-1)?.headers.get('Authorization')).toBe('Bearer 1|abc')
    const proxied = open({ readText }, { 'POST /login': html })
    await expect(proxied.auth.login(password)).rejects.toMatchObject({ code: 'unreachable' })
    const strict = open({}, { 'POST /login': said })
    await expect(strict.auth.login(password)).rejects.toMatchObject({ code: 'unreachable' })
  })
  it('statusOf: a 200 that means a wrong password signs nobody in, and one that means no session ends it', async () => {
    const statusOf: Profile['statusOf'] = (status, body) => (body === null || fields(body)['no'] ? 401 : status)
    const wrong = open({ statusOf }, { 'POST /login': () => json({ no: true }) })
    await expect(wrong.auth.login(password)).rejects.toMatchObject({ code: 'invalid_credentials', status: 401 })
    const ended = open({ statusOf }, { 'POST /login': granted, 'POST /refresh': () => json(null) })
    await ended.auth.login(password)
    await ended.auth.refresh()
    expect(ended.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
  it('register signs in by a cookie where the answer tells a user, and not where it tells none', async () => {
    const profile: Partial<Profile> = {
      bearer: 'cookie',
      refreshToken: 'cookie',
      register: (input) => ({ method: 'POST', path: 'register', json: input }),
      readGrant: (body) => ({ accessToken: null, user: fields(body)['user'] }),
    }
    const signedIn = open(profile, { 'POST /register': () => json({ user: { id: 1 } }) })
    expect(await signedIn.auth.register(password)).toMatchObject({ status: 'authenticated' })
    const registered = open(profile, { 'POST /register': () => json({ message: 'Look into your mail.' }) })
    expect(await registered.auth.register(password)).toEqual({ status: 'registered' })
  })
})

describe('an access token in the place of a refresh token', () => {
  const spending: Partial<Profile> = {
    refreshToken: 'access',
    refresh: (token) => ({ method: 'POST', path: 'refresh', headers: { Authorization: `Bearer ${token}` } }),
    readGrant: (body) => ({ accessToken: String(fields(body)['token']), expiresIn: 600 }),
  }
  it('access: a tab that was told the token can spend it when the tab that logged in is gone', async () => {
    const [clock, browser] = [manualClock(), fakeBrowser()]
    let count = 0
    const next: Reply = () => json({ token: `t${++count}` })
    const routes = { 'POST /login': next, 'POST /refresh': next }
    const first = open(spending, routes, { clock, browser })
    const second = open(spending, routes, { clock, browser })
    await first.auth.login(password)
    await second.auth.restore()
    first.auth.dispose()
    await second.auth.refresh()
    expect(second.sent.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer t1'])
    expect(second.auth.$session.get().status).toBe('authenticated')
  })
  it('access: after another tab’s refresh the new token is spent, not the one of one’s own login', async () => {
    const [clock, browser] = [manualClock(), fakeBrowser()]
    let count = 0
    const next: Reply = () => json({ token: `t${++count}` })
    const routes = { 'POST /login': next, 'POST /refresh': next }
    const [first, second] = [open(spending, routes, { clock, browser }), open(spending, routes, { clock, browser })]
    await first.auth.login(password)
    await second.auth.restore()
    await second.auth.refresh()
    await first.auth.refresh()
    expect(first.sent.at(-1)?.headers.get('Authorization')).toBe('Bearer t2')
  })
})

describe('a session without a refresh', () => {
  const me: Reply = ({ headers }) =>
    headers.get('Authorization') === null ? json({ detail: 'no' }, 401) : json({ id: 1 })
  const looking: Partial<Profile> = {
    refreshToken: 'access',
    renews: false,
    refresh: (token) => ({ method: 'GET', path: 'me', headers: { Authorization: `Bearer ${token}` } }),
    readGrant: (body, _headers, presented) => ({
      accessToken: presented ?? String(fields(body)['token']),
      ...(presented !== undefined && { user: body }),
    }),
    readUser: fields,
  }
  const token = (clock: ManualClock, more: object = {}): string => {
    const iat = Math.floor(clock.now() / 1000)
    return jwt({ iat, exp: iat + 3600, ...more })
  }
  it('renews: false: it lives to the last second of its token, asks nothing, and ends there', async () => {
    const clock = manualClock()
    const { auth, calls } = open(looking, { 'POST /login': () => json({ token: token(clock) }) }, { clock })
    await auth.login(password)
    await clock.advance(3_599_000)
    expect(auth.$session.get().status).toBe('authenticated')
    await clock.advance(1_000)
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
    expect(calls()).toEqual(['POST /login'])
  })
  it('renews: false: a token that rests in storage survives a reload, and ends when it was to end', async () => {
    const [clock, storage] = [manualClock(), memoryStorage()]
    const dated: Reply = (one) => {
      const answer = me(one)
      answer.headers.set('Date', new Date(clock.now()).toUTCString())
      return answer
    }
    const routes = { 'POST /login': () => json({ token: token(clock) }), 'GET /me': dated }
    await open(looking, routes, { clock, storage }).auth.login(password)
    await clock.advance(3_000_000)
    const { auth } = open(looking, routes, { clock, storage })
    expect(await auth.restore()).toMatchObject({ status: 'authenticated', user: { id: 1 } })
    await clock.advance(599_000)
    expect(auth.$session.get().status).toBe('authenticated')
    await clock.advance(1_000)
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
  it('lifetime: Infinity: an opaque token lives until it is refused', async () => {
    const clock = manualClock()
    let revoked = false
    const guarded: Reply = (one) => (revoked ? json({ detail: 'Invalid token.' }, 401) : me(one))
    const routes = { 'POST /login': () => json({ token: 'opaque' }), 'GET /me': guarded, 'GET /projects': guarded }
    const { auth } = open({ ...looking, lifetime: Infinity }, routes, { clock })
    await auth.login(password)
    await clock.advance(100 * 86_400_000)
    expect(auth.$session.get()).toMatchObject({ status: 'authenticated', expiresAt: null })
    expect((await auth.fetch(projects)).status).toBe(200)
    revoked = true
    expect((await auth.fetch(projects)).status).toBe(401)
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
})

describe('a backend that gives its sessions no id', () => {
  it.each([{}, { storage: true }, { channel: true }] as const)(
    'keeps them over a refresh, without %j',
    async (without) => {
      const routes = { 'POST /login': granted, 'POST /refresh': granted }
      const { auth, clock, calls } = open({}, routes, { without })
      const entered = auth.login(password)
      await clock.advance(5_000)
      await entered
      for (let times = 0; times < 2; times++) {
        const refreshed = auth.refresh()
        await clock.advance(5_000)
        await refreshed
      }
      expect(auth.$session.get().status).toBe('authenticated')
      expect(calls()).toEqual(['POST /login', 'POST /refresh', 'POST /refresh'])
    },
  )
})

describe('typed credentials', () => {
  type NamePassword = Credentials & { readonly username: string; readonly password: string }
  const typed: Profile<{ readonly id: number }, NamePassword> = { ...plain, readUser: () => ({ id: 1 }) }
  it('a client takes what its profile takes, and is still a client', () => {
    const auth = createAuthClient({ baseURL: 'https://api.test', profile: typed })
    expectTypeOf(auth.login).parameter(0).toEqualTypeOf<NamePassword>()
    expectTypeOf(auth).toExtend<AuthClient<{ readonly id: number }>>()
    // @ts-expect-error a password alone is no login here
    expectTypeOf(auth.login).toBeCallableWith({ password: 'x' })
    auth.dispose()
  })
  it('the backend’s own name for the user name is one of them, and so are the usual two', () => {
    const auth = createAuthClient({ baseURL: 'https://api.test', profile: simpleJwt({ usernameField: 'phone' }) })
    expectTypeOf(auth.login).toBeCallableWith({ phone: '1', password: 'x' })
    expectTypeOf(auth.login).toBeCallableWith({ email: 'ada@example.com', password: 'x' })
    // @ts-expect-error no name at all
    expectTypeOf(auth.login).toBeCallableWith({ password: 'x' })
    auth.dispose()
  })
  it('without a profile, or with the user named, anything typed is taken', () => {
    const named = createAuthClient<{ readonly id: number }>({ baseURL: 'https://api.test', profile: typed })
    expectTypeOf(named.login).parameter(0).toEqualTypeOf<Credentials>()
    named.dispose()
  })
})

describe('another backend’s paths', () => {
  it('withPaths: what is named goes elsewhere, what is not stays, and what the backend lacks stays away', () => {
    const moved = withPaths(nestjs(), { login: 'v2/sign-in', me: 'v2/me', verifyMfa: 'v2/mfa' })
    expect(moved.login(password)).toEqual({ method: 'POST', path: 'v2/sign-in', json: password })
    expect(moved.me?.()).toMatchObject({ path: 'v2/me' })
    expect(moved.refresh('r')).toEqual(nestjs().refresh('r'))
    expect(moved.verifyMfa).toBeUndefined()
  })
  it('a login that brought no refresh token is a session without a refresh: it lives to the last second', async () => {
    const clock = manualClock()
    const iat = Math.floor(clock.now() / 1000)
    const token = jwt({ iat, exp: iat + 3600, sub: 1 })
    const routes = {
      'POST /auth/login': () => json({ access_token: token }),
      'GET /auth/profile': () => json({ sub: 1 }),
    }
    const { auth } = open(nestjs(), routes, { clock })
    await auth.login(password)
    await clock.advance(3_599_000)
    expect(auth.$session.get().status).toBe('authenticated')
    await clock.advance(1_000)
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
})
