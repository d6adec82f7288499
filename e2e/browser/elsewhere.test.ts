// Signing in at a provider in a real Chromium: there, back, and what is left to see, in each of the three transports.
import { randomUUID } from 'node:crypto'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  cookiesOf,
  type ElsewhereStage,
  openElsewhereStage,
  readable,
  shows,
  type Transport,
} from './elsewhere-stage.js'

const aPerson = () => ({ sub: randomUUID(), email: `${randomUUID()}@example.com`, email_verified: true, name: 'Ada' })

/** The device's own cookie opens nothing, and outlives a logout. */
const device = 'latchkey_did HttpOnly Strict /'

const kept: Readonly<Record<Transport, readonly string[]>> = {
  cookie: [device, 'latchkey_refresh HttpOnly Strict /'],
  body: [],
  'cookie-only': ['latchkey_access HttpOnly Strict /', device, 'latchkey_refresh HttpOnly Strict /'],
}

describe.each(Object.keys(kept) as Transport[])('with TOKEN_TRANSPORT=%s', (transport) => {
  let stage: ElsewhereStage
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    stage = await openElsewhereStage(transport)
  })
  afterAll(() => stage.close())
  beforeEach(async () => {
    context = await stage.browser.newContext()
    page = await context.newPage()
    await page.goto(stage.address)
    await shows(page, 'unauthenticated')
  })
  afterEach(() => context.close())

  /** Until the page is there again: what lies between are redirects. */
  const away = (leave: () => void) => Promise.all([page.waitForEvent('load'), page.evaluate(leave)])
  const signIn = () => away(() => void window.account.loginWith('acme'))
  const hello = (method: string) =>
    page.evaluate(
      (how) =>
        window.latchkeyClient
          .fetch(`${window.latchkeyClient.baseURL}api/hello`, { method: how })
          .then(({ status }) => status),
      method,
    )

  it('whoever signs in at the issuer is signed in on the page, and the API knows them', async () => {
    const person = aPerson()
    stage.issuer.seat(person)
    await signIn()
    await shows(page, `signed in: ${person.email}`)
    expect(await page.evaluate(() => window.brought)).toMatchObject({ status: 'authenticated' })
    for (const method of ['GET', 'POST', 'DELETE']) expect(await hello(method)).toBe(200)
    expect(await cookiesOf(context)).toEqual(kept[transport])
  })

  it('C1, C29, F40: the address was clean before other scripts ran, and nothing that can be read holds a token or a code', async () => {
    stage.issuer.seat(aPerson())
    const requested: string[] = []
    page.on('request', (request) => requested.push(request.url()))
    await signIn()
    await shows(page, 'signed in')
    expect(await page.evaluate(() => window.seen)).toBe(stage.address)
    // The browser's own record of the navigation keeps the fragment: its code is spent.
    const [records, ...rest] = await readable(page)
    expect(records).not.toMatch(/eyJ/)
    expect(rest.join()).not.toMatch(/eyJ|oauth|code=/)
    expect(requested.filter((url) => url.startsWith(stage.origin)).join()).not.toMatch(/oauth|code=/)
    await page.goBack()
    expect(page.url()).not.toContain(stage.server.url)
  })

  it('a reload keeps them signed in, where a cookie can', async () => {
    stage.issuer.seat(aPerson())
    await signIn()
    await shows(page, 'signed in')
    await page.reload()
    await shows(page, transport === 'body' ? 'unauthenticated' : 'signed in')
    expect(await cookiesOf(context)).toEqual(kept[transport])
  })

  it('who cancels at the issuer is told so, and the address forgets it', async () => {
    stage.issuer.seat(null)
    await signIn()
    expect(await page.evaluate(() => window.brought)).toEqual({ status: 'failed', code: 'cancelled' })
    await shows(page, 'unauthenticated')
    expect(page.url()).toBe(stage.address)
  })

  it('a logout ends it, here and in the cookies', async () => {
    stage.issuer.seat(aPerson())
    await signIn()
    await shows(page, 'signed in')
    await page.evaluate(() => window.latchkeyClient.logout())
    await shows(page, 'unauthenticated')
    expect(await cookiesOf(context)).toEqual(kept[transport].filter((cookie) => cookie === device))
  })
})
