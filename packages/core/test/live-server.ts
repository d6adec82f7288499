// A real server on loopback with auth routes, a stream of events and a WebSocket; time is a clock that tests move.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, vi } from 'vitest'
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws'
import { createAuthClient, type AuthClient } from '../src/index.js'
import { fakeBackend, type Backend } from './backend.js'
import { manualClock, type ManualClock } from './manual-clock.js'
import { credentials } from './open-client.js'

type Opened = { readonly url: string; readonly headers: IncomingMessage['headers'] }

export type LiveServer = {
  readonly origin: string
  readonly clock: ManualClock
  readonly backend: Backend
  /** Requests for the stream and handshakes, the refused ones included. */
  readonly asked: readonly Opened[]
  /** Streams that are open now. */
  readonly streams: ReadonlySet<ServerResponse>
  readonly sockets: ReadonlySet<ServerSocket>
  /** What sockets were told by the client. */
  readonly heard: readonly string[]
  /** Answers the next requests for the stream in its place; null for the stream itself. */
  refuse: ((response: ServerResponse) => void) | null
  /** The status of refused handshakes; null lets everybody in. */
  refuseHandshake: ((request: IncomingMessage) => number | null) | null
  readonly auth: AuthClient
  readonly login: (name?: string) => Promise<unknown>
}

/** Opens it for one test, with somebody signed in. */
export async function liveServer(): Promise<LiveServer> {
  const clock = manualClock()
  const backend = fakeBackend(clock)
  const asked: Opened[] = []
  const streams = new Set<ServerResponse>()
  const heard: string[] = []
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/events')) return stream(request, response)
    void pass(backend, request, response)
  })
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false })
  server.on('upgrade', (request, socket, head) => {
    asked.push({ url: request.url ?? '', headers: request.headers })
    const status = own.refuseHandshake?.(request) ?? null
    if (status !== null) return void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`)
    sockets.handleUpgrade(request, socket, head, (open) => {
      open.on('message', (message: Buffer) => heard.push(message.toString()))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  function stream(request: IncomingMessage, response: ServerResponse): void {
    asked.push({ url: request.url ?? '', headers: request.headers })
    if (own.refuse !== null) return own.refuse(response)
    if (request.headers.authorization !== `Bearer ${backend.token()}`) return void response.writeHead(401).end()
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
    response.flushHeaders()
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }
  const auth = createAuthClient({
    baseURL: origin,
    clock,
    refresh: { proactive: 'never' },
    random: () => 0.5,
  })
  const own: LiveServer = {
    origin,
    clock,
    backend,
    asked,
    streams,
    sockets: sockets.clients,
    heard,
    refuse: null,
    refuseHandshake: null,
    auth,
    login: (name = 'ada') => auth.login({ ...credentials, email: `${name}@example.com` }),
  }
  closing.push(() => {
    auth.dispose()
    sockets.clients.forEach((socket) => socket.terminate())
    server.closeAllConnections()
    server.close()
  })
  await own.login()
  return own
}

const closing: (() => void)[] = []
afterEach(() => closing.splice(0).forEach((close) => close()))

/** The page’s `online` events, from a target that a test fires at. */
export const listenAt =
  (target: EventTarget) =>
  (listener: () => void): (() => void) => {
    target.addEventListener('online', listener)
    return () => target.removeEventListener('online', listener)
  }

/** Until it holds: the network is real, and takes what it takes. */
export const soon = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 10_000, interval: 5 })

/** Long enough for a request on loopback that ought not to come. */
export const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50))

async function pass(backend: Backend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const { authorization } = request.headers
  const reply = await backend.fetch(`https://api.test${request.url}`, {
    method: request.method ?? 'GET',
    ...(authorization !== undefined && { headers: { authorization } }),
    ...(chunks.length > 0 && { body: Buffer.concat(chunks).toString() }),
  })
  response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text())
}
