// The laws of pages that leave and come back: nothing open meanwhile, and no private data of a session that ended.
import { describe, expect, it } from 'vitest'
import { credentials, openClient, project, signedIn, signedInTabs, world } from './open-client.js'
import { settle } from './manual-clock.js'

const hour = 3_600_000

describe('the back/forward cache', () => {
  it('C22 an idle page holds no lock, and its channel is closed while it is away', async () => {
    const { tab, browser } = await signedIn()
    expect([browser.channels(), browser.locksHeld()]).toEqual([1, 0])
    tab.leave()
    expect([browser.channels(), browser.locksHeld()]).toEqual([0, 0])
    tab.comeBack()
    expect(browser.channels()).toBe(1)
    tab.comeBack()
    expect(browser.channels()).toBe(1)
  })

  it('C22 a page that is away is not asked for its token, and is again when it is back', async () => {
    const given = world()
    const one = await signedIn(given)
    one.tab.leave()
    await openClient(given).auth.restore()
    expect(given.backend.count('/auth/refresh')).toBe(1)
    one.tab.comeBack()
    await settle()
    expect(given.browser.storage.get('latchkey:default:tabs')).toContain('tab-1')
  })

  it('F25 W2: back after a logout elsewhere, nobody is signed in before anything else happens', async () => {
    const [one, two] = await signedInTabs(2)
    two?.tab.leave()
    await one.auth.logout()
    expect(two?.auth.$session.get().status).toBe('authenticated')
    two?.tab.comeBack()
    expect(two?.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out-elsewhere' })
    expect(await two?.auth.getAccessToken()).toBeNull()
  })

  it.each(['pageshow', 'visibilitychange', 'resume', 'focus'])('W2: a missed logout is noticed on %s', async (type) => {
    const given = world()
    const one = await signedIn(given, {}, { channel: true })
    const { auth, tab } = openClient(given, {}, { channel: true })
    await auth.restore()
    tab.leave()
    await one.auth.logout()
    tab.fire(type)
    expect(auth.$session.get()).toMatchObject({ reason: 'logged-out-elsewhere' })
  })

  it('F25 back after another account signed in elsewhere, it is that account’s', async () => {
    const [one, two] = await signedInTabs(2)
    two?.tab.leave()
    await one.auth.login({ ...credentials, email: 'grace@example.com' })
    two?.tab.comeBack()
    await one.clock.advance(2_000)
    expect(two?.auth.$session.get()).toMatchObject({ user: { id: 'user-grace' } })
    expect(two?.events.map(({ type }) => type)).toContain('account-changed')
  })

  it('F25 back after a logout and a login of the same account elsewhere, it is signed in', async () => {
    const [one, two] = await signedInTabs(2)
    two?.tab.leave()
    await one.auth.logout()
    await one.auth.login(credentials)
    two?.tab.comeBack()
    await one.clock.advance(2_000)
    expect((await two?.auth.fetch(project))?.status).toBe(200)
  })

  it('C21 back with a spent token: exactly one refresh', async () => {
    const given = world()
    const { auth, tab, clock } = await signedIn(given)
    tab.leave()
    clock.sleep(hour)
    tab.comeBack()
    await clock.advance(5_000)
    expect(given.backend.count('/auth/refresh')).toBe(1)
    expect((await auth.fetch(project)).status).toBe(200)
  })

  it('back after others refreshed meanwhile, it takes over their token and asks nothing', async () => {
    const given = world({ latency: 20 })
    const [one, two] = await signedInTabs(2, given)
    two?.tab.leave()
    given.clock.sleep(hour)
    const asked = one.auth.fetch(project)
    await given.clock.advance(1_000)
    await asked
    const before = given.backend.count('/auth/refresh')
    two?.tab.comeBack()
    await given.clock.advance(1_000)
    expect(given.backend.count('/auth/refresh')).toBe(before)
    expect(await two?.auth.getAccessToken()).toBe(given.backend.token())
  })
})
