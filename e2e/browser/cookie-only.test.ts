// Both tokens in cookies, in a real Chromium: no script sees one, and pages of other sites can do nothing with them.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cookiesOf, type ElsewhereStage, openElsewhereStage, readable, shows } from './elsewhere-stage.js'

/** The device's own cookie opens nothing, and outlives a logout. */
const device = 'latchkey_did HttpOnly Strict /'
const all = ['latchkey_access HttpOnly Strict /', device, 'latchkey_refresh HttpOnly Strict /']

let stage: ElsewhereStage
let context: BrowserContext
let page: Page

beforeAll(async () => {
  stage = await openElsewhereStage('cookie-only')
})
afterAll(() => stage.close())
beforeEach(async () => {
  context = await stage.browser.newContext()
  page = await context.newPage()
  await page.goto(stage.address)
  await shows(page, 'unauthenticated')
})
afterEach(() => context.close())

async function register(): Promise<string> {
  const email = `${randomUUID()}@example.com`
  const result = await page.evaluate((input) => window.latchkeyClient.register(input).then(({ status }) => status), {
    email,
    password: 'correct horse battery staple',
  })
  expect(result).toBe('authenticated')
  await shows(page, `signed in: ${email}`)
  return email
}

describe('TOKEN_TRANSPORT=cookie-only in a browser', () => {
  it('B7, C1: both tokens are in HttpOnly cookies, and no script can read one', async () => {
    await register()
    expect(await cookiesOf(context)).toEqual(all)
    expect(await page.evaluate(() => document.cookie)).toBe('')
    expect(await page.evaluate(() => window.latchkeyClient.getAccessToken())).toBeNull()
    expect((await readable(page)).join()).not.toMatch(/eyJ/)
  })

  it('no request of the page carries a token in a header, and its own API calls no header of ours', async () => {
    await register()
    const headers: Record<string, string>[] = []
    page.on('request', (request) => request.method() !== 'OPTIONS' && headers.push(request.headers()))
    const status = await page.evaluate(() =>
      window.latchkeyClient
        .fetch(`${window.latchkeyClient.baseURL}api/hello`, { method: 'POST' })
        .then((response) => response.status),
    )
    expect(status).toBe(200)
    expect(headers).toHaveLength(1)
    expect(Object.keys(headers[0] ?? {})).not.toEqual(expect.arrayContaining(['authorization']))
    expect(Object.keys(headers[0] ?? {})).not.toEqual(expect.arrayContaining(['x-latchkey']))
  })

  it('an access cookie that is gone is fetched anew by one refresh, and the call is replayed', async () => {
    await register()
    await context.clearCookies({ name: 'latchkey_access' })
    const asked: string[] = []
    page.on('request', (request) => request.method() !== 'OPTIONS' && asked.push(new URL(request.url()).pathname))
    const status = await page.evaluate(() =>
      window.latchkeyClient.fetch(`${window.latchkeyClient.baseURL}api/hello`).then((response) => response.status),
    )
    expect([status, asked.slice(0, 3)]).toEqual([200, ['/api/hello', '/auth/refresh', '/api/hello']])
    expect(await cookiesOf(context)).toEqual(all)
  })

  it('a second tab is signed in, and a logout in one ends both', async () => {
    const email = await register()
    const second = await context.newPage()
    await second.goto(stage.address)
    await shows(second, `signed in: ${email}`)
    await page.evaluate(() => window.latchkeyClient.logout())
    await shows(second, 'unauthenticated')
    expect(await cookiesOf(context)).toEqual([device])
  })

  it('B9, S24: a page of another origin or site changes nothing, by a form or by a fetch', async () => {
    await register()
    const evil = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end(`<form method="post" action="${stage.server.url}/api/hello"><button>go</button></form>`)
    })
    evil.listen(0)
    await once(evil, 'listening')
    const { port } = evil.address() as AddressInfo
    for (const host of ['127.0.0.1', 'localhost']) {
      const other = await context.newPage()
      await other.goto(`http://${host}:${port}/`)
      // Whatever comes back may not be read there; what counts is that it is sent.
      await other.evaluate(
        (url) => fetch(url, { method: 'POST', credentials: 'include', mode: 'no-cors' }).catch(() => null),
        `${stage.server.url}/auth/logout`,
      )
      const answered = other.waitForResponse(`${stage.server.url}/api/hello`)
      await other.getByRole('button').click()
      // To a sibling origin the cookie travels, and the origin is refused; to another site it does not travel at all.
      expect((await answered).status()).toBe(host === 'localhost' ? 401 : 403)
      await other.close()
    }
    evil.closeAllConnections()
    evil.close()
    await page.reload()
    await shows(page, 'signed in')
  })

  it('B31: somebody with a password links the issuer, and comes in by it from then on', async () => {
    const email = await register()
    const person = { sub: randomUUID(), email: 'somebody@elsewhere.example', email_verified: false }
    stage.issuer.seat(person)
    await Promise.all([page.waitForEvent('load'), page.evaluate(() => void window.account.identities.link('acme'))])
    const identity = { provider: 'acme', email: person.email }
    expect(await page.evaluate(() => window.brought)).toMatchObject({ status: 'linked', identity })
    expect(await page.evaluate(() => window.account.identities.list())).toMatchObject([identity])
    await page.evaluate(() => window.latchkeyClient.logout())
    await shows(page, 'unauthenticated')
    await Promise.all([page.waitForEvent('load'), page.evaluate(() => void window.account.loginWith('acme'))])
    await shows(page, `signed in: ${email}`)
  })
})
