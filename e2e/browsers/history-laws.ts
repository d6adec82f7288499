// What a real browser does with a page that is left and comes back: reload, and the back/forward cache.
import { describe, expect, it } from 'vitest'
import type { Tab } from './browser.js'
import type { Shown } from './page.js'
import { briefly, callApi, expectSoon, reasonOf, signUp, statusOf, type Stage } from './stage.js'

const shown = (tab: Tab): Promise<readonly Shown[]> => tab.run(() => window.shown)
const isShownAgain = (tab: Tab): Promise<boolean> =>
  tab.run(
    () =>
      window.shown.filter(({ at }) => at === 'frame').length > Number(window.shown.some(({ persisted }) => persisted)),
  )

export function holdHistoryLaws(stage: Stage): void {
  const leave = (tab: Tab): Promise<void> => tab.goto(`${stage.ground().site.origin}/elsewhere`)

  describe('history', () => {
    it('a reload keeps them signed in, by one exchange', async () => {
      const { lasting } = stage.ground()
      const tab = await stage.openTab(lasting)
      await signUp(tab)
      lasting.forget()
      await tab.reload()
      expect(await tab.run(() => window.auth.ready().then(({ status }) => status))).toBe('authenticated')
      expect(lasting.heard('/auth/refresh')).toHaveLength(1)
      expect(await callApi(tab)).toBe(200)
    })

    it('C22 an idle page is taken into the back/forward cache, and comes back signed in without an exchange', async () => {
      const { lasting } = stage.ground()
      const tab = await stage.openTab(lasting)
      const email = await signUp(tab)
      lasting.forget()
      await leave(tab)
      await tab.back()
      await expectSoon(() => isShownAgain(tab)).toBe(true)
      expect((await shown(tab)).filter(({ persisted }) => persisted)).toEqual([
        { at: 'pageshow', persisted: true, text: `private: ${email}` },
        { at: 'frame', persisted: true, text: `private: ${email}` },
      ])
      // Chromium alone says what would have kept a page out.
      const reasons = await tab.run(() =>
        performance
          .getEntriesByType('navigation')
          .map((entry) => ('notRestoredReasons' in entry ? entry.notRestoredReasons : null)),
      )
      expect(reasons).toEqual([null])
      expect(await callApi(tab)).toBe(200)
      expect(lasting.heard('/auth/refresh')).toEqual([])
    })

    it('C22 what the other tabs say meanwhile does not put a page out of the back/forward cache', async () => {
      const { lasting } = stage.ground()
      const tab = await stage.openTab(lasting)
      await signUp(tab)
      const other = await stage.openTab(lasting)
      await expectSoon(() => statusOf(other)).toBe('authenticated')
      await leave(tab)
      await other.run(() => window.auth.refresh().then(() => undefined))
      await tab.back()
      await expectSoon(() => isShownAgain(tab)).toBe(true)
      expect((await shown(tab)).some(({ persisted }) => persisted)).toBe(true)
      expect(await callApi(tab)).toBe(200)
    })

    it('C21 F24 a page that comes back with a spent token makes one exchange', async () => {
      const { brief } = stage.ground()
      const tab = await stage.openTab(brief)
      await signUp(tab)
      await leave(tab)
      brief.forget()
      const spentAt = Date.now() + briefly * 1000
      await expectSoon(() => Date.now() > spentAt).toBe(true)
      expect(brief.heard('/auth/refresh')).toEqual([])
      await tab.back()
      await expectSoon(() => isShownAgain(tab)).toBe(true)
      expect(await callApi(tab)).toBe(200)
      expect(brief.heard('/auth/refresh')).toHaveLength(1)
    })

    it('F25 who goes back after a logout in another tab never sees private data', async ({ annotate }) => {
      const { lasting } = stage.ground()
      const tab = await stage.openTab(lasting)
      const email = await signUp(tab)
      const other = await stage.openTab(lasting)
      await expectSoon(() => statusOf(other)).toBe('authenticated')
      const before = (await shown(tab)).length
      await leave(tab)
      await other.run(() => window.auth.logout())
      await tab.back()
      await expectSoon(() => isShownAgain(tab)).toBe(true)
      await expectSoon(() => reasonOf(tab)).toMatch(/^(logged-out-elsewhere|no-session)$/)
      const all = await shown(tab)
      const fromCache = all.some(({ persisted }) => persisted)
      await annotate(`pageshow.persisted was ${fromCache}`)
      expect(JSON.stringify(fromCache ? all.slice(before) : all)).not.toContain(email)
    })
  })
}
