// Whole flows of a person at a real Chromium against the running backends: what cookies, CORS and tabs really do.
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { openSite, type Site } from '../browsers/site.js'
import { openBetterAuth } from './better-auth-server.js'
import { openLatchkey } from './latchkey-server.js'
import { openProvider } from './oidc-server.js'
import { flows, type Flow } from './flows.js'
import { openDjango, openPython } from './python.js'
import { newcomer } from './shape.js'

/** Seconds of an access token: over while a law waits for it, and long enough for twenty replays. */
const lifetime = 6

type Running = { readonly url: string; readonly stop: () => Promise<void> }

let site: Site
let browser: Browser
let person: BrowserContext
let servers: Readonly<Record<Flow['server'], Running>>
beforeAll(async () => {
  site = await openSite('../backends/page.ts')
  const env = { ORIGINS: site.origin, ACCESS_SECONDS: String(lifetime) }
  servers = {
    fastapi: await openPython('fastapi', 'every_shape:app', env),
    django: await openDjango(env),
    betterAuth: await openBetterAuth(site.origin, 900),
    oidc: await openProvider(lifetime),
    latchkey: await openLatchkey(site.origin, lifetime, 'cookie'),
    latchkeyBody: await openLatchkey(site.origin, lifetime, 'body'),
    latchkeyCookieOnly: await openLatchkey(site.origin, lifetime, 'cookie-only'),
  }
  browser = await chromium.launch({ executablePath: findChromium() ?? 'chromium', args: chromiumArguments })
}, 300_000)
afterAll(async () => {
  await browser.close()
  for (const part of Object.values(servers)) await part.stop()
  await site.close()
})
beforeEach(async () => {
  person = await browser.newContext()
})
afterEach(() => person.close())

const urlOf = ({ server, under }: Flow): string => servers[server].url + (under === undefined ? '' : `/${under}`)

const mineOf = (flow: Flow): string => `${urlOf(flow)}/${flow.mine}`

async function openTab(flow: Flow, ...settings: 'always'[]): Promise<Page> {
  const page = await person.newPage()
  const query = new URLSearchParams({ profile: flow.profile, api: urlOf(flow), lifetime: String(lifetime) })
  settings.forEach((name) => query.set(name, ''))
  await page.goto(`${site.origin}/?${query}`)
  return page
}

/** Registers somebody, where the backend lets people, and signs in. */
async function signIn(flow: Flow, page: Page): Promise<string> {
  const ada = newcomer()
  if (flow.registers !== false)
    await page.evaluate((input) => window.client.register(input).then(() => null), { ...ada, ...flow.registers })
  expect(await page.evaluate((input) => window.client.login(input).then(({ status }) => status), ada)).toBe(
    'authenticated',
  )
  return ada.email
}

const statusOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const session = window.client.$session.get()
    return session.status === 'unauthenticated' ? session.reason : session.status
  })
const ready = (page: Page): Promise<string> => page.evaluate(() => window.client.ready().then(({ status }) => status))
const twenty = (page: Page, url: string): Promise<number[]> =>
  page.evaluate(
    (mine) => Promise.all(Array.from({ length: 20 }, async () => (await window.client.fetch(mine)).status)),
    url,
  )
/** What the page asked the network for, preflights left out. */
const asked = async (page: Page, what: RegExp): Promise<number> => {
  const names = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  return names.filter((name) => what.test(name)).length
}

describe.each(flows)('Chromium, $profile', (flow) => {
  it(`Chromium, ${flow.profile}: register, login, a wrong password, reload, logout`, async () => {
    const page = await openTab(flow)
    expect(await ready(page)).toBe('unauthenticated')
    const email = await signIn(flow, page)
    const user = await page.evaluate(() => {
      const session = window.client.$session.get()
      return session.status === 'authenticated' ? (session.user.email ?? session.user.sub) : null
    })
    expect(user).toBe(email)
    await page.reload()
    expect(await ready(page)).toBe('authenticated')
    expect(new Set(await twenty(page, mineOf(flow)))).toEqual(new Set([200]))

    await page.evaluate(() => window.client.logout())
    expect(await statusOf(page)).toBe('logged-out')
    await page.reload()
    expect(await ready(page)).toBe('unauthenticated')
    const wrong = { email, password: 'wrong horse battery' }
    const code = (input: typeof wrong) =>
      window.client.login(input).then(
        () => 'authenticated',
        (error: unknown) => (error as { readonly code: string }).code,
      )
    expect(await page.evaluate(code, wrong)).toBe('invalid_credentials')
  })

  if (flow.expires === false) lookLaw(flow)
  else expiryLaw(flow)

  it(`Chromium, ${flow.profile}: a session revoked elsewhere ends at its next refresh`, async () => {
    const page = await openTab(flow)
    const email = await signIn(flow, page)
    await flow.revoke({ url: urlOf(flow), email, page, person })
    await page.evaluate(() =>
      window.client.refresh().then(
        () => null,
        () => null,
      ),
    )
    expect(['expired', 'revoked']).toContain(await statusOf(page))
  })
})

function expiryLaw(flow: Flow): void {
  it(`Chromium, ${flow.profile}: an expiry under twenty requests costs one refresh`, async () => {
    const page = await openTab(flow)
    await signIn(flow, page)
    // The backend’s own clock decides.
    await sleep((lifetime + 1) * 1000)
    const before = await asked(page, flow.refresh)
    expect(new Set(await twenty(page, mineOf(flow)))).toEqual(new Set([200]))
    expect((await asked(page, flow.refresh)) - before).toBe(1)
  })
}

function lookLaw(flow: Flow): void {
  it(`Chromium, ${flow.profile}: a session that is over under twenty requests costs one look`, async () => {
    const page = await openTab(flow)
    const email = await signIn(flow, page)
    await flow.revoke({ url: urlOf(flow), email, page, person })
    const before = await asked(page, flow.refresh)
    expect(new Set(await twenty(page, mineOf(flow)))).toEqual(new Set([401]))
    expect((await asked(page, flow.refresh)) - before).toBe(1)
    expect(await statusOf(page)).toBe('expired')
  })
}

const strict = flows.filter(({ profile }) => ['fastapi-cookie', 'django', 'latchkey-cookie-only'].includes(profile))
describe.each(strict)('Chromium, eight tabs, $profile', (flow) => {
  it(`C7 Chromium, ${flow.profile}: eight tabs make one exchange an expiry, and the strict server signs nobody out`, async () => {
    const first = await openTab(flow, 'always')
    await ready(first)
    await signIn(flow, first)
    const tabs = [first]
    while (tabs.length < 8) tabs.push(await openTab(flow, 'always'))
    for (const tab of tabs) expect(await ready(tab)).toBe('authenticated')
    const seen = (tab: Page): Promise<readonly (string | null)[]> =>
      tab.evaluate(() =>
        window.client
          .timeline()
          .flatMap((event) =>
            event.type === 'refreshed' ? [event.by] : event.type === 'refresh-failed' ? [null] : [],
          ),
      )
    await expect
      .poll(async () => Math.min(...(await Promise.all(tabs.map(seen))).map(({ length }) => length)), {
        timeout: 60_000,
      })
      .toBeGreaterThanOrEqual(3)
    for (const tab of tabs) expect(await statusOf(tab)).toBe('authenticated')
    const all = await Promise.all(tabs.map(seen))
    expect(all.flat()).not.toContain(null)
    expect(new Set(await twenty(first, mineOf(flow)))).toEqual(new Set([200]))
    // One exchange for each token that any tab has had; the rest were told.
    const most = Math.max(...all.map(({ length }) => length))
    expect(all.flat().filter((by) => by === 'exchange').length).toBeLessThanOrEqual(most + 1)
  }, 120_000)
})
