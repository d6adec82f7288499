// The laws of diagnose(), in a real browser against the real server, misconfigured in each of the ways that lose a cookie.
import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser, type Frame, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig, startServer, type RunningServer } from '@latchkey/express'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { openSite, type Site } from '../browsers/site.js'

/** Names that no resolver knows, all of them this machine. */
const names = ['app.test', 'api.app.test', 'portal.example'].map((name) => `MAP ${name} 127.0.0.1`).join(',')

let site: Site
let server: RunningServer
let browser: Browser
let page: Page
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  site = await openSite()
  server = await openServer({ ALLOWED_ORIGINS: [site.origin, at('localhost', site.origin)].join(',') })
  browser = await chromium.launch({
    executablePath: findChromium() ?? 'chromium',
    args: [...chromiumArguments, `--host-resolver-rules=${names}`],
  })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  await site.close()
})
afterEach(async () => {
  await page.context().close()
  await closeAll()
})

const port = (url: string): string => new URL(url).port
const at = (host: string, url: string): string => `http://${host}:${port(url)}`

const openServer = (env: Readonly<Record<string, string>>): Promise<RunningServer> =>
  startServer({ config: loadConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: 'pglite::memory:', ...env }) })

/** The server behind a proxy of somebody's own that changes the headers of its answers. */
async function behind(change: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders): Promise<string> {
  const proxy: Server = createServer((asked, answer) => {
    const { method, url, headers } = asked
    const onward = request(server.url + url, { method, headers }, (reply: IncomingMessage) => {
      answer.writeHead(reply.statusCode ?? 502, change(reply.headers))
      reply.pipe(answer)
    })
    asked.pipe(onward)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  closing.push(async () => {
    proxy.close()
    proxy.closeAllConnections()
    await once(proxy, 'close')
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

const withCookie = (headers: OutgoingHttpHeaders, part: RegExp, other: string): OutgoingHttpHeaders => ({
  ...headers,
  'set-cookie': [headers['set-cookie'] ?? []].flat().map((cookie) => cookie.replace(part, other)),
})

const without = (headers: OutgoingHttpHeaders, name: string): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name))

async function openPage(app: string, api: string, more = ''): Promise<Page> {
  page = await (await browser.newContext()).newPage()
  await page.goto(`${app}/?api=${encodeURIComponent(api)}${more}`)
  return page
}

/** What diagnose() finds, after somebody has registered in the page, where that is possible. */
async function findings(place: Page | Frame, register = true): Promise<readonly string[]> {
  return place.evaluate(async (isNew) => {
    if (isNew)
      await window.auth.register({ email: `ada${Math.random()}@example.com`, password: 'correct horse battery staple' })
    return (await window.diagnose(window.auth)).findings.map(({ code }) => code)
  }, register)
}

/** Closes what `behind` opened. */
const closeAll = async (): Promise<void> => {
  for (const close of closing.splice(0)) await close()
}

describe('diagnose() in a real browser', () => {
  it('says that the cookie came back where all is well; and where a fetch option drops the credentials, that', async () => {
    await openPage(site.origin, server.url)
    expect(await findings(page)).toEqual(['cookie-came-back'])
    await page.goto(`${site.origin}/?api=${encodeURIComponent(server.url)}&careless`)
    expect(await findings(page, false)).toEqual(['credentials'])
  })

  it.each(['Lax', 'Strict'])('F32 SameSite=%s: page and API are two sites', async (sameSite) => {
    const api = await behind((headers) => withCookie(headers, /SameSite=\w+/i, `SameSite=${sameSite}`))
    expect(await findings(await openPage(at('localhost', site.origin), api))).toEqual(['same-site'])
  })

  it('Secure on http', async () => {
    const app = at('app.test', site.origin)
    const secure = await openServer({ ALLOWED_ORIGINS: app, COOKIE_SECURE: 'true' })
    closing.push(secure.stop)
    expect(await findings(await openPage(app, at('api.app.test', secure.url)))).toEqual(['insecure-api'])
  })

  it('F62 the CORS header is missing', async () => {
    // This server lets no other origin embed its answers either, so that it cannot be told from one that is not there.
    await openPage(at('portal.example', site.origin), server.url)
    expect(await findings(page, false)).toEqual(['server-unreachable', 'cors-refused'])
    const api = await behind((headers) => without(headers, 'cross-origin-resource-policy'))
    await openPage(at('portal.example', site.origin), api)
    expect(await findings(page, false)).toEqual(['cors-refused'])
  })

  it('F62 CORS without Access-Control-Allow-Credentials', async () => {
    const api = await behind((headers) => without(headers, 'access-control-allow-credentials'))
    expect(await findings(await openPage(site.origin, api), false)).toEqual(['cors-credentials'])
  })

  it('F32 a third-party context: the page is framed by another site', async () => {
    page = await (await browser.newContext()).newPage()
    await page.goto(`${at('localhost', site.origin)}/elsewhere`)
    await page.evaluate(
      (url) => {
        const frame = document.createElement('iframe')
        frame.src = url
        document.body.append(frame)
      },
      `${site.origin}/?api=${encodeURIComponent(server.url)}`,
    )
    const [, frame] = page.frames()
    if (frame === undefined) throw new Error('There is no frame.')
    await frame.waitForFunction(() => 'auth' in window)
    expect(await findings(frame)).toEqual(['third-party'])
  })

  it('the path does not cover the refresh', async () => {
    const api = await behind((headers) => withCookie(headers, /Path=[^;]+/i, 'Path=/elsewhere'))
    expect(await findings(await openPage(site.origin, api))).toEqual(['cookie-path'])
  })

  it('F1 a server that does not answer', async () => {
    const api = await behind((headers) => headers)
    await openPage(site.origin, api)
    await closeAll()
    expect(await findings(page, false)).toContain('server-unreachable')
  })
})
