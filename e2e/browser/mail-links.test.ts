// Every link that a mail carries, followed in both examples in a real Chromium: it has a page, and a click on it does what the mail says.
import { readFileSync } from 'node:fs'
import type { BrowserContext, Page, Request } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aCatcher, type Catcher } from '../../mock-server/express/test/catcher.js'
import { openStage, type Stage } from '../stage.js'
import { violations } from './axe.js'
import { linkTo, linksTo } from './letter-box.js'
import { accountPage, logIn, logOut, password, register } from './person.js'

const postbox = readFileSync(new URL('../../mock-server/engine/src/postbox.ts', import.meta.url), 'utf8')
/** The engine's own list of the pages that its mails link to. */
const pages = [...postbox.matchAll(/'(\/[\w-]+)'/g)].map(([, path = '']) => path)

describe.each(['react', 'vue'])('the %s example', (example) => {
  let mails: Catcher
  let stage: Stage
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    mails = await aCatcher()
    stage = await openStage({ SMTP_URL: mails.url, MAIL_FROM: 'Latchkey <no-reply@example.com>' }, example)
  })
  afterAll(async () => {
    await stage.close()
    await mails.close()
  })
  beforeEach(async () => {
    context = await stage.browser.newContext()
    page = await context.newPage()
  })
  afterEach(() => context.close())

  /** What the page asked of the API, beyond looking for a session, until now. */
  function listening(): () => readonly string[] {
    const asked: Request[] = []
    page.on('request', (request) => asked.push(request))
    return () =>
      asked
        .filter((request) => request.url().startsWith(stage.api) && request.method() !== 'OPTIONS')
        .map((request) => `${request.method()} ${new URL(request.url()).pathname}`)
        .filter((call) => !/\/auth\/(?:refresh|oauth)/.test(call))
  }

  /** The token is in no place that outlives the page: not in the address, nor in what the history keeps. */
  async function expectNoToken(link: string): Promise<void> {
    const token = new URL(link).hash.replace('#token=', '')
    expect(token).toMatch(/^[\w-]{20,}$/)
    const kept = () =>
      page.evaluate(() => JSON.stringify([location.href, history.state, Object.entries(sessionStorage)]))
    await expect.poll(kept).not.toContain(token)
  }

  async function askToMove(to: string): Promise<string> {
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByLabel('New address').fill(to)
    await page.getByRole('button', { name: 'Send me a link there' }).click()
    await page.getByText(`A mail is on its way to ${to}.`).waitFor()
    return linkTo(mails, to, '/confirm-email')
  }

  it('S38: /verify-email confirms the address by a click, and by nothing before it', async () => {
    const email = await register(page, stage.app)
    await page.getByText('not confirmed').waitFor()
    const link = await linkTo(mails, email, '/verify-email')
    const asked = listening()
    await page.goto(link)
    const confirm = page.getByRole('button', { name: 'Confirm it' })
    await confirm.waitFor()
    await expectNoToken(link)
    expect(asked()).toEqual([])
    await confirm.click()
    await page.getByRole('link', { name: 'To your account' }).click()
    await accountPage(page)
    expect(asked()).toEqual(['POST /auth/email/verify'])
    await page.reload()
    await accountPage(page)
    expect(await page.getByText('not confirmed').count()).toBe(0)
  })

  it('S38: /reset-password sets a new password by a click, and whoever forgot theirs logs in with it', async () => {
    const email = await register(page, stage.app)
    await logOut(page)
    await page.goto(`${stage.app}/forgot-password`)
    await page.getByLabel('Email').fill(email)
    await page.getByRole('button', { name: 'Send me a link' }).click()
    await page.getByText('a mail is on its way').waitFor()
    const link = await linkTo(mails, email, '/reset-password')
    const asked = listening()
    await page.goto(link)
    await page.getByLabel('New password').fill('another battery staple')
    await expectNoToken(link)
    expect(asked()).toEqual([])
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByRole('link', { name: 'Log in with it' }).click()
    await logIn(page, email, 'another battery staple')
    await accountPage(page)
    expect(asked()).toEqual(['POST /auth/password/reset', 'POST /auth/login'])
  })

  it('S38, S39: /confirm-email moves the account by a click, and the new address logs in', async () => {
    const email = await register(page, stage.app)
    const link = await askToMove(`new-${email}`)
    const asked = listening()
    await page.goto(link)
    const confirm = page.getByRole('button', { name: 'Confirm it' })
    await confirm.waitFor()
    await expectNoToken(link)
    expect([asked(), await violations(page)]).toEqual([[], []])
    await confirm.click()
    await page.getByText('Your account has moved to your new address.').waitFor()
    expect(asked()).toEqual(['POST /auth/email/change/confirm'])
    await page.getByRole('link', { name: 'To your account' }).click()
    await page.getByText(`new-${email}`).waitFor()
    await logOut(page)
    await page.goto(`${stage.app}/login`)
    await logIn(page, `new-${email}`)
    await accountPage(page)
  })

  it('S39: a browser where nobody is signed in is sent to log in first, and then confirms', async () => {
    const email = await register(page, stage.app)
    const link = await askToMove(`new-${email}`)
    const elsewhere = await stage.browser.newContext()
    page = await elsewhere.newPage()
    await page.goto(link)
    const main = page.getByRole('main')
    await main.getByRole('link', { name: 'Log in' }).click()
    expect(page.url()).not.toContain('token')
    await logIn(page, email, password)
    await page.getByRole('button', { name: 'Confirm it' }).click()
    await page.getByText('Your account has moved to your new address.').waitFor()
    expect(page.url()).toBe(`${stage.app}/confirm-email`)
    await elsewhere.close()
  })

  it('every link that a mail carries leads to a page of the app, and each page of the engine is among them', async () => {
    const email = await register(page, stage.app)
    await askToMove(`new-${email}`)
    await page.request.post(`${stage.api}/auth/password/forgot`, { data: { email } })
    await linkTo(mails, email, '/reset-password')
    await linkTo(mails, email, '/verify-email')
    const links = [email, `new-${email}`].flatMap((to) => linksTo(mails, to))
    const seen = new Set<string>()
    for (const link of new Set(links)) {
      await page.goto(link)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const isMissing = (await page.getByRole('heading', { name: 'There is no such page' }).count()) > 0
      expect([link, new URL(link).origin, isMissing]).toEqual([link, stage.app, false])
      seen.add(new URL(link).pathname)
    }
    expect([...seen].toSorted()).toEqual(pages.toSorted())
  })
})
