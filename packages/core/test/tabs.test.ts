// The laws of several tabs: one exchange for all, news for all, and none of them at another's mercy.
import { describe, expect, it } from 'vitest'
import { problem } from './backend.js'
import { credentials, openClient, project, signedIn, signedInTabs, world, type Opened } from './open-client.js'
import { settle } from './manual-clock.js'

const refreshes = ({ backend }: Pick<Opened, 'backend'>): number => backend.count('/auth/refresh')
const lock = 'latchkey:1:default'
const [minute, hour] = [60_000, 3_600_000]

describe('one exchange for all tabs', () => {
  it('a second tab restores with no network call', async () => {
    const given = world()
    await signedIn(given)
    const two = openClient(given)
    await two.auth.restore()
    expect(two.auth.$session.get()).toMatchObject({ status: 'authenticated', user: { id: 'user-ada' } })
    expect(two.events).toMatchObject([{ type: 'login', via: 'peer' }])
    expect(given.backend.sent).toHaveLength(1)
  })

  it.each([0, 50, 400])('C7 eight tabs expire together, messages take %d ms: one exchange', async (latency) => {
    const given = world({ latency })
    const tabs = await signedInTabs(8, given)
    expect(refreshes(given)).toBe(0)
    given.clock.sleep(hour)
    const calls = tabs.map(({ auth }) => auth.fetch(project))
    await given.clock.advance(10_000)
    expect((await Promise.all(calls)).every(({ status }) => status === 200)).toBe(true)
    expect(refreshes(given)).toBe(1)
  })

  it.each([0, 50, 400])(
    'C7 where storage does not tell in time, and messages take %d ms: one exchange',
    async (latency) => {
      const given = world({ latency })
      const one = await signedIn(given, {}, { storage: true })
      const others = Array.from({ length: 7 }, () => openClient(given, {}, { storage: true }))
      await Promise.all(others.map(({ auth }) => auth.restore()))
      await given.clock.advance(2_000)
      const before = refreshes(given)
      given.clock.sleep(hour)
      const calls = [one, ...others].map(({ auth }) => auth.fetch(project))
      await given.clock.advance(10_000)
      expect((await Promise.all(calls)).every(({ status }) => status === 200)).toBe(true)
      expect(refreshes(given)).toBe(before + 1)
    },
  )

  it('C7 eight visible tabs make one silent refresh a lifetime', async () => {
    const given = world({ latency: 20 })
    await signedInTabs(8, given)
    await given.clock.advance(hour)
    expect(refreshes(given)).toBe(6)
  })

  it('F66 after a deploy that refuses every token, eight tabs share one exchange', async () => {
    const given = world({ latency: 20 })
    const tabs = await signedInTabs(8, given)
    given.backend.expire()
    const calls = tabs.map(({ auth }) => auth.fetch(project))
    await given.clock.advance(10_000)
    expect((await Promise.all(calls)).every(({ status }) => status === 200)).toBe(true)
    expect(refreshes(given)).toBe(1)
  })

  it('W13: two clients on one page share one session and one exchange', async () => {
    const given = world()
    const one = await signedIn(given)
    const two = openClient(given, {}, {}, one.tab)
    await two.auth.restore()
    given.clock.sleep(hour)
    await Promise.all([one.auth.fetch(project), two.auth.fetch(project)])
    expect(refreshes(given)).toBe(1)
    await one.auth.logout()
    await settle()
    expect(two.auth.$session.get()).toMatchObject({ reason: 'logged-out-elsewhere' })
  })

  it.each([0, 50, 400])(
    'W3, W4: a holder that fails tells the others when the next attempt is due, messages take %d ms',
    async (latency) => {
      const given = world({ latency })
      const tabs = await signedInTabs(8, given)
      given.backend.answer('/auth/refresh', () => problem(503, 'unavailable', { 'Retry-After': '40' }))
      given.clock.sleep(hour)
      const calls = tabs.map(({ auth }) => auth.fetch(project).catch((error: unknown) => error))
      await given.clock.advance(10_000)
      for (const outcome of await Promise.all(calls)) expect(outcome).toMatchObject({ code: 'unreachable' })
      expect(refreshes(given)).toBe(1)
      const due = new Set(tabs.map(({ auth }) => auth.$refresh.get().nextAttemptAt))
      expect(due.size).toBe(1)
      given.backend.answer('/auth/refresh', null)
      await given.clock.advance(41_000)
      expect(refreshes(given)).toBe(2)
      expect(tabs.every(({ auth }) => auth.$refresh.get().status === 'idle')).toBe(true)
    },
  )

  it('F8 C12 ten minutes of outage cost eight tabs hardly more tries than one', async () => {
    const given = world({ latency: 20 })
    const tabs = await signedInTabs(8, given)
    given.backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await given.clock.advance(1_140_000)
    expect(refreshes(given)).toBeLessThanOrEqual(22)
    expect(tabs.every(({ auth }) => auth.$session.get().status === 'authenticated')).toBe(true)
    given.backend.answer('/auth/refresh', null)
    await given.clock.advance(minute)
    expect(tabs.every(({ auth }) => auth.$refresh.get().status === 'idle')).toBe(true)
  })

  it('F1 `online` in all tabs makes one exchange', async () => {
    const given = world({ latency: 20 })
    const tabs = await signedInTabs(8, given)
    given.backend.answer('/auth/refresh', () => {
      throw new TypeError('Failed to fetch')
    })
    await given.clock.advance(20 * minute)
    given.backend.answer('/auth/refresh', null)
    const before = refreshes(given)
    tabs.forEach(({ tab }) => tab.fire('online'))
    await given.clock.advance(1_000)
    expect(refreshes(given)).toBe(before + 1)
    expect(tabs.every(({ auth }) => auth.$refresh.get().status === 'idle')).toBe(true)
  })
})

describe('tabs that do not answer', () => {
  it('C8 F27 a lock that is never given back delays a refresh by five seconds, and no more', async () => {
    const opened = await signedIn()
    opened.browser.seizeLock(lock)
    opened.clock.sleep(hour)
    const call = opened.auth.fetch(project)
    await opened.clock.advance(4_900)
    expect(refreshes(opened)).toBe(0)
    await opened.clock.advance(1_100)
    expect((await call).status).toBe(200)
    expect(refreshes(opened)).toBe(1)
  })

  it('C8 F27 login and logout go on without the lock as well', async () => {
    const opened = openClient()
    opened.browser.seizeLock(lock)
    const login = opened.auth.login(credentials)
    await opened.clock.advance(6_000)
    expect((await login).status).toBe('authenticated')
    const logout = opened.auth.logout()
    expect(opened.auth.$session.get().status).toBe('unauthenticated')
    await opened.clock.advance(6_000)
    await logout
    expect(opened.backend.count('/auth/logout')).toBe(1)
  })

  it('F26 a tab that crashes while it holds the lock stops nobody', async () => {
    const given = world()
    const [one, two] = await signedInTabs(2, given)
    given.clock.sleep(hour)
    given.backend.answer('/auth/refresh', () => new Promise(() => {}))
    void one.auth.fetch(project).catch(() => undefined)
    await settle()
    expect(given.browser.locksHeld()).toBe(1)
    const call = two?.auth.fetch(project)
    await settle()
    one.tab.crash()
    given.backend.answer('/auth/refresh', null)
    await given.clock.advance(1_000)
    expect((await call)?.status).toBe(200)
  })

  it('a tab that crashed while it held a token delays the next restore by a second, once', async () => {
    const given = world()
    const one = await signedIn(given)
    one.tab.crash()
    const two = openClient(given)
    const restored = two.auth.restore()
    await given.clock.advance(900)
    expect(two.auth.$session.get().status).toBe('pending')
    await given.clock.advance(200)
    expect((await restored).status).toBe('authenticated')
    expect(refreshes(given)).toBe(1)
    two.tab.crash()
  })

  it('holders that were thought dead are asked again after their next token', async () => {
    const given = world()
    const one = await signedIn(given)
    given.browser.storage.set('latchkey:default:tabs', '[]')
    await one.auth.refresh()
    const two = openClient(given)
    await two.auth.restore()
    expect(two.auth.$session.get().status).toBe('authenticated')
    expect(refreshes(given)).toBe(1)
  })

  it('F24 a discarded tab restores from the cookie with one exchange', async () => {
    const given = world()
    const one = await signedIn(given)
    one.tab.leave()
    one.tab.crash()
    const two = openClient(given)
    await two.auth.restore()
    expect(two.auth.$session.get()).toMatchObject({ status: 'authenticated', user: { id: 'user-ada' } })
    expect(refreshes(given)).toBe(1)
  })
})

describe('logout and login elsewhere', () => {
  it('C24 a logout reaches every tab at once', async () => {
    const tabs = await signedInTabs(4)
    await tabs[0].auth.logout()
    await settle()
    expect(tabs.map(({ auth }) => auth.$session.get())).toMatchObject([
      { reason: 'logged-out' },
      { reason: 'logged-out-elsewhere' },
      { reason: 'logged-out-elsewhere' },
      { reason: 'logged-out-elsewhere' },
    ])
    expect(tabs[0].backend.count('/auth/logout')).toBe(1)
  })

  it('C24 F29 without a channel, a logout arrives by the storage event', async () => {
    const given = world()
    const one = await signedIn(given, {}, { channel: true })
    const two = openClient(given, {}, { channel: true })
    await two.auth.restore()
    await one.auth.logout()
    await settle()
    expect(two.auth.$session.get()).toMatchObject({ reason: 'logged-out-elsewhere' })
  })

  it('C24 with neither channel nor storage, a logout arrives at the next refused token', async () => {
    const given = world()
    const lonely = { channel: true, storage: true, locks: true } as const
    const one = await signedIn(given, {}, lonely)
    const two = openClient(given, {}, lonely)
    await two.auth.restore()
    await one.auth.logout()
    given.backend.expire()
    expect((await two.auth.fetch(project)).status).toBe(401)
    expect(two.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })

  it('C24 a login reaches the tabs that were signed out', async () => {
    const given = world()
    const [one, two] = [openClient(given), openClient(given)]
    await Promise.all([one.auth.restore(), two.auth.restore()])
    await one.auth.login(credentials)
    await settle()
    expect(two.auth.$session.get()).toMatchObject({ status: 'authenticated', user: { id: 'user-ada' } })
    expect(refreshes(given)).toBe(2)
  })

  it('C24 a tab that hears of a login asks the tab that said so, where storage does not tell of it yet', async () => {
    const given = world()
    const two = openClient(given, {}, { storage: true })
    await two.auth.restore()
    const before = refreshes(given)
    await signedIn(given)
    await settle()
    expect(two.events.at(-1)).toMatchObject({ type: 'login', via: 'peer' })
    expect(refreshes(given)).toBe(before)
  })

  it('a logout before anybody looked ends the other tabs’ session too', async () => {
    const given = world()
    const one = await signedIn(given)
    const two = openClient(given)
    await two.auth.logout()
    await settle()
    expect(one.auth.$session.get()).toMatchObject({ reason: 'logged-out-elsewhere' })
    expect(given.backend.count('/auth/logout')).toBe(1)
  })

  it('a session that the server revoked ends in every tab, and each is told why', async () => {
    const tabs = await signedInTabs(3)
    tabs[0].backend.answer('/auth/refresh', () => problem(401, 'session_revoked'))
    await tabs[0].auth.refresh()
    await settle()
    for (const { auth } of tabs) expect(auth.$session.get()).toMatchObject({ reason: 'revoked' })
    expect(refreshes(tabs[0])).toBe(1)
  })

  it('F45 a logout in one tab wins over a refresh in another', async () => {
    const given = world()
    const [one, two] = await signedInTabs(2, given)
    const letGo = given.backend.delay('/auth/refresh')
    void two?.auth.refresh().catch(() => undefined)
    await settle()
    const logout = one.auth.logout()
    await settle()
    letGo()
    await given.clock.advance(10_000)
    await logout
    expect(two?.auth.$session.get()).toMatchObject({ reason: 'logged-out-elsewhere' })
    expect(await two?.auth.getAccessToken()).toBeNull()
    expect(given.backend.sent.at(-1)?.path).toBe('/auth/logout')
  })

  it('F45 a logout in one tab wins over a restore in another, though the restore ends later', async () => {
    const given = world()
    const one = await signedIn(given, { tabs: { shareToken: false } })
    const two = openClient(given, { tabs: { shareToken: false } })
    const letGo = given.backend.delay('/auth/refresh')
    const restored = two.auth.restore()
    await settle()
    const logout = one.auth.logout()
    await settle()
    letGo()
    await given.clock.advance(10_000)
    await Promise.all([restored, logout])
    expect(two.auth.$session.get().status).toBe('unauthenticated')
    expect(await two.auth.getAccessToken()).toBeNull()
  })

  it('F47 an account switch in another tab: new generation, `account-changed`, and the old requests stay unsent', async () => {
    const given = world()
    const [one, two] = await signedInTabs(2, given)
    if (two === undefined) throw new Error('There is a second tab.')
    const before = two.auth.$session.get().generation
    let letGo = (): void => {}
    given.backend.answer(
      '/projects',
      (sent) =>
        new Promise((answer) => {
          letGo = () => {
            given.backend.answer('/projects', null)
            answer(given.backend.own({ ...sent, authorization: null }))
          }
        }),
    )
    const old = two.auth.fetch(project).catch((error: unknown) => error)
    await settle()
    await one.auth.login({ ...credentials, email: 'grace@example.com' })
    await settle()
    expect(two.auth.$session.get()).toMatchObject({ status: 'authenticated', user: { id: 'user-grace' } })
    expect(two.auth.$session.get().generation).toBeGreaterThan(before)
    expect(two.events.filter(({ type }) => type === 'account-changed')).toHaveLength(1)
    letGo()
    expect(await old).toMatchObject({ code: 'account_changed' })
    expect(given.backend.count('/projects')).toBe(1)
  })

  it('I2 a logout in a tab that is about to follow another tab’s login keeps that tab signed out', async () => {
    const given = world({ latency: 200 })
    const [one, two] = [openClient(given), openClient(given)]
    await Promise.all([one.auth.restore(), two.auth.restore()])
    await one.auth.login(credentials)
    await given.clock.advance(250)
    await two.auth.logout()
    await given.clock.advance(5_000)
    expect(two.auth.$session.get().status).toBe('unauthenticated')
  })

  it('I2 a late token of the session before does not undo the logout of the one after', async () => {
    const given = world({ latency: 15 })
    const [, two] = await signedInTabs(2, given)
    if (two === undefined) throw new Error('There is no second tab.')
    await two.auth.refresh()
    await two.auth.login(credentials)
    void two.auth.logout()
    await given.clock.advance(10_000)
    expect(two.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
  })

  it('F47 a tab that still speaks of the account before is not believed', async () => {
    const given = world({ latency: 100 })
    const stale = await signedIn(given)
    const [at, token] = [given.clock.now(), stale.backend.token()]
    stale.tab.crash()
    await given.clock.advance(10_000)
    const [one, two] = [openClient(given), openClient(given)]
    await one.auth.login({ ...credentials, email: 'grace@example.com' })
    const restored = two.auth.restore()
    const news = { v: 1, name: 'default', tab: 'stale', seq: 0, type: 'refreshed', sid: 'sid-1', at, lifetime: 600_000 }
    given.browser.post(lock, { ...news, token, user: { id: 'user-ada' } })
    await given.clock.advance(2_000)
    expect(await restored).toMatchObject({ user: { id: 'user-grace' } })
    expect(two.events.filter(({ type }) => type === 'login')).toMatchObject([{ via: 'peer' }])
  })

  it('F46 a cookie of another account: the session shows whom the server names, as a new generation', async () => {
    const opened = await signedIn()
    opened.backend.signedIn('mallory')
    await opened.auth.refresh()
    expect(opened.auth.$session.get()).toMatchObject({ generation: 2, user: { id: 'user-mallory' } })
    expect(opened.events.at(-1)).toMatchObject({ type: 'account-changed', generation: 2 })
  })

  it('eight tabs, each signed in by another tab’s login, settle on the last account', async () => {
    const given = world({ latency: 30 })
    const tabs = await signedInTabs(8, given)
    const logins = tabs.map(({ auth }, index) =>
      auth.login({ ...credentials, email: `user${index}@example.com` }).catch((error: unknown) => error),
    )
    await given.clock.advance(30_000)
    await Promise.all(logins)
    const users = tabs.map(({ auth }) => {
      const session = auth.$session.get()
      return session.status === 'authenticated' ? session.user.id : session.status
    })
    expect(new Set(users).size).toBe(1)
    const before = given.backend.sent.length
    await given.clock.advance(minute)
    expect(given.backend.sent.length - before).toBeLessThanOrEqual(8)
  })
})

describe('names and versions', () => {
  it('F33 C35 two clients of other names on one origin leave each other alone', async () => {
    const given = world()
    const one = await signedIn(given)
    const two = openClient(given, { name: 'admin' })
    expect((await two.auth.restore()).status).toBe('authenticated')
    expect(refreshes(given)).toBe(1)
    await one.auth.logout()
    await settle()
    expect(two.auth.$session.get().status).toBe('authenticated')
  })

  it('F34 C35 a tab of a later protocol is not understood, and disturbs nothing', async () => {
    const given = world()
    const opened = await signedIn(given)
    const session = opened.auth.$session.get()
    for (const type of ['refreshed', 'logged-in', 'logged-out', 'refresh-failed', 'hello', 'upgraded'])
      given.browser.post(lock, { v: 2, name: 'default', tab: 'x', seq: 99, type, sid: 'sid-1', reason: 'idle' })
    await settle()
    expect(opened.auth.$session.get()).toBe(session)
    expect(opened.auth.$refresh.get().status).toBe('idle')
    await given.clock.advance(hour)
    expect(refreshes(given)).toBe(6)
  })

  it('`tabs: false` neither speaks nor listens', async () => {
    const given = world()
    const one = await signedIn(given, { tabs: false })
    one.tab.fire('pageshow')
    one.tab.fire('pagehide')
    const two = openClient(given, { tabs: false })
    await two.auth.restore()
    await one.auth.logout()
    await settle()
    expect(given.browser.posted).toEqual([])
    expect(given.browser.storage.get('latchkey:default:tabs')).toBeUndefined()
    expect(two.auth.$session.get().status).toBe('authenticated')
  })
})

describe('a logout that crosses another tab’s login', () => {
  it('I2 F45 wins, although its tab had not heard of the login', async () => {
    const shared = world({ latency: 15 })
    const [first, second] = [openClient(shared), openClient(shared)]
    await second.auth.logout()
    await first.auth.login(credentials)
    const leaving = second.auth.logout()
    await shared.clock.advance(5_000)
    await leaving
    expect([first, second].map(({ auth }) => auth.$session.get().status)).toEqual([
      'unauthenticated',
      'unauthenticated',
    ])
    expect(shared.backend.count('/auth/logout')).toBeGreaterThan(0)
    expect(shared.backend.own({ path: '/auth/refresh', authorization: null, init: {}, body: '' }).status).toBe(401)
  })
})
