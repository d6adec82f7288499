// What happens at expiry, in a real Chromium against the real server with tokens that live for ten seconds.
import type { BrowserContext } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStage, type Stage } from '../stage.js'
import { accountPage, nextRefresh, refreshCookie, register } from './person.js'

let stage: Stage
let context: BrowserContext

beforeAll(async () => {
  stage = await openStage({ ACCESS_TOKEN_TTL_SECONDS: '10', ROTATION_GRACE_SECONDS: '1' })
})
afterAll(() => stage.close())
beforeEach(async () => {
  context = await stage.browser.newContext()
})
afterEach(() => context.close())

describe('kept signed in, in a real browser', () => {
  it('a silent refresh renews the token, rotates the cookie, and nothing flickers', async () => {
    const page = await context.newPage()
    await register(page, stage.app)
    const before = await refreshCookie(context)
    await page.evaluate(() => {
      const shown = [...document.querySelectorAll('h1, h2')].find(({ textContent }) => textContent === 'Your account')
      Object.assign(globalThis, { flickers: 0 })
      new MutationObserver(() => {
        if (shown?.isConnected === false) Object.assign(globalThis, { flickers: 1 })
      }).observe(document.body, { childList: true, subtree: true })
    })
    expect(await nextRefresh(context)).toBe(200)
    expect(await nextRefresh(context)).toBe(200)
    expect((await refreshCookie(context)).value).not.toBe(before.value)
    expect(await page.evaluate(() => (globalThis as unknown as { flickers: number }).flickers)).toBe(0)
  })

  it('F8 while the server is away the app stays signed in and says so, and it recovers with the server', async () => {
    const page = await context.newPage()
    await register(page, stage.app)
    await stage.stopServer()
    await page.getByText('Reconnecting').waitFor()
    await accountPage(page)
    await stage.startServer()
    await page.getByText('Reconnecting').waitFor({ state: 'hidden' })
    await accountPage(page)
    await page.getByRole('button', { name: 'Call the API' }).click()
    await page.getByText('Hello').first().waitFor()
  })

  it('B2 a stolen refresh token that is replayed after its successor was used ends the session for both', async () => {
    const page = await context.newPage()
    await register(page, stage.app)
    const stolen = await refreshCookie(context)
    expect(await nextRefresh(context)).toBe(200)
    expect(await nextRefresh(context)).toBe(200)
    const theft = await fetch(`${stage.api}/auth/refresh`, {
      method: 'POST',
      headers: { 'X-Latchkey': '1', Origin: stage.app, Cookie: `${stolen.name}=${stolen.value}` },
    })
    expect(theft.status).toBe(401)
    expect(await theft.json()).toMatchObject({ code: 'session_revoked' })
    await page.getByText(/Your session has (expired|been ended from another device), please/).waitFor()
  })
})
