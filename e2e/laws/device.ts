// A client in the laws' hands: it holds one cookie and one access token, and checks every reply against the route table.
import { expect } from 'vitest'
import { checkReply } from './reply.js'
import type { Received, Sent, Transport } from './transport.js'

type User = {
  readonly id: string
  readonly email: string
  readonly email_verified: boolean
  readonly display_name: string | null
  readonly role: string
  readonly permissions: readonly string[]
  readonly created_at: string
}

export type Grant = {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly user: User
  readonly sid: string
  readonly gen: number
}

type Credentials = { readonly email: string; readonly password: string }

export type Device = {
  /** The refresh cookie as `name=value`; null where there is none. */
  cookie: string | null
  /** The device cookie as `name=value`, sent with every request; a thief of the whole jar has it too. */
  did: string | null
  /** The newest grant. */
  grant: Grant | null
  /** Sends as this device does: its cookie and the CSRF header always, its bearer too. A header of `''` is left out. */
  readonly send: (sent: Sent) => Promise<Received>
  readonly register: (credentials: Credentials) => Promise<Grant>
  readonly login: (credentials: Credentials) => Promise<Grant>
  readonly refresh: () => Promise<Grant>
  /** A refresh that may be refused; with a cookie it speaks for that cookie, and this device keeps its own. */
  readonly tryRefresh: (cookie?: string) => Promise<Received>
  readonly ack: () => Promise<void>
}

/** A password of the length that B19 asks for. */
export const password = 'correct horse battery staple'

let count = 0
/** An address that no other law has used. */
export function freshEmail(): string {
  count += 1
  return `law-${count}-${Math.random().toString(36).slice(2, 10)}@example.com`
}

/** A device with nothing in it. */
export function openDevice(transport: Transport): Device {
  const device: Device = {
    cookie: null,
    did: null,
    grant: null,
    send: async (sent) => {
      const own = {
        'x-latchkey': '1',
        ...(device.cookie === null ? {} : { cookie: device.cookie }),
        ...(device.grant === null ? {} : { authorization: `Bearer ${device.grant.access_token}` }),
        ...sent.headers,
      }
      const cookie = [own['cookie'] ?? '', device.did ?? ''].filter((each) => each !== '').join('; ')
      const headers = Object.fromEntries(Object.entries({ ...own, cookie }).filter(([, value]) => value !== ''))
      const reply = await transport.send({ ...sent, headers })
      checkReply(transport.routes, sent, reply)
      device.did = reply.setCookie.find(isDid)?.split(';')[0] ?? device.did
      return reply
    },
    register: (credentials) => keep(device, { method: 'POST', path: '/auth/register', body: credentials }, 201),
    login: (credentials) => keep(device, { method: 'POST', path: '/auth/login', body: credentials }, 200),
    refresh: () => keep(device, { method: 'POST', path: '/auth/refresh', headers: { authorization: '' } }, 200),
    tryRefresh: (cookie = device.cookie ?? '') =>
      device.send({ method: 'POST', path: '/auth/refresh', headers: { authorization: '', cookie } }),
    ack: async () => {
      expect((await device.send({ method: 'POST', path: '/auth/refresh/ack' })).status).toBe(204)
    },
  }
  return device
}

/** A device that has just registered somebody new. */
export async function signUp(transport: Transport): Promise<Device & { grant: Grant; cookie: string; email: string }> {
  const device = openDevice(transport)
  const email = freshEmail()
  const grant = await device.register({ email, password })
  return Object.assign(device, { grant, cookie: cookieOf(device), email })
}

/** The device's cookie, where a law has just seen that there is one. */
function cookieOf(device: Device): string {
  expect(device.cookie).not.toBeNull()
  return device.cookie ?? ''
}

/** The cookie of a reply as `name=value`; null where it sets none, or clears it. */
export function keptCookie({ setCookie }: Received): string | null {
  const first = setCookie.find((each) => !isDid(each))
  return first === undefined || clears(first) ? null : (first.split(';')[0] ?? null)
}

/** Whether it is the device cookie, and not the refresh cookie. */
export const isDid = (setCookie: string): boolean => /^[^=]*did=/.test(setCookie)

export function clears(setCookie: string): boolean {
  return /;\s*max-age=0(;|$)/i.test(setCookie) || /;\s*expires=thu, 01 jan 1970/i.test(setCookie)
}

async function keep(device: Device, sent: Sent, status: number): Promise<Grant> {
  const reply = await device.send(sent)
  expect(reply).toMatchObject({ status })
  device.cookie = keptCookie(reply) ?? device.cookie
  device.grant = reply.body as Grant
  return device.grant
}
