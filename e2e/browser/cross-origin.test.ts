// What a page of another origin may read of the API, in a real Chromium: everything where it is listed, nothing where it is not (B11).
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { loadConfig, type RunningServer, startServer } from '@latchkey/express'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'

const exposed = ['www-authenticate', 'retry-after', 'date', 'x-request-id'] as const

let pages: Server
let server: RunningServer
let browser: Browser
let context: BrowserContext
let page: Page
/** By its name the first is another site than the API, the second the same site on another port. */
let origins: { readonly allowed: string; readonly stranger: string; readonly sibling: string }

beforeAll(async () => {
  pages = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><title>A page</title>')
  })
  pages.listen(0)
  await once(pages, 'listening')
  const others = (pages.address() as AddressInfo).port
  origins = {
    allowed: `http://localhost:${others}`,
    stranger: `http://stranger.localhost:${others}`,
    sibling: `http://127.0.0.1:${others}`,
  }
  const config = loadConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'pglite::memory:',
    ALLOWED_ORIGINS: origins.allowed,
  })
  server = await startServer({ config, limits: { credentialPerAccountAndIp: { points: 1, seconds: 300 } } })
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('No Chromium: install one or name it in CHROMIUM_PATH.')
  browser = await chromium.launch({ executablePath, args: chromiumArguments })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  pages.closeAllConnections()
  pages.close()
})
beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
})
afterEach(() => context.close())

/** What a script of the page gets of a call: the status and the exposed headers, or that it gets nothing. */
type Asking = { method?: string; mode?: 'no-cors'; headers?: Record<string, string>; body?: string }
const read = (path: string, init: Asking = {}) =>
  page.evaluate(
    async ({ url, options, names }) => {
      try {
        const response = await fetch(url, { credentials: 'include', ...options })
        const headers = Object.fromEntries(names.map((name) => [name, response.headers.get(name)]))
        return { status: response.status, code: ((await response.json()) as { code?: string }).code, headers }
      } catch (error) {
        return (error as Error).name
      }
    },
    { url: server.url + path, options: init, names: exposed },
  )

const wrongLogin = (email: string): Asking => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-latchkey': '1' },
  body: JSON.stringify({ email, password: 'not the password of anybody' }),
})

describe('B11: a page of an allowed other origin', () => {
  beforeEach(() => page.goto(origins.allowed))

  it('reads of a 401 what it must do, when it was answered, and by which request', async () => {
    const refused = await read('/auth/me', { headers: { authorization: 'Bearer nonsense' } })
    expect(refused).toMatchObject({
      status: 401,
      code: 'invalid_token',
      headers: {
        'www-authenticate': expect.stringMatching(/^Bearer error="invalid_token"/),
        date: expect.stringMatching(/ GMT$/),
        'x-request-id': expect.stringMatching(/^[\w-]{8,}$/),
      },
    })
  })

  it('reads of a 429 how long to wait', async () => {
    await read('/auth/login', wrongLogin('somebody@example.com'))
    expect(await read('/auth/login', wrongLogin('somebody@example.com'))).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/), date: expect.stringMatching(/ GMT$/) },
    })
  })

  it('asks for leave once: the preflight of one call holds for the next', async () => {
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    const preflights: string[] = []
    devtools.on('Network.requestWillBeSent', ({ request }) => {
      if (request.method === 'OPTIONS') preflights.push(new URL(request.url).pathname)
    })
    const bearer = { headers: { authorization: 'Bearer nonsense' } }
    for (let n = 0; n < 3; n += 1) expect(await read('/auth/me', bearer)).toMatchObject({ status: 401 })
    expect(preflights).toEqual(['/auth/me'])
  })

  it('gets replies that no cache gives to another origin', async () => {
    const replied = page.waitForResponse(`${server.url}/auth/me`)
    await read('/auth/me')
    const headers = await (await replied).allHeaders()
    expect(headers['access-control-allow-origin']).toBe(origins.allowed)
    expect(headers['vary']?.toLowerCase().split(/, */)).toContain('origin')
  })
})

describe.each(['stranger', 'sibling'] as const)('B11, S29: a page of an origin that is not allowed, a %s,', (who) => {
  beforeEach(() => page.goto(origins[who]))

  it('reads nothing: no status, no header, no body, with a preflight or without', async () => {
    expect(await read('/auth/me')).toBe('TypeError')
    expect(await read('/auth/me', { headers: { authorization: 'Bearer nonsense' } })).toBe('TypeError')
    expect(await read('/auth/login', wrongLogin(`${who}@example.com`))).toBe('TypeError')
    expect(await read('/.well-known/jwks.json')).toBe('TypeError')
  })

  it('is not even sent to where it needs leave, and gets nothing where it needs none; no cache hands it what another origin got', async () => {
    const sent: string[] = []
    page.on('requestfinished', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`))
    await read('/auth/login', wrongLogin(`${who}@example.com`))
    expect(sent).not.toContain('POST /auth/login')
    expect(await read('/auth/me', { mode: 'no-cors' })).toBe('TypeError')
    const { headers } = await fetch(`${server.url}/auth/me`, { headers: { origin: origins[who] } })
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('vary')?.toLowerCase().split(/, */)).toContain('origin')
  })
})
