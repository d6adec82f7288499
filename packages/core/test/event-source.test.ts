import { describe, expect, it } from 'vitest'
import {
  createAuthEventSource,
  type AuthEventSource,
  type AuthEventSourceMessage,
  type AuthEventSourceOptions,
} from '../src/event-source.js'
import type { AuthError } from '../src/index.js'
import { listenAt, liveServer, quiet, soon, type LiveServer } from './live-server.js'

type Opened = {
  readonly source: AuthEventSource
  readonly messages: AuthEventSourceMessage[]
  readonly states: string[]
  readonly why: () => AuthError | null
}

function open(server: LiveServer, options: Partial<AuthEventSourceOptions> = {}): Opened {
  const messages: AuthEventSourceMessage[] = []
  const states: string[] = []
  let last: AuthError | null = null
  const source = createAuthEventSource(server.auth, `${server.origin}/events`, {
    clock: server.clock,
    random: () => 0.5,
    onMessage: (message) => void messages.push(message),
    onState(state, why) {
      states.push(state)
      last = why
    },
    ...options,
  })
  return { source, messages, states, why: () => last }
}

async function opened(options: Partial<AuthEventSourceOptions> = {}): Promise<LiveServer & Opened> {
  const server = await liveServer()
  const own = open(server, options)
  await soon(() => expect(own.source.state()).toBe('open'))
  return Object.assign(server, own)
}
const only = (server: LiveServer) => [...server.streams][0]
const hangUp = async (server: LiveServer): Promise<void> => {
  only(server)?.end()
  await soon(() => expect(server.streams.size).toBe(0))
}

describe('server-sent events', () => {
  it('C1 bears the token in the header, and none in the URL', async () => {
    const { asked, backend } = await opened()
    expect(asked).toMatchObject([
      { url: '/events', headers: { authorization: `Bearer ${backend.token()}`, accept: 'text/event-stream' } },
    ])
  })

  it('hands on events, however the network cuts them', async () => {
    const server = await opened()
    const content = ': hello\nid: 7\nevent: note\ndata: one\ndata: zwölf ✓\n\ndata: two\r\n\r\n'
    for (const byte of Buffer.from(content)) only(server)?.write(Buffer.from([byte]))
    await soon(() => expect(server.messages.length).toBe(2))
    expect(server.messages).toMatchObject([
      { id: '7', event: 'note', data: 'one\nzwölf ✓' },
      { event: undefined, data: 'two' },
    ])
    expect(server.source.lastEventId()).toBe('7')
  })

  it('C13 a 401 costs one refresh, and the stream opens with the new token', async () => {
    const server = await liveServer()
    server.backend.expire()
    const { source } = open(server)
    await soon(() => expect(source.state()).toBe('open'))
    expect(server.backend.count('/auth/refresh')).toBe(1)
    expect(server.asked.map(({ headers }) => headers.authorization).at(-1)).toBe(`Bearer ${server.backend.token()}`)
  })

  it('goes on after an end with Last-Event-ID, not before the backoff is over', async () => {
    const server = await opened()
    only(server)?.write('id: 41\ndata: x\n\n')
    await soon(() => expect(server.messages.length).toBe(1))
    await hangUp(server)
    await soon(() => expect(server.source.state()).toBe('waiting'))
    await server.clock.advance(999)
    await quiet()
    expect(server.asked.length).toBe(1)
    await server.clock.advance(1)
    await soon(() => expect(server.source.state()).toBe('open'))
    expect(server.asked[1]?.headers['last-event-id']).toBe('41')
    expect(server.states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open'])
  })

  it('an end at the token’s expiry is followed by a refresh before the stream is asked for', async () => {
    const server = await opened()
    await server.clock.advance(601_000)
    await hangUp(server)
    await soon(() => expect(server.source.state()).toBe('waiting'))
    await server.clock.advance(1_000)
    await soon(() => expect(server.source.state()).toBe('open'))
    expect(server.backend.count('/auth/refresh')).toBe(1)
    expect(server.asked.map(({ headers }) => headers.authorization === `Bearer ${server.backend.token()}`)).toEqual([
      false,
      true,
    ])
  })

  it('C33 waits as long as the server asks, by retry or Retry-After, and never more than a minute', async () => {
    const server = await opened()
    only(server)?.write('retry: 5000\n\n')
    await hangUp(server)
    await soon(() => expect(server.source.state()).toBe('waiting'))
    server.refuse = (response) => void response.writeHead(503, { 'Retry-After': '86400' }).end()
    await server.clock.advance(4_999)
    await quiet()
    expect(server.asked.length).toBe(1)
    await server.clock.advance(1)
    await soon(() => expect([server.asked.length, server.source.state()]).toEqual([2, 'waiting']))
    server.refuse = null
    await server.clock.advance(60_000)
    await soon(() => expect(server.source.state()).toBe('open'))
  })

  it('a server that hangs up at once is asked more and more seldom', async () => {
    const server = await liveServer()
    server.refuse = (response) => void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end()
    const { source } = open(server)
    const waits: number[] = []
    for (let time = 1; time <= 7; time++) {
      await soon(() => expect([server.asked.length, source.state()]).toEqual([time, 'waiting']))
      let waited = 0
      while (server.clock.timers() > 0 && source.state() === 'waiting') {
        await server.clock.advance(500)
        waited += 500
      }
      waits.push(waited)
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  it('F8 an outage leaves it waiting, and it opens when the server is back', async () => {
    const server = await liveServer()
    server.refuse = (response) => void response.destroy()
    const { source } = open(server)
    await soon(() => expect(source.state()).toBe('waiting'))
    server.refuse = null
    await server.clock.advance(2_000)
    await soon(() => expect(source.state()).toBe('open'))
  })

  it('F8 a device that is online again does not wait for the backoff, but for what the server asked', async () => {
    const server = await liveServer()
    const online = new EventTarget()
    server.refuse = (response) => void response.destroy()
    const { source } = open(server, { onOnline: listenAt(online) })
    await soon(() => expect(source.state()).toBe('waiting'))
    server.refuse = (response) => void response.writeHead(503, { 'Retry-After': '1' }).end()
    online.dispatchEvent(new Event('online'))
    await server.clock.advance(0)
    await soon(() => expect([source.state(), server.asked.length]).toEqual(['waiting', 2]))
    server.refuse = null
    online.dispatchEvent(new Event('online'))
    await server.clock.advance(999)
    await quiet()
    expect(server.asked.length).toBe(2)
    await server.clock.advance(1)
    await soon(() => expect(source.state()).toBe('open'))
  })

  it('C23 a logout ends the stream at once, and a login does not open it again', async () => {
    const server = await opened()
    void server.auth.logout()
    await soon(() => expect([server.source.state(), server.streams.size]).toEqual(['closed', 0]))
    expect(server.why()).toBeNull()
    await server.login()
    await server.clock.advance(120_000)
    await quiet()
    expect(server.asked.length).toBe(1)
  })

  it('C10 if asked to, it opens for the next account, whose place in the stream is its own', async () => {
    const server = await opened({ reopenAfterLogin: true, lastEventId: '3' })
    expect(server.asked[0]?.headers['last-event-id']).toBe('3')
    await server.auth.logout()
    await soon(() => expect([server.source.state(), server.streams.size]).toEqual(['waiting', 0]))
    await server.login('grace')
    await soon(() => expect(server.source.state()).toBe('open'))
    expect(server.asked[1]?.headers).toMatchObject({ authorization: `Bearer ${server.backend.token()}` })
    expect(server.asked[1]?.headers['last-event-id']).toBeUndefined()
  })

  it('where nobody is signed in it asks nothing, and is closed', async () => {
    const server = await liveServer()
    await server.auth.logout()
    const { source } = open(server)
    await soon(() => expect(source.state()).toBe('closed'))
    expect(server.asked).toEqual([])
  })

  it.each([
    ['a 404', 404, 'text/html'],
    ['a 403', 403, 'application/json'],
    ['a page in its place', 200, 'text/html'],
  ])('%s closes it for good, and says why', async (_what, status, type) => {
    const server = await liveServer()
    server.refuse = (response) => void response.writeHead(status, { 'Content-Type': type }).end('no')
    const { source, why } = open(server)
    await soon(() => expect(source.state()).toBe('closed'))
    expect(why()).toMatchObject({ code: 'protocol_error', status })
    await server.clock.advance(120_000)
    expect(server.asked.length).toBe(1)
  })

  it('a 204 closes it without an error', async () => {
    const server = await liveServer()
    server.refuse = (response) => void response.writeHead(204).end()
    const { source, why } = open(server)
    await soon(() => expect(source.state()).toBe('closed'))
    expect(why()).toBeNull()
  })

  it('C30 a listener that throws ends nothing', async () => {
    const reported: unknown[] = []
    Object.assign(globalThis, { reportError: (error: unknown) => reported.push(error) })
    const server = await opened({
      onMessage() {
        throw new Error('from the app')
      },
    })
    only(server)?.write('data: 1\n\ndata: 2\n\n')
    await soon(() => expect(reported.length).toBe(2))
    expect(server.source.state()).toBe('open')
    Reflect.deleteProperty(globalThis, 'reportError')
  })

  it('a silence as long as it was told counts as an end', async () => {
    const server = await opened({ silence: 30_000 })
    await server.clock.advance(20_000)
    only(server)?.write('data: still here\n\n')
    await soon(() => expect(server.messages.length).toBe(1))
    await server.clock.advance(20_000)
    expect(server.source.state()).toBe('open')
    await server.clock.advance(10_000)
    await soon(() => expect(server.streams.size).toBe(0))
  })

  it('close is final, idempotent, and leaves no timer', async () => {
    const server = await opened()
    const before = server.clock.timers()
    await hangUp(server)
    await soon(() => expect(server.source.state()).toBe('waiting'))
    expect(server.clock.timers()).toBe(before + 1)
    server.source.close()
    server.source.close()
    expect(server.states.filter((state) => state === 'closed').length).toBe(1)
    expect(server.clock.timers()).toBe(before)
  })
})
