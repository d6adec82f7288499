// The laws of the count of exchanges: who has missed one waits for its news, and not for longer than news takes.
import { describe, expect, it } from 'vitest'
import { jwt, userOf } from './backend.js'
import { settle } from './manual-clock.js'
import { openClient, signedIn, world, type Opened } from './open-client.js'

const refreshes = ({ backend }: Pick<Opened, 'backend'>): number => backend.count('/auth/refresh')
const channel = 'latchkey:1:default'
const stranger = { v: 1, name: 'default', tab: 'stranger' }
const key = 'latchkey:default:seq'

async function hears({ browser }: Opened, message: object): Promise<void> {
  browser.post(channel, { ...stranger, ...message })
  await settle()
}

/** Milliseconds that this tab’s next exchange waits for news. */
async function wait(opened: Opened): Promise<number> {
  const [before, began] = [refreshes(opened), opened.clock.now()]
  let asked = began
  opened.backend.answer('/auth/refresh', (sent) => {
    asked = opened.clock.now()
    return opened.backend.own(sent)
  })
  const refreshed = opened.auth.refresh()
  await opened.clock.advance(2_000)
  await refreshed
  expect(refreshes(opened)).toBe(before + 1)
  return asked - began
}

describe('the count of exchanges', () => {
  it('C7 is said to the other tabs and written down with every exchange', async () => {
    const { auth, browser } = await signedIn()
    const tab = 'tab-1-1'
    expect(browser.posted).toEqual([
      { v: 1, name: 'default', tab, seq: 1, type: 'counted' },
      { v: 1, name: 'default', tab, seq: 1, type: 'logged-in', sid: 'sid-1' },
    ])
    await auth.refresh()
    expect(browser.storage.get(key)).toBe('2')
    expect(browser.posted.slice(2)).toMatchObject([
      { seq: 2, type: 'counted' },
      { seq: 2, type: 'refreshed', sid: 'sid-1' },
    ])
  })

  it('C7 a tab that has missed nothing waits for nothing', async () => {
    expect(await wait(await signedIn())).toBe(0)
  })

  it.each<readonly [string, (opened: Opened) => unknown]>([
    ['storage', ({ browser }) => browser.storage.set(key, '5')],
    ['another tab', (opened) => hears(opened, { seq: 5, type: 'counted' })],
  ])('C7 one that %s tells of is waited for, for half a second, and counted on from', async (_who, tell) => {
    const opened = await signedIn()
    await tell(opened)
    expect(await wait(opened)).toBe(500)
    expect(opened.browser.storage.get(key)).toBe('6')
    expect(await wait(opened)).toBe(0)
    expect(opened.browser.storage.get(key)).toBe('7')
  })

  it('C7 it never goes back', async () => {
    const opened = await signedIn()
    await hears(opened, { seq: 5, type: 'counted' })
    await hears(opened, { seq: 2, type: 'counted' })
    await hears(opened, { seq: 5, type: 'logged-out', sid: 'other', reason: 'idle' })
    await hears(opened, { seq: 2, type: 'logged-out', sid: 'other', reason: 'idle' })
    expect(await wait(opened)).toBe(0)
    expect(opened.browser.storage.get(key)).toBe('6')
  })

  it.each(['', 'garbage', 'NaN', '-3', '{}'])('C25 %j in its place is none', async (value) => {
    const opened = await signedIn()
    opened.browser.storage.set(key, value)
    expect(await wait(opened)).toBe(0)
    expect(opened.browser.storage.get(key)).toBe('2')
  })

  it('C7 what was counted before a tab came is not waited for', async () => {
    const given = world()
    given.browser.storage.set(key, '5')
    given.backend.signedIn('ada')
    const opened = openClient(given)
    const looked = opened.auth.restore()
    await settle()
    expect(refreshes(opened)).toBe(1)
    await looked
    expect(given.browser.storage.get(key)).toBe('6')
  })

  it.each([
    ['that it failed', { type: 'refresh-failed', nextAttemptAt: 0 }, 0],
    ['that the session is over', { type: 'logged-out', sid: 'other', reason: 'idle' }, 0],
    ['that somebody is signed in, which does not say by which token', { type: 'logged-in', sid: 'sid-1' }, 500],
  ])('C7 the news of an exchange is %s', async (_what, message, waits) => {
    const opened = await signedIn()
    await hears(opened, { seq: 5, type: 'counted' })
    await hears(opened, { seq: 5, ...message })
    expect(await wait(opened)).toBe(waits)
    expect(opened.browser.storage.get(key)).toBe('6')
  })

  it('C7 news that comes before the count is counted with it', async () => {
    const opened = await signedIn()
    await hears(opened, { seq: 5, type: 'logged-out', sid: 'other', reason: 'idle' })
    expect(await wait(opened)).toBe(0)
    expect(opened.browser.storage.get(key)).toBe('6')
  })

  it('C7 a question is no news, of whatever count', async () => {
    const opened = await signedIn()
    await hears(opened, { seq: 5, type: 'hello' })
    expect(refreshes(opened)).toBe(1)
    expect(opened.browser.storage.get(key)).toBe('2')
  })

  it('C7 F29 without a channel there is no news to wait for', async () => {
    const opened = await signedIn(world(), {}, { channel: true })
    opened.browser.storage.set(key, '5')
    expect(await wait(opened)).toBe(0)
  })

  it('C7 what a tab says itself comes back to it as no news', async () => {
    const opened = await signedIn()
    const token = jwt({ sub: 'user-ada', sid: 'sid-1', gen: 99 })
    const own = { tab: 'tab-1-1', sid: 'sid-1', at: opened.clock.now(), lifetime: 600_000, user: userOf('ada') }
    await hears(opened, { ...own, seq: 9, type: 'refreshed', token })
    expect(await opened.auth.getAccessToken()).toBe(opened.backend.token())
    expect(opened.events.some(({ type }) => type === 'peer')).toBe(false)
  })
})
