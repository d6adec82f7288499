// The laws of tabs where the refresh token rests in one tab's memory: the others live on what it shares.
import { describe, expect, it } from 'vitest'
import { latchkey, webStorage } from '../src/index.js'
import { json, jwt, problem, userOf, type Sent } from './backend.js'
import { credentials, openClient, project, world, type Opened, type World } from './open-client.js'

const body = { profile: latchkey({ refreshToken: 'body' }) }
const minute = 60_000

/** A backend that rotates strictly: a refresh token works once, and its reuse ends the session. */
function strictWorld(
  latencies: { readonly latency?: number; readonly storageLatency?: number } = { latency: 10 },
): World & { readonly reused: () => number } {
  const given = world(latencies)
  let [issued, reused] = [0, 0]
  const live = new Map<string, { readonly name: string; readonly sid: string }>()
  const grant = (owner: { readonly name: string; readonly sid: string }) => {
    issued += 1
    live.set(`r${issued}`, owner)
    const iat = Math.floor(given.clock.now() / 1000)
    const claims = { sub: `user-${owner.name}`, sid: owner.sid, gen: issued, iat, exp: iat + 600 }
    const tokens = { access_token: jwt(claims), refresh_token: `r${issued}`, expires_in: 600 }
    return json({ ...tokens, sid: owner.sid, user: userOf(owner.name) })
  }
  const field = (sent: Sent, name: string): string => String((JSON.parse(sent.body) as Record<string, unknown>)[name])
  given.backend.answer('/auth/login', (sent) => {
    const name = field(sent, 'email').split('@')[0] ?? ''
    return grant({ name, sid: `sid-${name}-${issued}` })
  })
  given.backend.answer('/auth/refresh', (sent) => {
    const token = field(sent, 'refresh_token')
    const owner = live.get(token)
    live.delete(token)
    if (owner !== undefined) return grant(owner)
    reused += 1
    return problem(401, 'invalid_grant')
  })
  given.backend.answer('/projects', () => json([]))
  return { ...given, reused: () => reused }
}

const userIn = ({ auth }: Opened): string => {
  const session = auth.$session.get()
  if (session.status === 'authenticated') return session.user.id
  return session.status === 'pending' ? 'pending' : session.reason
}

async function twoTabs(given: World): Promise<readonly [Opened, Opened]> {
  const [one, two] = [openClient(given, body), openClient(given, body)]
  await one.auth.login(credentials)
  const restored = two.auth.restore()
  await given.clock.advance(1_500)
  await restored
  return [one, two]
}

describe('a body profile in two tabs', () => {
  it('the second tab is signed in, and both stay so, with one exchange a lifetime', async () => {
    const given = strictWorld()
    const [one, two] = await twoTabs(given)
    await given.clock.advance(60 * minute)
    expect([userIn(one), userIn(two)]).toEqual(['user-ada', 'user-ada'])
    expect(given.backend.count('/auth/refresh')).toBe(6)
  })

  it('a tab that has no refresh token gets its next token from a hidden tab that has', async () => {
    const given = strictWorld()
    const [one, two] = await twoTabs(given)
    one.tab.hide()
    await given.clock.advance(60 * minute)
    expect([userIn(one), userIn(two)]).toEqual(['user-ada', 'user-ada'])
    expect((await two.auth.fetch(project)).status).toBe(200)
    expect(given.reused()).toBe(0)
  })

  it('a tab whose token is refused gets a new one from the tab that can ask', async () => {
    const given = strictWorld()
    const [, two] = await twoTabs(given)
    const before = await two.auth.getAccessToken()
    const refreshed = two.auth.refresh()
    await given.clock.advance(minute)
    await refreshed
    expect(await two.auth.getAccessToken()).not.toBe(before)
    expect(given.backend.count('/auth/refresh')).toBe(1)
  })

  it('when the tab that can ask is gone, the other ends at expiry, and says so to nobody', async () => {
    const given = strictWorld()
    const [one, two] = await twoTabs(given)
    one.tab.leave()
    await given.clock.advance(20 * minute)
    expect(userIn(two)).toBe('expired')
    expect(userIn(one)).toBe('user-ada')
    one.tab.comeBack()
    await given.clock.advance(minute)
    expect(userIn(one)).toBe('user-ada')
    expect(given.reused()).toBe(0)
  })

  it('a login in the other tab is taken over, and the old refresh token is never sent again', async () => {
    const given = strictWorld()
    const [one, two] = await twoTabs(given)
    await two.auth.login({ ...credentials, email: 'grace@example.com' })
    two.tab.hide()
    await given.clock.advance(60 * minute)
    expect([userIn(one), userIn(two)]).toEqual(['user-grace', 'user-grace'])
    expect(given.backend.count('/auth/refresh')).toBeLessThanOrEqual(7)
  })

  it('with shared storage both tabs refresh, one at a time, and no token is used twice', async () => {
    const given = strictWorld()
    const shared = new Map<string, string>()
    const rest = () =>
      webStorage({
        getItem: (key) => shared.get(key) ?? null,
        setItem: (key, value) => void shared.set(key, value),
        removeItem: (key) => void shared.delete(key),
      })
    const [one, two] = [
      openClient(given, { ...body, storage: rest() }),
      openClient(given, { ...body, storage: rest() }),
    ]
    await one.auth.login(credentials)
    const restored = two.auth.restore()
    await given.clock.advance(1_500)
    await restored
    one.tab.hide()
    await given.clock.advance(30 * minute)
    one.tab.show()
    two.tab.hide()
    await given.clock.advance(30 * minute)
    expect([userIn(one), userIn(two)]).toEqual(['user-ada', 'user-ada'])
    await two.auth.login({ ...credentials, email: 'grace@example.com' })
    await given.clock.advance(30 * minute)
    expect([userIn(one), userIn(two)]).toEqual(['user-grace', 'user-grace'])
    expect(given.reused()).toBe(0)
  })

  it('F47 the news of a logout that comes late leaves the refresh token of the login after it alone', async () => {
    const given = strictWorld({ latency: 3_000 })
    const shared = new Map<string, string>()
    const rest = () =>
      webStorage({
        getItem: (key) => shared.get(key) ?? null,
        setItem: (key, value) => void shared.set(key, value),
        removeItem: (key) => void shared.delete(key),
      })
    const [one, two] = [
      openClient(given, { ...body, storage: rest() }),
      openClient(given, { ...body, storage: rest() }),
    ]
    await one.auth.login(credentials)
    const restored = two.auth.restore()
    await given.clock.advance(10_000)
    await restored
    expect(userIn(two)).toBe('user-ada')
    void one.auth.logout()
    const entered = one.auth.login({ ...credentials, email: 'grace@example.com' })
    await given.clock.advance(2_000)
    await entered
    const resting = shared.get('latchkey:refresh')
    expect(resting).toMatch(/^r\d+$/)
    await given.clock.advance(1_500)
    expect(shared.get('latchkey:refresh')).toBe(resting)
    await given.clock.advance(30 * minute)
    expect([userIn(one), userIn(two)]).toEqual(['user-grace', 'user-grace'])
    expect(given.reused()).toBe(0)
  })

  it('J2: a late reply without a refresh token leaves the one at rest, which may be newer', async () => {
    const given = strictWorld()
    let held: string | null = null
    const storage = { get: () => held, set: (token: string | null) => void (held = token) }
    const { auth } = openClient(given, { ...body, storage })
    await auth.login(credentials)
    expect(held).toBe('r1')
    const grant = { access_token: jwt({ sub: 'user-ada', exp: 9e9 }), expires_in: 600, sid: 'sid-ada-0' }
    given.backend.answer('/auth/refresh', () => {
      held = 'newer, of another tab'
      return json({ ...grant, user: userOf('ada') })
    })
    const refreshed = auth.refresh()
    await given.clock.advance(1_000)
    await refreshed
    expect([auth.$session.get().status, held]).toEqual(['authenticated', 'newer, of another tab'])
    auth.dispose()
  })

  it.each([
    [5, 5],
    [5, 300],
    [200, 5],
    [300, 300],
  ])(
    'F30 webStorage, where messages take %d ms and storage %d ms to the next tab: eight tabs that ask one after another never spend a token twice',
    async (latency, storageLatency) => {
      const given = strictWorld({ latency, storageLatency })
      const tabs: Opened[] = []
      for (let count = 0; count < 8; count++) {
        const tab = given.browser.openTab()
        const { storage } = tab.page
        if (storage === null) throw new Error('This tab has storage.')
        tabs.push(openClient(given, { ...body, storage: webStorage(storage) }, {}, tab))
      }
      await tabs[0]?.auth.login(credentials)
      await given.clock.advance(2_000)
      await Promise.all(tabs.map(({ auth }) => auth.restore()))
      for (let round = 0; round < 3; round++) {
        const asked: Promise<unknown>[] = []
        for (const { auth } of tabs) {
          asked.push(auth.refresh())
          await given.clock.advance(7)
        }
        await given.clock.advance(10_000)
        await Promise.all(asked)
      }
      expect(tabs.map(userIn)).toEqual(tabs.map(() => 'user-ada'))
      expect(given.reused()).toBe(0)
      for (const { auth } of tabs) auth.dispose()
      await given.clock.advance(1_000)
      expect([given.clock.timers(), given.browser.channels()]).toEqual([0, 0])
    },
  )

  it('I8 a client that is disposed of while it catches up leaves no timer, no channel and no lock', async () => {
    const given = strictWorld({ latency: 10 })
    const [one] = await twoTabs(given)
    const refreshed = one.auth.refresh()
    one.auth.dispose()
    await refreshed.catch(() => undefined)
    expect(given.browser.locksHeld()).toBe(0)
    expect(one.tab.listeners()).toBe(0)
  })
})
