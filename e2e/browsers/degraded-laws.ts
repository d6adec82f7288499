// What is left where a real browser lacks locks or channels: no coordination, and still nobody is signed out or left in.
import { describe, expect, it } from 'vitest'
import type { Tab } from './browser.js'
import { callApi, expectSoon, reasonOf, signUp, statusOf, type Setting, type Stage } from './stage.js'

export function holdDegradedLaws(stage: Stage): void {
  const openTab = async (...without: Setting[]): Promise<Tab> => {
    const tab = await stage.openTab(stage.ground().lasting, ...without)
    await expectSoon(() => reasonOf(tab)).toBe('no-session')
    return tab
  }

  describe('degraded', () => {
    it('F28 F29 eight tabs with neither locks nor a channel refresh at once: one successor, and all stay signed in', async () => {
      const { lasting } = stage.ground()
      const first = await openTab('lockless', 'deaf')
      const tabs = [first]
      while (tabs.length < 8) tabs.push(await openTab('lockless', 'deaf'))
      const email = await signUp(first)
      for (const tab of tabs) await expectSoon(() => statusOf(tab)).toBe('authenticated')
      lasting.forget()
      for (const tab of tabs) {
        await tab.run(() => {
          void window.auth.refresh()
        })
      }
      await expectSoon(() => lasting.heard('/auth/refresh').length).toBe(8)
      for (const tab of tabs) await expectSoon(() => tab.run(() => window.auth.$refresh.get().status)).toBe('idle')
      expect(await Promise.all(tabs.map(callApi))).toEqual(tabs.map(() => 200))
      expect(await lasting.families(email)).toMatchObject([{ head: 1, revokedAt: null }])
    })

    it('C24 F29 without a channel a logout is still seen in the other tab', async () => {
      const { lasting } = stage.ground()
      const [first, second] = [await openTab('deaf'), await openTab('deaf')]
      await signUp(first)
      await expectSoon(() => statusOf(second)).toBe('authenticated')
      lasting.forget()
      await first.run(() => window.auth.logout())
      await expectSoon(() => reasonOf(second)).toBe('logged-out-elsewhere')
      expect(lasting.heard('/auth/refresh')).toEqual([])
    })
  })
}
