// The laws of a client's life: made without effects, shared while it lives, and silent once disposed.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createAuthClient, type AuthClient } from '../src/index.js'
import { fakeBackend, problem } from './backend.js'
import { manualClock, settle } from './manual-clock.js'
import { credentials, openClient, project, signedIn, signedInTabs, world } from './open-client.js'

afterEach(() => vi.unstubAllGlobals())

describe('a new client', () => {
  it('asks nothing and waits for nothing', async () => {
    const { backend, clock, auth } = openClient()
    await clock.advance(60_000)
    expect(backend.sent).toEqual([])
    expect(clock.timers()).toBe(0)
    expect(auth.$session.get()).toEqual({ status: 'pending', generation: 0 })
  })

  it('concurrent restores share one look, and a later one costs nothing', async () => {
    const { auth, backend } = openClient()
    backend.signedIn('ada')
    const all = await Promise.all([auth.restore(), auth.restore(), auth.ready(), auth.restore({ force: true })])
    expect(new Set(all).size).toBe(1)
    await auth.restore()
    expect(backend.count('/auth/refresh')).toBe(1)
  })

  it('a restore that is forced looks again', async () => {
    const { auth, backend } = openClient()
    await auth.restore()
    backend.signedIn('ada')
    expect((await auth.restore()).status).toBe('unauthenticated')
    expect((await auth.restore({ force: true })).status).toBe('authenticated')
  })

  it('ready() starts the look itself, and settles with what was found', async () => {
    const { auth } = openClient()
    expect(await auth.ready()).toMatchObject({ status: 'unauthenticated', reason: 'no-session' })
    expect(await auth.ready()).toBe(auth.$session.get())
  })

  it('ready() settles, though a login with wrong credentials came between it and the first look', async () => {
    const { auth, backend } = openClient()
    backend.signedIn('ada')
    const letGo = backend.delay('/auth/refresh')
    const ready = auth.ready()
    await settle()
    const login = auth.login({ ...credentials, password: 'wrong' })
    letGo()
    await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(await ready).toMatchObject({ status: 'authenticated', user: { id: 'user-ada' } })
  })

  it('ready() settles, though that login came while another tab was asked', async () => {
    const given = world()
    given.browser.storage.set('latchkey:default:tabs', '["a-tab-that-crashed"]')
    const { auth, backend, clock } = openClient(given)
    backend.signedIn('ada')
    const ready = auth.ready()
    await expect(auth.login({ ...credentials, password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    await clock.advance(2_000)
    expect(await ready).toMatchObject({ status: 'authenticated', user: { id: 'user-ada' } })
  })

  it('ready() settles, though that login came after a look that found no server', async () => {
    const { auth, backend, clock } = openClient()
    backend.signedIn('ada')
    backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    const ready = auth.ready()
    await clock.advance(10)
    expect(auth.$refresh.get().status).toBe('failing')
    await expect(auth.login({ ...credentials, password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    backend.answer('/auth/refresh', null)
    await clock.advance(120_000)
    expect(auth.$session.get()).toMatchObject({ status: 'authenticated', user: { id: 'user-ada' } })
    expect(await ready).toBe(auth.$session.get())
  })

  it('ready() waits while the server cannot be reached, and settles when it can', async () => {
    const { auth, backend, clock } = openClient()
    backend.signedIn('ada')
    backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    const ready = auth.ready()
    await clock.advance(120_000)
    expect(auth.$session.get().status).toBe('pending')
    backend.answer('/auth/refresh', null)
    await clock.advance(60_000)
    expect(await ready).toMatchObject({ status: 'authenticated' })
  })

  it('a request before anybody looked waits for the look, and bears the token', async () => {
    const { auth, backend } = openClient()
    backend.signedIn('ada')
    expect((await auth.fetch(project)).status).toBe(200)
    expect(backend.count('/auth/refresh')).toBe(1)
  })

  it('C31 F48 mounted twice in strict mode: the second client works, the first is silent', async () => {
    const given = world()
    const first = await signedIn(given)
    first.auth.dispose()
    const second = openClient(given)
    await second.auth.restore()
    expect(second.auth.$session.get().status).toBe('authenticated')
    await given.clock.advance(3_600_000)
    expect(given.backend.count('/auth/refresh')).toBe(7)
  })
})

describe('dispose', () => {
  const gone = (opened: Pick<Awaited<ReturnType<typeof signedIn>>, 'tab' | 'clock' | 'browser'>): void => {
    expect(opened.clock.timers()).toBe(0)
    expect(opened.tab.listeners()).toBe(0)
    expect(opened.browser.channels()).toBe(0)
    expect(opened.browser.locksHeld()).toBe(0)
  }
  const stuck = () => new Promise<never>(() => {})

  it('C31 F49 I8 leaves no timer, no listener, no channel and no lock, and is idempotent', async () => {
    const opened = await signedIn()
    opened.auth.dispose()
    opened.auth.dispose()
    gone(opened)
    const before = opened.backend.sent.length
    await opened.clock.advance(3_600_000)
    expect(opened.backend.sent).toHaveLength(before)
  })

  it.each<readonly [string, (auth: AuthClient) => Promise<unknown>, string]>([
    ['refresh', (auth) => auth.refresh(), '/auth/refresh'],
    ['login', (auth) => auth.login(credentials), '/auth/login'],
    ['getAccessToken', (auth) => auth.getAccessToken({ minValidity: 599.99 }), '/auth/refresh'],
    ['send', (auth) => auth.send({ method: 'GET', path: 'auth/me' }), '/auth/me'],
  ])('F50 I5 I8 during %s: it settles, and nothing is left', async (name, call, path) => {
    const opened = await signedIn()
    await opened.clock.advance(1_000)
    opened.backend.answer(path, stuck)
    const outcome = call(opened.auth).then(
      () => 'settled',
      (error: unknown) => error,
    )
    await settle()
    opened.auth.dispose()
    await opened.clock.advance(name === 'send' ? 8_000 : 0)
    if (name === 'login' || name === 'send') expect(await outcome).toMatchObject({ code: 'disposed' })
    else await outcome
    gone(opened)
    expect(opened.auth.$session.get()).toMatchObject({ generation: 1 })
  })

  it('I8 during a login whose answer lands at that moment: it signs nobody in', async () => {
    const opened = openClient()
    const letGo = opened.backend.delay('/auth/login')
    const login = opened.auth.login(credentials).catch((error: unknown) => error)
    await settle()
    letGo()
    await Promise.resolve()
    opened.auth.dispose()
    expect(await login).toMatchObject({ code: 'disposed' })
    await opened.clock.advance(60_000)
    gone(opened)
  })

  it('I8 while another tab is asked: the restore settles, and nothing is left', async () => {
    const given = world()
    given.browser.storage.set('latchkey:default:tabs', '["a-tab-that-crashed"]')
    const opened = openClient(given)
    const restored = opened.auth.restore()
    await settle()
    opened.auth.dispose()
    await restored
    gone(opened)
    expect(given.backend.sent).toEqual([])
  })

  it('I5 I8 ready() that still waits is told, and so is one that comes later', async () => {
    const opened = openClient()
    opened.backend.answer('/auth/refresh', stuck)
    const ready = opened.auth.ready().catch((error: unknown) => error)
    await settle()
    opened.auth.dispose()
    expect(await ready).toMatchObject({ code: 'disposed' })
    await expect(opened.auth.ready()).rejects.toMatchObject({ code: 'disposed' })
    gone(opened)
  })

  it('I8 while the server fails, or a logout is owed: nothing is tried any longer', async () => {
    const failing = await signedIn()
    failing.backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await failing.auth.refresh().catch(() => undefined)
    failing.auth.dispose()
    gone(failing)
    expect(failing.backend.count('/auth/refresh')).toBe(1)
    const owing = await signedIn()
    owing.backend.answer('/auth/logout', () => problem(503, 'unavailable'))
    await owing.auth.logout()
    owing.auth.dispose()
    gone(owing)
  })

  it('I8 while a logout is on its way: it is delivered or given up, and nothing is left', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/logout', stuck)
    const logout = opened.auth.logout().catch((error: unknown) => error)
    await settle()
    opened.auth.dispose()
    await opened.clock.advance(8_000)
    await logout
    gone(opened)
    expect(opened.backend.count('/auth/logout')).toBe(1)
  })

  it.each<readonly [string, (auth: AuthClient) => Promise<unknown>]>([
    ['restore', (auth) => auth.restore()],
    ['login', (auth) => auth.login(credentials)],
    ['register', (auth) => auth.register(credentials)],
    ['verifyMfa', (auth) => auth.verifyMfa({ challenge: 'c', code: '1' })],
    ['logout', (auth) => auth.logout()],
    ['refresh', (auth) => auth.refresh()],
    ['getAccessToken', (auth) => auth.getAccessToken()],
    ['fetch', (auth) => auth.fetch(project)],
    ['send', (auth) => auth.send({ method: 'GET', path: 'auth/me' })],
  ])('afterwards, %s says that the client was disposed', async (_name, call) => {
    const opened = await signedIn()
    opened.auth.dispose()
    await expect(call(opened.auth)).rejects.toMatchObject({ code: 'disposed' })
    gone(opened)
  })

  it('I8 other tabs are not disturbed', async () => {
    const [one, two] = await signedInTabs(2)
    one.auth.dispose()
    await settle()
    expect(two?.auth.$session.get().status).toBe('authenticated')
    await one.clock.advance(3_600_000)
    expect(one.backend.count('/auth/refresh')).toBe(6)
  })
})

describe('server render', () => {
  it('C32 without a window it stays pending: no timers, no network, and no global is touched', async () => {
    const clock = manualClock()
    const backend = fakeBackend(clock)
    const touched: string[] = []
    for (const name of ['localStorage', 'BroadcastChannel'] as const) {
      vi.stubGlobal(name, undefined)
      Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) })
    }
    vi.stubGlobal('navigator', { locks: { request: () => touched.push('locks') } })
    const auth = createAuthClient({ baseURL: 'https://api.test', fetch: backend.fetch, clock })
    void auth.ready()
    expect((await auth.fetch(project)).status).toBe(401)
    expect(await auth.getAccessToken()).toBeNull()
    expect(backend.sent).toMatchObject([{ path: '/projects', authorization: null }])
    expect(clock.timers()).toBe(0)
    expect(touched).toEqual([])
    expect(auth.$session.get()).toEqual({ status: 'pending', generation: 0 })
  })

  it('C32 a relative baseURL makes a client there, which says what is missing only when it is asked', async () => {
    const auth = createAuthClient({ baseURL: '/api', clock: manualClock() })
    expect(auth.$session.get().status).toBe('pending')
    await expect(auth.login(credentials)).rejects.toMatchObject({ code: 'misconfigured' })
  })
})
