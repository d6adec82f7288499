// Where a real browser lets the access token go: to no storage, and to no other origin.
import { describe, expect, it } from 'vitest'
import type { Tab } from './browser.js'
import { callApi, expectSoon, signUp, type Stage } from './stage.js'

export function holdSecrecyLaws(stage: Stage): void {
  describe('secrecy', () => {
    it('C1 no token is in storage, databases, cookies that scripts see, history, the address, the document or its timings', async () => {
      const { lasting } = stage.ground()
      const tab = await stage.openTab(lasting)
      await signUp(tab)
      await tab.run(() => window.auth.refresh().then(() => undefined))
      expect(await callApi(tab)).toBe(200)
      const token = await tab.run(() => window.auth.getAccessToken())
      expect(token).toMatch(/^eyJ/)
      const seen = await tab.run(async () =>
        JSON.stringify([
          Object.entries(localStorage),
          Object.entries(sessionStorage),
          await indexedDB.databases(),
          await caches.keys(),
          document.cookie,
          history.state,
          location.href,
          document.documentElement.outerHTML,
          performance.getEntries().map(({ name }) => name),
          window.name,
          window.auth.$session.get(),
          window.auth.timeline(),
        ]),
      )
      expect(seen).toContain('latchkey:default:session')
      expect(seen).not.toContain('eyJ')
      expect(await tab.run(() => document.cookie)).toBe('')
    })

    it('C3 F38 another origin never sees the token, however it is spelled', async () => {
      const { lasting, site } = stage.ground()
      const tab = await stage.openTab(lasting)
      await signUp(tab)
      site.overheard.length = 0
      const arrived = await tab.run(async (stranger) => {
        const { host } = new URL(stranger)
        const spellings = [
          `${stranger}/string`,
          new URL(`${stranger}/url`),
          new Request(`${stranger}/request`),
          `//${host}/protocol-relative`,
          `/\\${host}/backslash`,
          `${stranger.toUpperCase().replace('HTTP:', 'hTTp:')}/case`,
          new URL(window.auth.baseURL).href.replace('//', `//127.0.0.1@${host}/userinfo?`),
        ]
        const statuses: (number | string)[] = []
        for (const spelled of spellings)
          statuses.push(await window.auth.fetch(spelled, { mode: 'cors' }).then(({ status }) => status, String))
        return statuses
      }, site.stranger)
      // An address with a user in it is refused by the platform itself.
      expect(arrived).toEqual([200, 200, 200, 200, 200, 200, expect.stringContaining('TypeError')])
      expect(site.overheard).toHaveLength(6)
      expect(JSON.stringify(site.overheard)).not.toMatch(/authorization|bearer|eyJ|x-latchkey/i)
    })

    it('PEERS “DPoP”: tabs share one key, also after a reload, and nobody can read its private half', async () => {
      const { lasting } = stage.ground()
      const [first, second] = [await stage.openTab(lasting), await stage.openTab(lasting)]
      const publicHalf = (tab: Tab): Promise<string> =>
        tab.run(async () => {
          const { publicKey } = await window.storedKey()()
          return JSON.stringify(await crypto.subtle.exportKey('jwk', publicKey))
        })
      // Both ask for the first time at once: one of them makes the key of both.
      const [one, two] = await Promise.all([publicHalf(first), publicHalf(second)])
      expect(one).toContain('P-256')
      expect(two).toBe(one)
      await first.reload()
      expect(await publicHalf(first)).toBe(one)
      const refusal = await first.run(async () => {
        const { privateKey } = await window.storedKey()()
        return crypto.subtle.exportKey('jwk', privateKey).then(
          () => 'exported',
          ({ name }: Error) => name,
        )
      })
      expect(refusal).toBe('InvalidAccessError')
    })

    it.each([302, 307])(
      'C3 C4 F39 a redirect (%i) of a signed-in request to another origin leaves the token behind',
      async (status) => {
        const { lasting, site } = stage.ground()
        const tab = await stage.openTab(lasting)
        await signUp(tab)
        site.overheard.length = 0
        const url = `${lasting.url}/api/away/${status}?to=${encodeURIComponent(`${site.stranger}/landed`)}`
        await tab.run(
          (away) =>
            window.auth.fetch(away).then(
              () => undefined,
              () => undefined,
            ),
          url,
        )
        await expectSoon(() => site.overheard.some(({ method }) => method === 'GET')).toBe(true)
        expect(lasting.heard(`/api/away/${status}`)).toHaveLength(1)
        expect(JSON.stringify(site.overheard.map(({ headers }) => headers))).not.toMatch(/"authorization":|bearer|eyJ/i)
      },
    )
  })
}
