// Chromium by Playwright. Its secret: the back/forward cache, which Playwright turns off unless told not to.
import { chromium as playwright, type Page } from 'playwright'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import type { Engine, Tab } from './browser.js'

export const chromium: Engine = {
  name: 'Chromium',
  canGoOffline: true,
  async launch() {
    const browser = await playwright.launch({
      executablePath: findChromium() ?? 'chromium',
      args: chromiumArguments,
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    })
    return {
      async openPerson() {
        const context = await browser.newContext()
        return {
          async openTab(url) {
            const page = await context.newPage()
            await page.goto(url)
            return tabOf(page)
          },
          setOffline: (offline) => context.setOffline(offline),
          close: () => context.close(),
        }
      },
      close: () => browser.close(),
    }
  },
}

function tabOf(page: Page): Tab {
  return {
    // Playwright's own type of what a page returns is wider than JSON.
    run: (call, argument) => page.evaluate(call as (argument: unknown) => never, argument),
    goto: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    back: () => page.evaluate(() => history.back()),
    close: () => page.close(),
  }
}
