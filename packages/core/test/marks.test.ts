// The laws of what is left in storage for the other tabs: exactly what, and what is believed of it.
import { describe, expect, it } from 'vitest'
import { problem } from './backend.js'
import { settle } from './manual-clock.js'
import { openClient, signedIn, signedInTabs, world, type Opened } from './open-client.js'

const refreshes = ({ backend }: Pick<Opened, 'backend'>): number => backend.count('/auth/refresh')
const channel = 'latchkey:1:default'
const [session, tabs] = ['latchkey:default:session', 'latchkey:default:tabs']
const stranger = { v: 1, name: 'default', tab: 'stranger' }

/** Another tab writes this. */
async function written({ browser, tab }: Opened, key: string, value: string): Promise<void> {
  browser.storage.set(key, value)
  tab.fire('storage', { key, newValue: value })
  await settle()
}

describe('what is left in storage', () => {
  it('W2 is the session, its holder and the count of exchanges, and after a logout that it is over', async () => {
    const { auth, browser } = await signedIn()
    expect(Object.fromEntries(browser.storage)).toEqual({
      [session]: '{"sid":"sid-1","state":"in"}',
      [tabs]: '["tab-1-1"]',
      'latchkey:default:seq': '1',
    })
    await auth.logout()
    expect(Object.fromEntries(browser.storage)).toEqual({
      [session]: '{"sid":"sid-1","state":"logged-out"}',
      [tabs]: '[]',
      'latchkey:default:seq': '1',
    })
  })

  it('C22 names each tab that can be asked once, for as long as it can be', async () => {
    const [one, two] = await signedInTabs(2)
    await one.auth.refresh()
    await settle()
    expect(one.browser.storage.get(tabs)).toBe('["tab-1-1","tab-2-1"]')
    one.tab.leave()
    expect(one.browser.storage.get(tabs)).toBe('["tab-2-1"]')
    one.tab.comeBack()
    expect(one.browser.storage.get(tabs)).toBe('["tab-2-1","tab-1-1"]')
    two?.auth.dispose()
    expect(one.browser.storage.get(tabs)).toBe('["tab-1-1"]')
  })

  it('C26 names no tab that does not share its token', async () => {
    const { browser } = await signedIn(world(), { tabs: { shareToken: false } })
    expect(browser.storage.has(tabs)).toBe(false)
  })

  it('F30 a tab that was asked and did not answer is named no longer', async () => {
    const given = world()
    given.browser.storage.set(tabs, '["gone"]')
    const opened = openClient(given)
    const looked = opened.auth.restore()
    await given.clock.advance(999)
    expect([refreshes(opened), given.browser.storage.get(tabs)]).toEqual([0, '["gone"]'])
    await given.clock.advance(1)
    await looked
    expect([refreshes(opened), given.browser.storage.has(tabs)]).toEqual([1, false])
  })

  it.each(['', 'garbage', 'null', '7', '"tab-2-1"', '{"length":1}', '[]', '["tab-1-1"]'])(
    'F30 %j names no other tab: nobody is asked',
    async (value) => {
      const given = world()
      given.browser.storage.set(tabs, value)
      const opened = openClient(given)
      await opened.auth.restore()
      expect(refreshes(opened)).toBe(1)
      expect(given.browser.posted.filter((message) => (message as { type: string }).type === 'hello')).toEqual([])
    },
  )

  it('F29 without a channel, nobody is asked, whatever is named', async () => {
    const given = world()
    given.browser.storage.set(tabs, '["other"]')
    const opened = openClient(given, {}, { channel: true })
    await opened.auth.restore()
    expect(refreshes(opened)).toBe(1)
  })
})

describe('the mark of a session', () => {
  it.each([
    '',
    'garbage',
    'null',
    '7',
    '[]',
    '{}',
    '{"sid":"sid-1"}',
    '{"state":"logged-out"}',
    '{"sid":1,"state":"logged-out"}',
    '{"sid":"sid-1","state":"become-admin"}',
    '{"sid":"sid-2","state":"logged-out-by-magic"}',
  ])('C25 that reads %j is none, and changes nothing', async (value) => {
    const opened = await signedIn()
    const [before, sent] = [opened.auth.$session.get(), opened.backend.sent.length]
    await written(opened, session, value)
    expect(opened.auth.$session.get()).toBe(before)
    expect(opened.backend.sent).toHaveLength(sent)
  })

  it.each(['logged-out', 'expired', 'revoked', 'idle'])('C24 that says %s of this session ends it', async (state) => {
    const opened = await signedIn()
    await written(opened, session, JSON.stringify({ sid: 'sid-1', state }))
    const reason = state === 'logged-out' ? 'logged-out-elsewhere' : state
    expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason })
  })

  it('C24 that another key’s news comes with is looked at no sooner than its own', async () => {
    const opened = await signedIn()
    opened.browser.storage.set(session, '{"sid":"sid-1","state":"logged-out"}')
    for (const key of [tabs, 'latchkey:admin:session', null]) opened.tab.fire('storage', { key })
    await settle()
    expect(opened.auth.$session.get().status).toBe('authenticated')
    opened.tab.fire('storage', { key: session })
    await settle()
    expect(opened.auth.$session.get().status).toBe('unauthenticated')
  })

  it.each([
    ['sid-9', 'sid-9', 'logged-out', 0],
    ['sid-9', 'sid-9', 'in', 1],
    ['sid-9', 'sid-8', 'logged-out', 1],
  ] as const)(
    'F45 news of a login to %s, where %s is marked %s, is looked up %d times',
    async (sid, of, state, looks) => {
      const opened = openClient()
      await opened.auth.restore()
      const before = refreshes(opened)
      opened.browser.storage.set(session, JSON.stringify({ sid: of, state }))
      opened.browser.post(channel, { ...stranger, seq: 1, type: 'logged-in', sid })
      await settle()
      expect(refreshes(opened) - before).toBe(looks)
    },
  )

  it('F43 a logout where nobody is known ends the session that is marked, and no other', async () => {
    const given = world()
    given.browser.storage.set(session, '{"sid":"sid-9","state":"in"}')
    const { auth, browser, backend } = openClient(given)
    await auth.logout()
    expect(browser.storage.get(session)).toBe('{"sid":"sid-9","state":"logged-out"}')
    expect(backend.count('/auth/logout')).toBe(1)
    expect(browser.posted).toContainEqual(expect.objectContaining({ type: 'logged-out', sid: 'sid-9' }))
    await openClient(given).auth.logout()
    expect(browser.posted.filter((said) => (said as { type: string }).type === 'logged-out')).toHaveLength(1)
  })

  it('W10 a logout that the server has not heard of is left until it has', async () => {
    const { auth, backend, browser } = await signedIn()
    backend.answer('/auth/logout', () => problem(503, 'down'))
    await auth.logout()
    expect(browser.storage.get('latchkey:default:logout')).toBe('this')
  })
})
