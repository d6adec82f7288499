// The laws of login and logout: the last one wins, whatever else is under way, and a logout is never forgotten.
import { describe, expect, it } from 'vitest'
import { json, problem } from './backend.js'
import { credentials, openClient, project, signedIn, world, type World } from './open-client.js'
import { settle } from './manual-clock.js'

const grace = { ...credentials, email: 'grace@example.com' }
const noLocks = { locks: true } as const
const lost = (): never => {
  throw new TypeError('Failed to fetch')
}
const paths = ({ backend }: Pick<World, 'backend'>): readonly string[] => backend.sent.map(({ path }) => path)

describe.each([
  ['with locks', {}],
  ['without locks', noLocks],
])('the last one wins, %s', (_how, without) => {
  it('F43 a refresh that lands after logout is dropped', async () => {
    const { auth, backend } = await signedIn(world(), {}, without)
    const letGo = backend.delay('/auth/refresh')
    const refreshed = auth.refresh()
    await settle()
    const logout = auth.logout()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    letGo()
    await Promise.all([refreshed, logout])
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(auth.$refresh.get().status).toBe('idle')
    expect(await auth.getAccessToken()).toBeNull()
  })

  it('F43 a logout while the first look is under way stays', async () => {
    const { auth, backend } = openClient(world(), {}, without)
    backend.signedIn('ada')
    const letGo = backend.delay('/auth/refresh')
    const restored = auth.restore()
    await settle()
    const logout = auth.logout()
    letGo()
    await Promise.all([restored, logout])
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(backend.count('/auth/logout')).toBe(1)
  })

  it('I2 a logout while this tab waits for another tab’s answer stays', async () => {
    const given = world()
    given.browser.storage.set('latchkey:default:tabs', '["a-tab-that-crashed"]')
    const { auth, backend, clock } = openClient(given, {}, without)
    backend.signedIn('ada')
    const restored = auth.restore()
    await auth.logout()
    backend.signedIn('ada')
    await clock.advance(10_000)
    await restored
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(backend.count('/auth/refresh')).toBe(0)
  })

  it('I2 an answer of another tab that comes after the logout signs nobody in', async () => {
    const given = world({ latency: 200 })
    await signedIn(given, {}, without)
    const { auth, clock } = openClient(given, {}, without)
    const restored = auth.restore()
    const logout = auth.logout()
    await clock.advance(10_000)
    await Promise.all([restored, logout])
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
  })

  it('F44 C10 a login as B while a refresh of A runs: A’s answer is dropped', async () => {
    const { auth, backend, events } = await signedIn(world(), {}, without)
    let letGo = (): void => {}
    backend.answer('/auth/refresh', (sent) => {
      const reply = backend.own(sent)
      return new Promise((answer) => {
        letGo = () => answer(reply)
      })
    })
    const refreshed = auth.refresh()
    await settle()
    const login = auth.login(grace)
    letGo()
    await Promise.all([refreshed, login])
    expect(auth.$session.get()).toMatchObject({ generation: 2, user: { id: 'user-grace' } })
    expect(events.filter(({ type }) => type !== 'login')).toEqual([])
    expect(await auth.getAccessToken()).toBe(backend.token())
  })

  it('F44 a refresh that becomes due while a login is under way waits for it', async () => {
    const { auth, backend, clock } = await signedIn(world(), {}, without)
    await clock.advance(540_000)
    const letGo = backend.delay('/auth/login')
    const login = auth.login(grace)
    await clock.advance(5_000)
    expect(backend.count('/auth/refresh')).toBe(0)
    letGo()
    await login
    await clock.advance(1_000)
    expect(auth.$session.get()).toMatchObject({ user: { id: 'user-grace' } })
    expect(auth.$refresh.get().status).toBe('idle')
  })

  it('a logout while a login is under way wins, and the server hears of it after the login', async () => {
    const given = world()
    const { auth, backend } = openClient(given, {}, without)
    await auth.restore()
    const letGo = backend.delay('/auth/login')
    const login = auth.login(credentials).catch((error: unknown) => error)
    await settle()
    const logout = auth.logout()
    letGo()
    expect(await login).toMatchObject({ code: 'account_changed' })
    await logout
    expect(auth.$session.get().status).toBe('unauthenticated')
    expect(paths(given).at(-1)).toBe('/auth/logout')
    await auth.restore({ force: true })
    expect(auth.$session.get().status).toBe('unauthenticated')
  })

  it('of two logins at once the later one wins, and the earlier says so', async () => {
    const { auth, backend } = openClient(world(), {}, without)
    const letGo = backend.delay('/auth/login')
    const first = auth.login(credentials).catch((error: unknown) => error)
    await settle()
    const second = auth.login(grace)
    letGo()
    expect(await first).toMatchObject({ code: 'account_changed' })
    expect(await second).toMatchObject({ status: 'authenticated', session: { user: { id: 'user-grace' } } })
    expect(auth.$session.get()).toMatchObject({ generation: 1, user: { id: 'user-grace' } })
  })

  it('a login right after a logout signs in, once the logout has been delivered', async () => {
    const given = world()
    const { auth } = await signedIn(given, {}, without)
    const logout = auth.logout()
    const login = auth.login(grace)
    await Promise.all([logout, login])
    expect(auth.$session.get()).toMatchObject({ status: 'authenticated', user: { id: 'user-grace' } })
    expect(paths(given).slice(-2)).toEqual(['/auth/logout', '/auth/login'])
  })

  it('a login as somebody else while signed in is a new generation', async () => {
    const { auth } = await signedIn(world(), {}, without)
    await auth.login(grace)
    expect(auth.$session.get()).toMatchObject({ generation: 2, user: { id: 'user-grace' } })
  })
})

describe('results', () => {
  it('a second factor signs in nobody before it is answered', async () => {
    const { auth, backend } = openClient()
    await auth.restore()
    backend.answer('/auth/login', () => json({ mfa_required: true, challenge: 'c', methods: ['totp'] }))
    backend.answer('/auth/mfa/verify', (sent) =>
      backend.own({ ...sent, path: '/auth/login', body: JSON.stringify(credentials) }),
    )
    expect(await auth.login(credentials)).toEqual({ status: 'mfa-required', challenge: 'c', methods: ['totp'] })
    expect(auth.$session.get().status).toBe('unauthenticated')
    expect(await auth.verifyMfa({ challenge: 'c', code: '123456' })).toMatchObject({ status: 'authenticated' })
    expect(auth.timeline().at(-1)).toMatchObject({ type: 'login', via: 'mfa' })
  })

  it('registering signs in', async () => {
    const { auth, events } = openClient()
    expect(await auth.register(credentials)).toMatchObject({ status: 'authenticated' })
    expect(events).toMatchObject([{ type: 'login', via: 'register', generation: 1 }])
  })

  it('a login that the server cannot answer leaves everything as it was', async () => {
    const { auth, backend } = openClient()
    await auth.restore()
    const before = auth.$session.get()
    for (const reply of [lost, () => problem(503, 'x'), () => problem(429, 'x'), () => json({})]) {
      backend.answer('/auth/login', reply)
      await expect(auth.login(credentials)).rejects.toHaveProperty('name', 'AuthError')
    }
    expect(auth.$session.get()).toBe(before)
  })
})

describe('logout', () => {
  it('C23 is local before the first await, even offline', async () => {
    const { auth, backend, clock } = await signedIn()
    backend.answer('/auth/logout', lost)
    const logout = auth.logout()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(await auth.getAccessToken()).toBeNull()
    await clock.advance(5_000)
    await expect(logout).resolves.toBeUndefined()
  })

  it('W10: tells the server with keepalive and the token that it held', async () => {
    const { auth, backend } = await signedIn()
    const token = backend.token()
    await auth.logout()
    expect(backend.sent.at(-1)).toMatchObject({
      path: '/auth/logout',
      authorization: `Bearer ${token}`,
      init: { keepalive: true },
    })
    await auth.logout()
    expect(backend.count('/auth/logout')).toBe(1)
  })

  it('everywhere asks for all sessions', async () => {
    const { auth, backend } = await signedIn()
    await auth.logout({ everywhere: true })
    expect(backend.count('/auth/logout-all')).toBe(1)
  })

  it('F65 C23 offline, then reload: no silent restore before the server has heard of it', async () => {
    const given = world()
    const one = await signedIn(given)
    given.backend.answer('/auth/logout', lost)
    await one.auth.logout()
    one.tab.crash()
    const two = openClient(given)
    expect(await two.auth.restore()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(given.backend.count('/auth/refresh')).toBe(0)
    given.backend.answer('/auth/logout', null)
    two.tab.fire('online')
    await settle()
    expect(paths(given).at(-1)).toBe('/auth/logout')
    expect(await openClient(given).auth.restore()).toMatchObject({ reason: 'no-session' })
  })

  it('F65 the server hears of it without `online` as well, half a minute later', async () => {
    const { auth, backend, clock } = await signedIn()
    backend.answer('/auth/logout', () => problem(503, 'unavailable'))
    await auth.logout()
    backend.answer('/auth/logout', null)
    await clock.advance(31_000)
    expect(backend.count('/auth/logout')).toBe(2)
    await clock.advance(600_000)
    expect(backend.count('/auth/logout')).toBe(2)
  })

  it.each([
    ['no storage', { storage: true }],
    ['a storage that throws', { storage: 'throws' }],
  ] as const)('F30 with %s, the server hears of a logout all the same', async (_what, without) => {
    const { auth, backend, clock } = await signedIn(world(), {}, without)
    backend.answer('/auth/logout', lost)
    await auth.logout()
    backend.answer('/auth/logout', null)
    await clock.advance(31_000)
    expect(backend.count('/auth/logout')).toBe(2)
  })

  it('a logout that is owed is delivered before the next login, never after it', async () => {
    const given = world()
    const { auth, backend, tab, clock } = await signedIn(given)
    backend.answer('/auth/logout', lost)
    await auth.logout()
    backend.answer('/auth/logout', null)
    const letGo = backend.delay('/auth/logout')
    tab.fire('online')
    await settle()
    const login = auth.login(grace)
    await settle()
    expect(paths(given).at(-1)).toBe('/auth/logout')
    letGo()
    await login
    await clock.advance(60_000)
    expect(
      paths(given)
        .filter((path) => !path.endsWith('ack'))
        .at(-1),
    ).toBe('/auth/login')
    expect((await auth.fetch(project)).status).toBe(200)
  })

  it.each([
    ['when the network is back', 0],
    ['when its time has come', 29_000],
  ])('F44 a logout that another tab owes is not sent %s, while a login is under way', async (_when, passed) => {
    const given = world()
    const one = await signedIn(given)
    const two = openClient(given)
    given.backend.answer('/auth/logout', lost)
    await one.auth.logout()
    await given.clock.advance(passed)
    const letGo = given.backend.delay('/auth/login')
    const login = two.auth.login(grace)
    await settle()
    given.backend.answer('/auth/logout', null)
    const before = given.backend.count('/auth/logout')
    if (passed === 0) one.tab.fire('online')
    await given.clock.advance(2_000)
    expect(given.backend.count('/auth/logout')).toBe(before)
    letGo()
    await login
    await given.clock.advance(60_000)
    expect(given.backend.count('/auth/logout')).toBe(before)
    expect(two.auth.$session.get()).toMatchObject({ user: { id: 'user-grace' } })
  })

  it('a logout that could not be delivered before the next login is not delivered to its session', async () => {
    const { auth, backend, tab, clock } = await signedIn()
    backend.answer('/auth/logout', lost)
    await auth.logout()
    await auth.login(grace)
    const before = backend.count('/auth/logout')
    backend.answer('/auth/logout', null)
    tab.fire('online')
    await clock.advance(120_000)
    expect(backend.count('/auth/logout')).toBe(before)
    await auth.refresh()
    expect(auth.$session.get()).toMatchObject({ user: { id: 'user-grace' } })
  })

  it('waits two seconds at most for what it aborts', async () => {
    const { auth, backend, clock } = await signedIn()
    backend.answer('/auth/refresh', () => new Promise(() => {}))
    void auth.refresh().catch(() => undefined)
    await settle()
    let over = false
    void auth.logout().then(() => (over = true))
    await clock.advance(2_100)
    expect(over).toBe(true)
  })

  it('an answer that is no success is the server’s last word', async () => {
    const { auth, backend, clock } = await signedIn()
    backend.answer('/auth/logout', () => problem(401, 'no_session'))
    await auth.logout()
    await clock.advance(600_000)
    expect(backend.count('/auth/logout')).toBe(1)
  })
})
