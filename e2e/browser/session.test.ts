// The product's main path, in a real Chromium against the real server with tokens that live for ten minutes.
import type { BrowserContext } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStage, type Stage } from '../stage.js'
import { accountPage, isRefresh, loginPage, password, refreshCookie, register } from './person.js'

let stage: Stage
let context: BrowserContext

beforeAll(async () => {
  stage = await openStage({ ACCESS_TOKEN_TTL_SECONDS: '600' })
})
afterAll(() => stage.close())
beforeEach(async () => {
  context = await stage.browser.newContext()
})
afterEach(() => context.close())

describe('signed in, in a real browser', () => {
  it('somebody registers, sees who they are, and calls a protected API', async () => {
    const page = await context.newPage()
    const email = await register(page, stage.app)
    await page.getByText(email).first().waitFor()
    const answered = page.waitForResponse(
      (response) => response.url() === `${stage.api}/api/hello` && response.request().method() === 'GET',
    )
    await page.getByRole('button', { name: 'Call the API' }).click()
    expect((await answered).status()).toBe(200)
    await page.getByText('Hello').first().waitFor()
  })

  it('a wrong password is said so, and the right one leads back to the page that asked', async () => {
    const page = await context.newPage()
    const email = await register(page, stage.app)
    await page.getByRole('button', { name: 'Log out', exact: true }).click()
    await page.goto(`${stage.app}/account`)
    await loginPage(page)
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill('not the password at all')
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor()
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await accountPage(page)
    expect(new URL(page.url()).pathname).toBe('/account')
  })

  it('a reload keeps them signed in, by one refresh', async () => {
    const page = await context.newPage()
    await register(page, stage.app)
    const refreshes: string[] = []
    page.on(
      'request',
      (request) => isRefresh(request.url()) && request.method() === 'POST' && refreshes.push(request.url()),
    )
    await page.reload()
    await accountPage(page)
    expect(refreshes).toHaveLength(1)
  })

  it('a second tab is signed in at once, without a refresh call', async () => {
    const first = await context.newPage()
    await register(first, stage.app)
    const second = await context.newPage()
    const refreshes: string[] = []
    context.on('request', (request) => isRefresh(request.url()) && refreshes.push(request.url()))
    await second.goto(`${stage.app}/account`)
    await accountPage(second)
    expect(refreshes).toEqual([])
  })

  it('C24 a logout in one tab is seen in the other within a second', async () => {
    const first = await context.newPage()
    await register(first, stage.app)
    const second = await context.newPage()
    await second.goto(`${stage.app}/account`)
    await accountPage(second)
    // Both tabs read the same clock: the moment of the click, and the moment at which the other page changed.
    const gone = second.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const look = (): void => {
            const heading = [...document.querySelectorAll('h1, h2')].some(
              ({ textContent }) => textContent === 'Your account',
            )
            if (!heading) resolve(Date.now())
          }
          new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
        }),
    )
    const clicked = await first.evaluate(() => {
      const button = [...document.querySelectorAll('button')].find(
        ({ textContent }) => textContent?.trim() === 'Log out',
      )
      button?.click()
      return Date.now()
    })
    expect((await gone) - clicked).toBeLessThan(1_000)
    await loginPage(second)
  })

  it('C1 no token is in storage, cookies that scripts see, or the address', async () => {
    const page = await context.newPage()
    await register(page, stage.app)
    const visible = await page.evaluate(() =>
      JSON.stringify([
        Object.entries(localStorage),
        Object.entries(sessionStorage),
        document.cookie,
        location.href,
        history.state,
        document.documentElement.outerHTML,
      ]),
    )
    const { value } = await refreshCookie(context)
    expect(visible).not.toMatch(/eyJ[\w-]+\.[\w-]+\./)
    expect(visible).not.toContain(value)
  })
})
