// What eight tabs of a real browser do together: one exchange an expiry, one end, and nobody waits for a dead lock.
import { describe, expect, it } from 'vitest'
import { dueAfter } from './backend.js'
import type { Tab } from './browser.js'
import { briefly, callApi, expectSoon, reasonOf, signUp, statusOf, type Stage } from './stage.js'

const refreshes = (tab: Tab): Promise<number> =>
  tab.run(() => window.auth.timeline().filter(({ type }) => type === 'refreshed').length)

async function openEight(open: () => Promise<Tab>): Promise<readonly [Tab, ...Tab[]]> {
  const first = await open()
  const rest: Tab[] = []
  for (let count = 1; count < 8; count++) rest.push(await open())
  return [first, ...rest]
}

export function holdTabLaws(stage: Stage): void {
  describe('tabs', () => {
    it('C7 eight tabs make one exchange at each of three expiries, and all hold the token of it', async () => {
      const { brief } = stage.ground()
      const tabs = await openEight(() => stage.openTab(brief, 'always', 'jitterless'))
      for (const tab of tabs) await expectSoon(() => reasonOf(tab)).toBe('no-session')
      brief.forget()
      const email = await signUp(tabs[0])
      const exchanges = (): readonly number[] => brief.heard('/auth/refresh').map(({ at }) => at)
      await expectSoon(() => exchanges().length >= 3).toBe(true)
      // A moment at which nothing is under way: every tab has had every token.
      await expectSoon(async () => {
        const { length } = exchanges()
        const seen = await Promise.all(tabs.map(refreshes))
        return length === exchanges().length && seen.every((count) => count === length)
      }).toBe(true)

      const times = exchanges()
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at))
      // Before the newest token is due there is no expiry: an exchange so early would be a second one for the same.
      expect(gaps.filter((gap) => gap < dueAfter(briefly) * 1000 - 100)).toEqual([])
      const [family, ...others] = await brief.families(email)
      expect(others).toEqual([])
      expect(family?.revokedAt).toBeNull()
      expect(await Promise.all(tabs.map(callApi))).toEqual(tabs.map(() => 200))
    })

    it('C24 a login in one tab is seen in the other seven, and so is the logout', async () => {
      const { lasting } = stage.ground()
      const tabs = await openEight(() => stage.openTab(lasting))
      const [first, ...others] = tabs
      for (const tab of tabs) await expectSoon(() => reasonOf(tab)).toBe('no-session')
      lasting.forget()
      await signUp(first)
      for (const tab of others) await expectSoon(() => statusOf(tab)).toBe('authenticated')
      expect(lasting.heard('/auth/refresh')).toEqual([])
      await first.run(() => window.auth.logout())
      for (const tab of others) await expectSoon(() => reasonOf(tab)).toBe('logged-out-elsewhere')
      for (const tab of tabs) expect(await tab.run(() => document.body.textContent)).not.toContain('private')
      expect(lasting.heard('/auth/logout')).toHaveLength(1)
      expect(await Promise.all(tabs.map(callApi))).toEqual(tabs.map(() => 401))
    })

    it('a second tab is signed in without an exchange', async () => {
      const { lasting } = stage.ground()
      await signUp(await stage.openTab(lasting))
      lasting.forget()
      const second = await stage.openTab(lasting)
      expect(await second.run(() => window.auth.ready().then(({ status }) => status))).toBe('authenticated')
      expect(await callApi(second)).toBe(200)
      expect(lasting.heard('/auth/refresh')).toEqual([])
    })

    it('C8 F27 a page that holds the lock for ever keeps nobody from refreshing', async () => {
      const { lasting, site } = stage.ground()
      const tab = await stage.openTab(lasting)
      await signUp(tab)
      const holder = await stage.person().openTab(`${site.origin}/elsewhere`)
      await holder.run(() => {
        const never = new Promise<void>(() => {})
        Object.assign(window, { never, held: navigator.locks.request('latchkey:1:default', () => never) })
      })
      const isHeld = (): Promise<boolean> =>
        holder.run(async () =>
          ((await navigator.locks.query()).held ?? []).some(({ name }) => name === 'latchkey:1:default'),
        )
      await expectSoon(isHeld).toBe(true)
      lasting.forget()
      expect(await tab.run(() => window.auth.refresh().then(({ status }) => status))).toBe('authenticated')
      expect(lasting.heard('/auth/refresh')).toHaveLength(1)
      expect(await isHeld()).toBe(true)
    })
  })
}
