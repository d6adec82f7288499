// Where no cookie can go: what eight tabs with one refresh token in localStorage do, and what a page sees of one in a worker.
import { describe, expect, it } from 'vitest'
import type { Tab } from './browser.js'
import { callApi, expectSoon, reasonOf, signUp, statusOf, type Setting, type Stage } from './stage.js'

const stored = (tab: Tab): Promise<string> => tab.run(() => JSON.stringify(Object.entries(localStorage)))

export function holdBodyLaws(stage: Stage): void {
  const openTabs = async (count: number, ...settings: Setting[]): Promise<readonly [Tab, ...Tab[]]> => {
    const first = await stage.openTab(stage.ground().body, ...settings)
    const rest: Tab[] = []
    while (rest.length < count - 1) rest.push(await stage.openTab(stage.ground().body, ...settings))
    for (const tab of [first, ...rest]) await expectSoon(() => reasonOf(tab)).toBe('no-session')
    return [first, ...rest]
  }

  describe('a refresh token in bodies', () => {
    it('F30 webStorage: eight tabs that expire together three times never spend the same token', async () => {
      const { body } = stage.ground()
      const tabs = await openTabs(8, 'stored', 'always', 'jitterless')
      body.forget()
      const email = await signUp(tabs[0])
      for (const tab of tabs) await expectSoon(() => statusOf(tab)).toBe('authenticated')
      await expectSoon(() => body.heard('/auth/refresh').length >= 3).toBe(true)
      for (const tab of tabs)
        await tab.run(() => {
          void window.auth.refresh()
        })
      for (const tab of tabs) await expectSoon(() => tab.run(() => window.auth.$refresh.get().status)).toBe('idle')
      expect(await Promise.all(tabs.map(callApi))).toEqual(tabs.map(() => 200))
      // This server ends a session whose refresh token comes a second time.
      const [family, ...others] = await body.families(email)
      expect([family?.revokedAt, others]).toEqual([null, []])
      expect(family?.head).toBe(body.heard('/auth/refresh').length)
      expect(new Set(body.refreshTokens()).size).toBe(body.refreshTokens().length)
    })

    it('webStorage: a reload of the only tab keeps them signed in, and a logout leaves no token behind', async () => {
      const { body } = stage.ground()
      const [tab] = await openTabs(1, 'stored')
      await signUp(tab)
      await tab.reload()
      await expectSoon(() => statusOf(tab)).toBe('authenticated')
      expect(await stored(tab)).toContain(body.refreshTokens().at(-1))
      await tab.run(() => window.auth.logout())
      expect(await stored(tab)).not.toContain('latchkey:refresh')
    })

    it('PEERS “RT isolated in a worker”: signed in, refreshed, replayed and signed out, and no storage holds the token', async () => {
      const { body } = stage.ground()
      const [tab] = await openTabs(1, 'worker')
      const email = await signUp(tab)
      await tab.run(() => window.auth.refresh().then(() => undefined))
      expect(await callApi(tab)).toBe(200)
      expect(body.refreshTokens().length).toBeGreaterThanOrEqual(2)
      const all = await stored(tab)
      for (const token of body.refreshTokens()) expect(all).not.toContain(token)
      await tab.run(() => window.auth.logout())
      await expectSoon(async () => (await body.families(email)).every(({ revokedAt }) => revokedAt !== null)).toBe(true)
    })

    it('PEERS “RT isolated in a worker”: a SharedWorker keeps one for all tabs, over a reload, and localStorage holds a placeholder', async () => {
      const { body } = stage.ground()
      const [first, second] = await openTabs(2, 'shared')
      const email = await signUp(first)
      await expectSoon(() => (second === undefined ? '' : statusOf(second))).toBe('authenticated')
      await first.reload()
      await expectSoon(() => statusOf(first)).toBe('authenticated')
      await first.run(() => window.auth.refresh().then(() => undefined))
      const all = await stored(first)
      expect(all).toMatch(/held-[0-9a-f]{32}/)
      for (const token of body.refreshTokens()) expect(all).not.toContain(token)
      const [family] = await body.families(email)
      expect(family?.revokedAt).toBeNull()
    })
  })
}
