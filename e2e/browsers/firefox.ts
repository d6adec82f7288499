// Firefox by WebDriver BiDi. Its secret: puppeteer speaks BiDi by itself, so that no other driver is needed.
import { launch, type Page } from 'puppeteer-core'
import { findFirefox, howToGetBrowsers } from '../../scripts/browsers.mjs'
import type { Engine, Tab } from './browser.js'

export const firefox: Engine = {
  name: 'Firefox',
  canGoOffline: true,
  async launch() {
    const executablePath = findFirefox()
    if (executablePath === null) throw new Error(howToGetBrowsers)
    const browser = await launch({ browser: 'firefox', executablePath, headless: true })
    return {
      async openPerson() {
        const context = await browser.createBrowserContext()
        return {
          async openTab(url) {
            const page = await context.newPage()
            await page.goto(url)
            return tabOf(page)
          },
          async setOffline(offline) {
            for (const page of await context.pages()) await page.setOfflineMode(offline)
          },
          close: () => context.close(),
        }
      },
      close: () => browser.close(),
    }
  },
}

function tabOf(page: Page): Tab {
  return {
    run: (call, argument) => page.evaluate(call as (argument: unknown) => never, argument),
    goto: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    back: () => page.evaluate(() => history.back()),
    close: () => page.close(),
  }
}
