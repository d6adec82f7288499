// What the laws are held over: any way to send a request to the server side, with time in the laws' hands.
import type { Mail, RouteContract } from '@latchkey/engine'
import type { ProviderDouble } from './provider.js'

/** A request. Cookies are the laws' own business: they read `setCookie` and send the header `cookie`. */
export type Sent = {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, with its content type. */
  readonly body?: unknown
  /** The body's exact text instead; its content type is in `headers`. */
  readonly text?: string
}

export type Received = {
  readonly status: number
  /** By lower-case name, `set-cookie` left out. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON; undefined where the reply had no body. */
  readonly body: unknown
  readonly setCookie: readonly string[]
}

export type Transport = {
  readonly send: (sent: Sent) => Promise<Received>
  /** What the server's clock says, in milliseconds. */
  readonly now: () => number
  /** Moves the server's clock. */
  readonly advance: (ms: number) => void | Promise<void>
  /** Every mail so far, oldest first, after the last one on its way has arrived. */
  readonly mails: () => Promise<readonly Mail[]>
  /** Two places to sign in, named `one` and `two`. */
  readonly elsewhere: { readonly one: ProviderDouble; readonly two: ProviderDouble }
  readonly routes: readonly RouteContract[]
  /** True where bytes travel, and the transport refuses too many of them. */
  readonly limitsBytes: boolean
  /** True where a path beside the table is answered by the server side. */
  readonly answersUnknownPaths: boolean
  readonly close: () => Promise<void>
}

/** How tokens travel. */
export type Mode = 'cookie' | 'body' | 'cookie-only'

/** How the laws want the server side: every transport is opened with this, defaults elsewhere. */
export const lawfulOptions = {
  accessTtl: 600,
  allowedOrigins: ['https://app.example.com'],
  cookie: { secure: true },
  appUrl: 'https://app.example.com/my',
  publicUrl: 'https://api.example.com/v1',
} as const

/** There from the start in every transport, since nobody can register as one. */
export const admin = { email: 'admin@example.com', password: 'an admin of fifteen letters', role: 'admin' } as const

/** The rotation's grace in ms, `min(30 s, accessTtl / 4)`. */
export const graceMs = 30_000
export const dayMs = 86_400_000

/** A `fetch` reply as the laws read it. */
export async function received(response: Response): Promise<Received> {
  const text = await response.text()
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'))
  return {
    status: response.status,
    headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
    setCookie: response.headers.getSetCookie(),
  }
}

/** What `fetch` wants for a request. */
export function toInit({ method, headers = {}, body, text }: Sent): RequestInit {
  const json = body === undefined ? null : JSON.stringify(body)
  return {
    method,
    headers: json === null ? headers : { 'content-type': 'application/json', ...headers },
    body: text ?? json,
    redirect: 'manual',
    credentials: 'omit',
  }
}
