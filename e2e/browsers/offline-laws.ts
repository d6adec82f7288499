// What a real browser without a network does, where its driver can pull the cable.
import { describe, expect, it } from 'vitest'
import type { Tab } from './browser.js'
import { callApi, expectSoon, reasonOf, signUp, statusOf, type Stage } from './stage.js'

const refreshing = (tab: Tab): Promise<string> => tab.run(() => window.auth.$refresh.get().status)

export function holdOfflineLaws(stage: Stage): void {
  const setOffline = async (offline: boolean): Promise<void> => {
    const { setOffline: pull } = stage.person()
    expect(pull).not.toBeNull()
    await pull?.(offline)
  }

  describe('offline', () => {
    it('F1 who goes offline past the expiry stays signed in, and refreshes when back', async () => {
      const { brief } = stage.ground()
      const tab = await stage.openTab(brief)
      const email = await signUp(tab)
      await setOffline(true)
      brief.forget()
      await expectSoon(() => refreshing(tab)).toBe('failing')
      await expectSoon(() => tab.run(() => window.auth.$refresh.get().failures >= 2)).toBe(true)
      expect(await statusOf(tab)).toBe('authenticated')
      expect(brief.heard('/auth/refresh')).toEqual([])
      await setOffline(false)
      await expectSoon(() => refreshing(tab)).toBe('idle')
      expect(await statusOf(tab)).toBe('authenticated')
      expect(await callApi(tab)).toBe(200)
      expect((await brief.families(email)).map(({ revokedAt }) => revokedAt)).toEqual([null])
    })

    it('C23 F65 a logout offline ends the session at once here, and on the server before anything else is asked', async () => {
      const { lasting } = stage.ground()
      const tab = await stage.openTab(lasting)
      const email = await signUp(tab)
      await setOffline(true)
      lasting.forget()
      expect(
        await tab.run(() => {
          void window.auth.logout().catch(() => undefined)
          return document.querySelector('main')?.textContent
        }),
      ).toBe('unauthenticated')
      expect(lasting.heard('/auth/logout')).toEqual([])
      await setOffline(false)
      await expectSoon(() => lasting.heard('/auth/logout').length).toBe(1)
      await expectSoon(async () => (await lasting.families(email)).every(({ revokedAt }) => revokedAt !== null)).toBe(
        true,
      )
      expect(lasting.heard('/auth/refresh')).toEqual([])
      // A page that goes before the answer is here does not know of it: the mark goes with the answer.
      await expectSoon(() => tab.run(() => localStorage.getItem('latchkey:default:logout'))).toBe(null)
      await tab.reload()
      await expectSoon(() => reasonOf(tab)).toBe('no-session')
    })
  })
}
