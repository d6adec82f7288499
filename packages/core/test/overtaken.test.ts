import { describe, expect, it } from 'vitest'
import { problem } from './backend.js'
import { deferred } from './deferred.js'
import { settle } from './manual-clock.js'
import { credentials, openClient, signedIn, world, type Opened, type World } from './open-client.js'

const away = ({ backend }: World): void => backend.answer('/auth/refresh', () => problem(503, 'down'))
const back = ({ backend }: World): void => backend.answer('/auth/refresh', null)

/** One tab signed in, another that was reloaded while the server is away, and has found nobody yet. */
async function reloaded(): Promise<{ readonly within: World; readonly one: Opened; readonly two: Opened }> {
  const within = world({ lifetime: 30 })
  const one = openClient(within)
  await one.auth.login(credentials)
  await settle()
  within.clock.sleep(31_000)
  away(within)
  const two = openClient(within)
  const looked = two.auth.restore()
  await within.clock.advance(20_000)
  await looked
  expect(two.auth.$session.get().status).toBe('pending')
  return { within, one, two }
}

describe('a tab that was reloaded while the server was away', () => {
  it('F45 goes with a logout in another tab', async () => {
    const { one, two } = await reloaded()
    await one.auth.logout()
    await settle()
    expect(two.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out-elsewhere' })
  })

  it('F47 comes with a login in another tab', async () => {
    const { within, one, two } = await reloaded()
    back(within)
    await one.auth.login({ ...credentials, email: 'bob@example.com' })
    await within.clock.advance(1_500)
    expect(two.auth.$session.get()).toMatchObject({ status: 'authenticated', user: { id: 'user-bob' } })
  })

  it('W3 recovers with the tab that recovers first, also while it is hidden', async () => {
    const { within, one, two } = await reloaded()
    two.tab.hide()
    back(within)
    await within.clock.advance(60_000)
    expect(one.auth.$session.get().status).toBe('authenticated')
    expect(two.auth.$session.get().status).toBe('authenticated')
  })

  it('C12 does not lengthen the waits of the others: after 17 s away, both are back within 20 s more', async () => {
    const { within, one, two } = await reloaded()
    back(within)
    await within.clock.advance(20_000)
    expect(one.auth.$refresh.get().status).toBe('idle')
    expect(two.auth.$refresh.get().status).toBe('idle')
  })
})

describe('without locks', () => {
  it('F44 a login elsewhere that a restore’s no has crossed is found after all', async () => {
    const within = world()
    const one = openClient(within, {}, { locks: true })
    const two = openClient(within, {}, { locks: true })
    const no = deferred<Response>()
    within.backend.answer('/auth/refresh', () => no.promise)
    const looked = two.auth.restore()
    await settle()
    await one.auth.login(credentials)
    back(within)
    no.resolve(problem(401, 'no_session'))
    await looked
    await within.clock.advance(1_500)
    expect(two.auth.$session.get().status).toBe('authenticated')
  })
})

describe('an answer that was under way when another tab signed out', () => {
  it('F45 loses to what storage tells, before any message has come', async () => {
    const within = world({ latency: 20_000 })
    const one = openClient(within)
    await one.auth.login(credentials)
    const two = openClient(within)
    const looked = two.auth.restore()
    await within.clock.advance(12_000)
    expect((await looked).status).toBe('authenticated')
    const letGo = within.backend.delay('/auth/refresh')
    const refreshed = two.auth.refresh()
    await within.clock.advance(1_000)
    expect(within.backend.count('/auth/refresh')).toBe(2)
    void one.auth.logout()
    await within.clock.advance(6_000)
    expect(within.browser.storage.get('latchkey:default:logout')).toBeUndefined()
    letGo()
    expect(await refreshed).toMatchObject({ status: 'unauthenticated', reason: 'logged-out-elsewhere' })
    await within.clock.advance(12_000)
    expect(two.events.filter(({ type }) => type === 'logout')).toHaveLength(1)
    expect(two.events.at(-1)).toMatchObject({ type: 'logout', reason: 'logged-out-elsewhere' })
    expect(within.browser.storage.get('latchkey:default:session')).toBe('{"sid":"sid-1","state":"logged-out"}')
  })

  it('F45 loses to a logout that the server has not heard of, though nobody was known to be signed in', async () => {
    const within = world()
    within.backend.signedIn('ada')
    const [one, two] = [openClient(within), openClient(within)]
    const letGo = within.backend.delay('/auth/refresh')
    const looked = two.auth.restore()
    await settle()
    within.backend.answer('/auth/logout', () => problem(503, 'down'))
    void one.auth.logout()
    await settle()
    letGo()
    expect(await looked).toMatchObject({ status: 'unauthenticated', reason: 'logged-out-elsewhere' })
    expect(two.events.some(({ type }) => type === 'login')).toBe(false)
  })

  it('F44 asks no more where the answer was a no', async () => {
    const within = world({ latency: 20_000 })
    const one = openClient(within)
    await one.auth.login(credentials)
    const two = openClient(within)
    const looked = two.auth.restore()
    await within.clock.advance(12_000)
    expect((await looked).status).toBe('authenticated')
    const no = deferred<Response>()
    within.backend.answer('/auth/refresh', () => no.promise)
    const refreshed = two.auth.refresh()
    await within.clock.advance(1_000)
    void one.auth.logout()
    await within.clock.advance(6_000)
    expect(within.browser.storage.get('latchkey:default:logout')).toBeUndefined()
    no.resolve(problem(401, 'no_session'))
    expect((await refreshed).status).toBe('unauthenticated')
    await within.clock.advance(12_000)
    expect(within.backend.count('/auth/refresh')).toBe(2)
  })
})

describe('a refresh that is still under way when a login has come in between', () => {
  /** Ada’s refresh gives up the lock, which Grace’s login holds, and is answered after it, as `reply` makes of the answer. */
  async function crossed(reply: (own: Response) => Response): Promise<Opened & { readonly land: () => Promise<void> }> {
    const opened = await signedIn()
    const { auth, backend, clock } = opened
    const [entered, landed] = [deferred<void>(), deferred<void>()]
    backend.answer('/auth/login', (sent) => entered.promise.then(() => backend.own(sent)))
    backend.answer('/auth/refresh', (sent) => {
      const own = backend.own(sent)
      return landed.promise.then(() => reply(own))
    })
    const login = auth.login({ ...credentials, email: 'grace@example.com' })
    await settle()
    const refreshed = auth.refresh()
    await clock.advance(5_000)
    expect(backend.count('/auth/refresh')).toBe(1)
    entered.resolve()
    await login
    const land = async (): Promise<void> => {
      landed.resolve()
      await refreshed
      await settle()
    }
    return { ...opened, land }
  }

  it.each<readonly [string, (own: Response) => Response]>([
    ['its token', (own) => own],
    ['its no', () => problem(401, 'session_revoked')],
    ['its failure', () => problem(503, 'down')],
  ])('I3 F47 %s is of the account before, and changes nothing', async (_what, reply) => {
    const { auth, backend, events, land } = await crossed(reply)
    const [session, token, told] = [auth.$session.get(), backend.token(), events.length]
    await land()
    expect(session).toMatchObject({ status: 'authenticated', user: { id: 'user-grace' }, generation: 2 })
    expect(auth.$session.get()).toBe(session)
    expect(await auth.getAccessToken()).toBe(token)
    expect(auth.$refresh.get()).toEqual({ status: 'idle', failures: 0, nextAttemptAt: null, error: null })
    expect(events.slice(told)).toEqual([])
  })

  it('I1 it leaves the place of the refresh after it alone, which the next call joins', async () => {
    const { auth, backend, land } = await crossed((own) => own)
    const letGo = backend.delay('/auth/refresh')
    const next = auth.refresh()
    await settle()
    await land()
    expect(auth.$refresh.get().status).toBe('refreshing')
    const joined = auth.refresh()
    await settle()
    expect(backend.count('/auth/refresh')).toBe(2)
    letGo()
    await Promise.all([next, joined])
    expect(backend.count('/auth/refresh')).toBe(2)
    expect(auth.$session.get()).toMatchObject({ user: { id: 'user-grace' }, generation: 2 })
  })
})

describe('a session whose end was written down', () => {
  it('F44 comes back by a forced look where the server still has it', async () => {
    const { auth, backend } = await signedIn()
    backend.answer('/auth/refresh', () => problem(401, 'no_session'))
    expect(await auth.refresh()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
    backend.answer('/auth/refresh', null)
    expect(await auth.restore({ force: true })).toMatchObject({ status: 'authenticated', generation: 3 })
  })
})

describe('F65 a logout everywhere', () => {
  /** Ends other devices for a living bearer only, as a strict server does. */
  const strict = ({ backend }: World): void =>
    backend.answer('/auth/logout-all', ({ authorization }) => {
      if (authorization !== `Bearer ${backend.token()}`) return problem(401, 'invalid_token')
      backend.signedIn(null)
      return new Response(null, { status: 204 })
    })

  it('is delivered also when the access token has expired', async () => {
    const within = world({ lifetime: 60 })
    const { auth, backend } = openClient(within, { refresh: { proactive: 'never' } })
    await auth.login(credentials)
    strict(within)
    within.clock.sleep(120_000)
    await auth.logout({ everywhere: true })
    expect(backend.count('/auth/logout-all')).toBe(1)
    expect((await openClient(within).auth.restore()).status).toBe('unauthenticated')
  })

  it('is delivered when the server is back, and blocks every restore until then', async () => {
    const within = world()
    const { auth, backend } = openClient(within)
    await auth.login(credentials)
    backend.answer('/auth/logout-all', () => {
      throw new TypeError('Failed to fetch')
    })
    await auth.logout({ everywhere: true })
    expect((await openClient(within).auth.restore()).status).toBe('unauthenticated')
    strict(within)
    await within.clock.advance(60_000)
    expect((await openClient(within).auth.restore()).status).toBe('unauthenticated')
    expect(within.browser.storage.get('latchkey:default:logout')).toBeUndefined()
  })

  it('with a bearer that the server no longer takes, fetches another one for it', async () => {
    const within = world()
    const { auth, backend } = openClient(within)
    await auth.login(credentials)
    strict(within)
    backend.expire()
    await auth.logout({ everywhere: true })
    expect(backend.count('/auth/logout-all')).toBe(2)
    expect((await openClient(within).auth.restore()).status).toBe('unauthenticated')
  })
})
