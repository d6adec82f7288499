// A server side in a test's hands: the engine on a memory store, a manual clock, and clients that keep their cookie.
import type { Call, Engine, EngineEvent, EngineOptions, Reply, Store } from '@latchkey/engine'
import { createEngine, createMemoryStore } from '@latchkey/engine'

export const start = Date.UTC(2026, 0, 1)
export const second = 1000
export const day = 86_400_000
export const origin = 'https://app.example.com'
export const email = 'ada@example.com'
export const password = 'correct horse battery staple'

export type ManualClock = { readonly now: () => number; readonly advance: (ms: number) => void }

export function manualClock(): ManualClock {
  let now = start
  return {
    now: () => now,
    advance: (ms) => {
      now += ms
    },
  }
}

export const clearPasswords: EngineOptions['passwords'] = {
  hash: async (text) => `clear:${text}`,
  verify: async (hash, text) => hash === `clear:${text}`,
}

/** One browser for a whole file: its device cookie comes with every call that does not bring one of its own. */
let did: string | null = null

type Send = (method: string, path: string, more?: Partial<Omit<Call, 'method' | 'path'>>) => Promise<Reply>

export type Setting = {
  readonly engine: Engine
  readonly store: Store
  readonly clock: ManualClock
  readonly events: EngineEvent[]
  readonly send: Send
}

export function openSetting(options: Partial<EngineOptions> = {}): Setting {
  const clock = manualClock()
  const store = options.store ?? createMemoryStore({ clock })
  const events: EngineEvent[] = []
  const engine = createEngine({
    passwords: clearPasswords,
    clock,
    allowedOrigins: [origin],
    onEvent: (event) => events.push(event),
    ...options,
    store,
  })
  const send: Send = async (method, path, { headers = {}, body, query = {}, ip = '203.0.113.7' } = {}) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const own = did === null || headers['cookie']?.includes('did=') === true ? [] : [`__Host-did=${did}`]
    const cookie = [headers['cookie'], ...own].filter((each) => each !== undefined).join('; ')
    const jar = cookie === '' ? {} : { cookie }
    const reply = await engine.answer({ method, path, query, body, ip, headers: { ...json, ...headers, ...jar } })
    if (reply.cookie.act === 'set') did = reply.cookie.device?.value ?? did
    return reply
  }
  return { engine, store, clock, events, send }
}

export type GrantJson = {
  readonly access_token: string
  readonly sid: string
  readonly gen: number
  readonly refresh_token?: string
  readonly user: {
    readonly id: string
    readonly email: string
    readonly role: string
    readonly display_name: string | null
  }
}

export const grantOf = (reply: Reply): GrantJson => reply.body as GrantJson
export const codeOf = (reply: Reply): string => (reply.body as { code: string }).code
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** The refresh token that a reply sets, or leaves; a failure of the test where it sets none. */
export function tokenOf(reply: Reply): string {
  if (reply.cookie.act === 'set' || reply.cookie.act === 'keep') return reply.cookie.value
  throw new Error(`The reply ${reply.status} sets no cookie: ${JSON.stringify(reply.body)}`)
}

export const cookieHeader = (token: string) => ({ cookie: `__Host-latchkey=${token}`, 'x-latchkey': '1' })

export const refresh = ({ send }: Pick<Setting, 'send'>, token: string): Promise<Reply> =>
  send('POST', '/auth/refresh', { headers: cookieHeader(token) })

export const acknowledge = ({ send }: Pick<Setting, 'send'>, reply: Reply): Promise<Reply> =>
  send('POST', '/auth/refresh/ack', { headers: bearer(grantOf(reply).access_token) })

export const register = ({ send }: Pick<Setting, 'send'>, address = email): Promise<Reply> =>
  send('POST', '/auth/register', { body: { email: address, password } })

export const login = ({ send }: Pick<Setting, 'send'>, address = email): Promise<Reply> =>
  send('POST', '/auth/login', { body: { email: address, password } })
