// A Chromium, a page of its own origin, and the real server with an upload, a stream of events and a socket beside it.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { loadConfig, startServer, type RunningServer } from '@latchkey/express'
import type { Response } from 'express'
import { chromium, type Browser } from 'playwright'
import { build } from 'vite'
import { WebSocketServer } from 'ws'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

export type Stage = {
  readonly browser: Browser
  /** Where the page is, with its query. */
  readonly url: string
  readonly server: RunningServer
  /** URLs and statuses of what the API was asked, the handshakes of sockets included. */
  readonly asked: { readonly url: string; readonly status: number }[]
  readonly streams: Set<Response>
  readonly sockets: WebSocketServer
  /** Every access token that was issued is spent, and no client knows. */
  readonly spendTokens: () => void
  readonly close: () => Promise<void>
}

export async function openStage(): Promise<Stage> {
  const script = await bundle()
  const pages = createServer(({ url = '' }, response) => {
    const isScript = url.startsWith('/page.js')
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>Adapters</title><script src="/page.js"></script>')
  })
  const origin = await listen(pages)
  const asked: Stage['asked'] = []
  const streams = new Set<Response>()
  let ahead = 0
  const server = await startServer({
    config: loadConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: 'pglite::memory:', ALLOWED_ORIGINS: origin }),
    clock: { now: () => Date.now() + ahead },
    mount(app, { requireAuth }) {
      app.use((request, response, next) => {
        response.on('finish', () => asked.push({ url: request.originalUrl, status: response.statusCode }))
        next()
      })
      app.post('/files', requireAuth(), (request, response) => {
        let received = 0
        request.on('data', (chunk: Uint8Array) => void (received += chunk.byteLength))
        request.on('end', () => void response.json({ received }))
      })
      app.get('/events', requireAuth(), (request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        response.write(`id: ${streams.size + 1}\ndata: after ${request.get('Last-Event-ID') ?? 'nothing'}\n\n`)
        streams.add(response)
        response.on('close', () => streams.delete(response))
      })
    },
  })
  const sockets = await openSockets(server, asked)
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('No Chromium: install one or name it in CHROMIUM_PATH.')
  const browser = await chromium.launch({ executablePath, args: chromiumArguments })
  const live = `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`
  return {
    browser,
    url: `${origin}/?${new URLSearchParams({ api: server.url, live })}`,
    server,
    asked,
    streams,
    sockets,
    spendTokens: () => void (ahead += 11 * 60_000),
    async close() {
      await browser.close()
      sockets.close()
      await server.stop()
      pages.close()
    },
  }
}

/** A socket's first message says who it is; a spent token is told by 4401. */
async function openSockets(server: RunningServer, asked: Stage['asked']): Promise<WebSocketServer> {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(sockets, 'listening')
  sockets.on('connection', (socket, { url = '' }) => {
    asked.push({ url, status: 101 })
    socket.once('message', (message: Buffer) => {
      const { token } = JSON.parse(message.toString()) as { token: string }
      void server.engine.authorize({ authorization: `Bearer ${token}` }).then((judged) => {
        if ('principal' in judged) socket.send('welcome')
        else socket.close(4401)
      })
    })
  })
  return sockets
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function bundle(): Promise<string> {
  const core = (name: string): string => `${root}packages/core/src/${name}.ts`
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: {
      alias: [
        { find: /^@latchkey\/core$/, replacement: core('index') },
        { find: /^@latchkey\/core\/(.+)$/, replacement: core('$1') },
      ],
    },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('page.ts', import.meta.url)), formats: ['iife'], name: 'adapters' },
    },
  })
  const [output] = Array.isArray(built) ? built : [built]
  const code = output !== undefined && 'output' in output ? output.output[0].code : null
  if (code === null) throw new Error('Vite built no script for the page.')
  return code
}
