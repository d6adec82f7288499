// The real server, the product's page on an origin of its own, and a Chromium with an authenticator that a test holds.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { loadConfig, startServer } from '@latchkey/express'
import { chromium, type Page } from 'playwright'
import { build } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Somebody's browser with the page open, and their authenticator. */
export type Visit = {
  readonly page: Page
  /** What becomes of the next request for a touch or PIN: right, or wrong. */
  readonly setVerified: (isUserVerified: boolean) => Promise<void>
  /** The keys on the authenticator. */
  readonly keys: () => Promise<readonly unknown[]>
  readonly close: () => Promise<void>
}

export type PasskeyStage = {
  readonly visit: () => Promise<Visit>
  /** Moves the server's clock, in milliseconds. */
  readonly advance: (ms: number) => void
  readonly now: () => number
  readonly close: () => Promise<void>
}

export async function openPasskeyStage(): Promise<PasskeyStage> {
  let ahead = 0
  const now = () => Date.now() + ahead
  const script = await bundlePage()
  const pages = createServer(({ url = '/' }, response) => {
    const isScript = url.startsWith('/page.js')
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>Passkeys</title><script src="/page.js"></script>')
  })
  pages.listen(0, '127.0.0.1')
  await once(pages, 'listening')
  const app = `http://localhost:${(pages.address() as AddressInfo).port}`
  const config = loadConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'pglite::memory:',
    ALLOWED_ORIGINS: app,
    APP_URL: app,
  })
  const server = await startServer({ config, clock: { now } })
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('No Chromium: install one or name it in CHROMIUM_PATH.')
  const browser = await chromium.launch({ executablePath, args: chromiumArguments })

  return {
    now,
    advance: (ms) => {
      ahead += ms
    },
    visit: async () => {
      const context = await browser.newContext()
      const page = await context.newPage()
      const cdp = await context.newCDPSession(page)
      await cdp.send('WebAuthn.enable')
      const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      })
      await page.goto(`${app}/?api=${encodeURIComponent(`http://localhost:${server.port}`)}`)
      return {
        page,
        setVerified: async (isUserVerified) => {
          await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
        },
        keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
        close: () => context.close(),
      }
    },
    async close() {
      await browser.close()
      await server.stop()
      pages.close()
      pages.closeAllConnections()
    },
  }
}

async function bundlePage(): Promise<string> {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { alias: [{ find: /^@latchkey\/core(\/.+)?$/, replacement: `${root}packages/core/src$1` }] },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('passkey-page.ts', import.meta.url)), formats: ['iife'], name: 'page' },
    },
  })
  const [output] = Array.isArray(built) ? built : [built]
  const code = output !== undefined && 'output' in output ? output.output[0].code : null
  if (code === null) throw new Error('Vite built no script for the passkey page.')
  return code
}
