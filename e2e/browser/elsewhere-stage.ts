// Three places for a Chromium: the page, the server in one of its transports, and an issuer that is another site to both.
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { loadConfig, type RunningServer, startServer } from '@latchkey/express'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { type Issuer, openIssuer } from '../../mock-server/express/test/issuer.js'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { bundle } from '../browsers/site.js'

export type Transport = 'cookie' | 'body' | 'cookie-only'

export type ElsewhereStage = {
  readonly browser: Browser
  readonly issuer: Issuer
  readonly server: RunningServer
  readonly origin: string
  /** The page's address, which says where its server is and how tokens travel. */
  readonly address: string
  /** Moves the server's clock, in milliseconds. */
  readonly advance: (ms: number) => void
  readonly close: () => Promise<void>
}

export async function openElsewhereStage(transport: Transport): Promise<ElsewhereStage> {
  const script = await bundle(new URL('./elsewhere-page.ts', import.meta.url).href)
  const pages = createServer(({ url = '/' }, response) => {
    const isScript = url.startsWith('/page.js')
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>page</title><main></main><script src="/page.js"></script>')
  })
  const origin = await listen(pages)
  const issuer = await openIssuer({ host: 'localhost' })
  const config = loadConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'pglite::memory:',
    ALLOWED_ORIGINS: origin,
    APP_URL: origin,
    TOKEN_TRANSPORT: transport,
    ...issuer.env('ACME'),
  })
  let ahead = 0
  const server = await startServer({
    config,
    clock: { now: () => Date.now() + ahead },
    mount(app, { requireAuth }) {
      app.all('/api/hello', requireAuth(), (_request, response) => void response.json({}))
      app.post('/api/upload', requireAuth(), (request, response) => {
        const digest = createHash('sha256')
        let bytes = 0
        request.on('data', (chunk: Buffer) => {
          digest.update(chunk)
          bytes += chunk.length
        })
        request.on('end', () => {
          response.json({ bytes, sha256: digest.digest('hex'), type: request.headers['content-type'] ?? null })
        })
      })
    },
  })
  issuer.admit(`${server.url}/auth/oauth/acme/callback`)
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('No Chromium: install one or name it in CHROMIUM_PATH.')
  const browser = await chromium.launch({ executablePath, args: chromiumArguments })
  return {
    browser,
    issuer,
    server,
    origin,
    advance: (ms) => {
      ahead += ms
    },
    address: `${origin}/account?${new URLSearchParams({ api: server.url, transport })}`,
    async close() {
      await browser.close()
      await server.stop()
      await issuer.close()
      pages.closeAllConnections()
      await new Promise((resolve) => pages.close(resolve))
    },
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Waits until the page says that somebody, or nobody, is signed in. */
export const shows = (page: Page, text: string) => page.getByText(text).waitFor()

/** Every text that scripts of the page could read a token from; first the browser's own records. */
export const readable = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [
      performance.getEntries().map(({ name }) => name),
      document.cookie,
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      location.href,
      history.state,
      document.documentElement.outerHTML,
    ].map((part) => JSON.stringify(part)),
  )

/** The server's cookies in the browser, by name. */
export async function cookiesOf(context: BrowserContext): Promise<readonly string[]> {
  const cookies = await context.cookies()
  return cookies
    .filter(({ name }) => name.startsWith('latchkey'))
    .map(({ name, httpOnly, sameSite, path }) => `${name} ${httpOnly ? 'HttpOnly ' : ''}${sameSite} ${path}`)
    .toSorted()
}
