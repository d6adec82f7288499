// The page that shows the API, in a browser that refuses whatever the page's own policy forbids.
import { loadConfig, type RunningServer, startServer } from '@latchkey/express'
import { chromium, type Browser } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'

let browser: Browser
let server: RunningServer

beforeAll(async () => {
  const config = loadConfig({ PORT: '0', DATABASE_URL: 'pglite::memory:', LOG_LEVEL: 'silent' })
  server = await startServer({ config })
  browser = await chromium.launch({ executablePath: findChromium() ?? 'chromium', args: chromiumArguments })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

it('/docs shows every route from this server alone, without a word of complaint from the browser', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } })
  const complaints: string[] = []
  const elsewhere: string[] = []
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith('data:') && new URL(request.url()).origin !== server.url)
      elsewhere.push(request.url())
  })
  await page.goto(`${server.url}/docs`)
  await page.getByText('Signs an account in, or asks for its second factor.').click()
  await page.getByRole('button', { name: 'Schema' }).first().waitFor()
  expect(await page.locator('.opblock').count()).toBe(server.engine.routes.length)
  for (const name of ['Try it out', 'Authorize']) {
    expect(await page.getByRole('button', { name, exact: true }).filter({ visible: true }).count()).toBe(0)
  }
  expect([complaints, elsewhere]).toEqual([[], []])
  await page.close()
})
