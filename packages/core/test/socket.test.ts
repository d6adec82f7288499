import { describe, expect, it } from 'vitest'
import { createAuthSocket, type AuthSocket, type AuthSocketOptions } from '../src/socket.js'
import { isAuthError } from '../src/index.js'
import { listenAt, liveServer, quiet, soon, type LiveServer } from './live-server.js'

type Opened = { readonly socket: AuthSocket; readonly messages: unknown[]; readonly states: string[] }

function open(server: LiveServer, options: Partial<AuthSocketOptions> = {}, path = '/live'): Opened {
  const messages: unknown[] = []
  const states: string[] = []
  const socket = createAuthSocket(server.auth, path, {
    clock: server.clock,
    random: () => 0.5,
    onMessage: (message) => void messages.push(message),
    onState: (state) => void states.push(state),
    ...options,
  })
  return { socket, messages, states }
}

async function opened(options: Partial<AuthSocketOptions> = {}): Promise<LiveServer & Opened> {
  const server = await liveServer()
  const own = open(server, options)
  await soon(() => expect([own.socket.state(), server.sockets.size]).toEqual(['open', 1]))
  return Object.assign(server, own)
}
const closeBy = (server: LiveServer, code: number): void => server.sockets.forEach((socket) => socket.close(code))
const tokenIn = (message: string | undefined): unknown => (JSON.parse(message ?? '{}') as { token?: unknown }).token

describe('a socket', () => {
  it('C1 tells who it is in its first message, and in no URL and no header', async () => {
    const server = await opened()
    await soon(() => expect(server.heard.length).toBe(1))
    expect(JSON.parse(server.heard[0] ?? '')).toEqual({ type: 'authenticate', token: server.backend.token() })
    expect(JSON.stringify(server.asked)).not.toContain(server.backend.token())
  })

  it('by subprotocol, the token is beside the app’s own protocol, and not in the URL', async () => {
    const server = await opened({ credential: { by: 'subprotocol' }, protocols: ['chat.v1'] })
    expect(server.asked).toMatchObject([
      { url: '/live', headers: { 'sec-websocket-protocol': `chat.v1, bearer.${server.backend.token()}` } },
    ])
    await quiet()
    expect(server.heard).toEqual([])
  })

  it('by ticket, the URL has the ticket, fetched anew for each opening, and no token', async () => {
    let tickets = 0
    const server = await liveServer()
    const { origin: at } = server
    const { socket } = open(server, {
      credential: {
        by: 'ticket',
        async fetchTicket(fetch) {
          await fetch(`${at}/ticket`, { method: 'POST' })
          return `ticket-${++tickets}`
        },
      },
    })
    await soon(() => expect(socket.state()).toBe('open'))
    closeBy(server, 1001)
    await soon(() => expect(socket.state()).toBe('waiting'))
    await server.clock.advance(1_000)
    await soon(() => expect(socket.state()).toBe('open'))
    expect(server.asked.map(({ url }) => url)).toEqual(['/live?ticket=ticket-1', '/live?ticket=ticket-2'])
    expect(
      server.backend.sent.filter(({ path }) => path === '/ticket').map(({ authorization }) => authorization),
    ).toEqual(Array(2).fill(`Bearer ${server.backend.token()}`))
  })

  it('C13 a close with 4401 costs one refresh, and it opens at once with the new token', async () => {
    const server = await opened()
    await soon(() => expect(server.heard.length).toBe(1))
    closeBy(server, 4401)
    await soon(() => expect(server.heard.length).toBe(2))
    expect(server.backend.count('/auth/refresh')).toBe(1)
    expect(tokenIn(server.heard[1])).toBe(server.backend.token())
    expect(tokenIn(server.heard[0])).not.toBe(server.backend.token())
  })

  it('F57 a server that refuses every token is asked more and more seldom, and costs one refresh', async () => {
    const server = await liveServer()
    const { socket } = open(server)
    const waits: number[] = []
    for (let time = 1; time <= 5; time++) {
      await soon(() => expect(server.heard.length).toBe(time))
      closeBy(server, 4401)
      if (time > 1) {
        await soon(() => expect(socket.state()).toBe('waiting'))
        for (waits.push(0); socket.state() === 'waiting'; waits.push((waits.pop() ?? 0) + 500))
          await server.clock.advance(500)
      }
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000])
    expect(server.backend.count('/auth/refresh')).toBe(1)
  })

  it('F8 a device that is online again opens it at once, and a closed one listens no more', async () => {
    const server = await liveServer()
    const online = new EventTarget()
    server.refuseHandshake = () => 503
    const { socket } = open(server, { onOnline: listenAt(online) })
    await soon(() => expect(socket.state()).toBe('waiting'))
    server.refuseHandshake = null
    online.dispatchEvent(new Event('online'))
    await server.clock.advance(0)
    await soon(() => expect(socket.state()).toBe('open'))
    socket.close()
    online.dispatchEvent(new Event('online'))
    await server.clock.advance(60_000)
    await quiet()
    expect(server.asked.length).toBe(2)
  })

  it('a refused handshake, which pages cannot tell from an outage, costs one refresh', async () => {
    const server = await liveServer()
    const first = server.backend.token()
    server.refuseHandshake = ({ headers }) => (headers['sec-websocket-protocol']?.includes(first) ? 401 : null)
    const { socket } = open(server, { credential: { by: 'subprotocol' } })
    await soon(() => expect(socket.state()).toBe('waiting'))
    await server.clock.advance(2_000)
    await soon(() => expect(socket.state()).toBe('open'))
    expect(server.backend.count('/auth/refresh')).toBe(1)
  })

  it('a spent token is replaced before the handshake', async () => {
    const server = await liveServer()
    await server.clock.advance(601_000)
    open(server)
    await soon(() => expect(tokenIn(server.heard[0])).toBe(server.backend.token()))
    expect(server.backend.count('/auth/refresh')).toBe(1)
  })

  it('a connection that breaks is opened again after the backoff', async () => {
    const server = await opened()
    server.sockets.forEach((socket) => socket.terminate())
    await soon(() => expect(server.socket.state()).toBe('waiting'))
    await server.clock.advance(999)
    await quiet()
    expect(server.asked.length).toBe(1)
    await server.clock.advance(1)
    await soon(() => expect(server.socket.state()).toBe('open'))
  })

  it('C23 a logout closes it at once, and a login does not open it again', async () => {
    const server = await opened()
    void server.auth.logout()
    await soon(() => expect([server.socket.state(), server.sockets.size]).toEqual(['closed', 0]))
    await server.login()
    await server.clock.advance(120_000)
    await quiet()
    expect(server.asked.length).toBe(1)
  })

  it('C10 if asked to, it opens for the next account, and what the old one wrote is not sent', async () => {
    const server = await opened({ reopenAfterLogin: true })
    await server.auth.logout()
    expect(server.socket.send('from ada')).toBe(false)
    await soon(() => expect(server.socket.state()).toBe('waiting'))
    await server.login('grace')
    await soon(() => expect(server.heard.length).toBe(2))
    expect(tokenIn(server.heard[1])).toBe(server.backend.token())
    expect(server.heard.join()).not.toContain('from ada')
  })

  it('sends and hears while it is open', async () => {
    const server = await opened()
    expect(server.socket.send('hello')).toBe(true)
    await soon(() => expect(server.heard[1]).toBe('hello'))
    server.sockets.forEach((socket) => socket.send('hello yourself'))
    await soon(() => expect(server.messages).toEqual(['hello yourself']))
  })

  it.each([1000, 4403])('a close with %i is final', async (code) => {
    const server = await opened()
    closeBy(server, code)
    await soon(() => expect(server.socket.state()).toBe('closed'))
    await server.clock.advance(120_000)
    await quiet()
    expect(server.asked.length).toBe(1)
  })

  it('close is final and idempotent, and leaves no timer', async () => {
    const server = await opened()
    const before = server.clock.timers()
    server.socket.close()
    server.socket.close()
    await soon(() => expect(server.sockets.size).toBe(0))
    expect([server.states.at(-1), server.clock.timers()]).toEqual(['closed', before])
  })

  it('C3 no other host gets a token, unless it is listed, and none over plain ws beyond this machine', async () => {
    const server = await liveServer()
    const refusal = (url: string, origins: readonly string[] = []): boolean => {
      try {
        createAuthSocket(server.auth, url, { onMessage: () => {}, origins }).close()
        return false
      } catch (error) {
        return isAuthError(error, 'misconfigured')
      }
    }
    expect(refusal('wss://evil.test/live')).toBe(true)
    expect(refusal('ws://127.0.0.1:1/live')).toBe(true)
    expect(refusal('ws://live.test/', ['ws://live.test'])).toBe(true)
    expect(refusal('http://[')).toBe(true)
    expect(refusal('wss://live.test/', ['wss://live.test'])).toBe(false)
    expect(refusal(server.origin.replace('http', 'ws'))).toBe(false)
  })
})
