// What a route is: one line of the contract that MSW, Express, the docs and the laws are all made from.
import type { z } from 'zod'

/** The methods that routes use. */
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** A request as plain data: what a transport hands in. */
export type Call = {
  readonly method: string
  /** Path only, `/auth/login`, without the transport's prefix. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** By lower-case name, several values joined by ", " (cookies by "; "), as Node's `req.headers` has them. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The parsed JSON body; undefined where there was none. */
  readonly body: unknown
  /** The client's address, as the transport trusts it. */
  readonly ip: string | null
}

/** A cookie to set; `maxAge` in seconds. */
export type CookieValue = { readonly value: string; readonly maxAge: number }

/** What happens to the session's cookies: the refresh token's, beside it in cookie-only mode the access token's, and at a login the device's. */
export type CookieAct =
  | ({ readonly act: 'set'; readonly access?: CookieValue; readonly device?: CookieValue } & CookieValue)
  /** The refresh cookie is good as it is, and must not be set: a late reply would undo a newer one. */
  | ({ readonly act: 'keep'; readonly access?: CookieValue } & CookieValue)
  | { readonly act: 'clear' }
  | { readonly act: 'leave' }

/** A response as plain data. `body` is JSON, undefined for 204. */
export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly cookie: CookieAct
  /** What happens to the cookie of a sign-in elsewhere; absent leaves it alone. */
  readonly handshake?: ({ readonly act: 'set' } & CookieValue) | { readonly act: 'clear' }
}

/** How strictly a transport limits the rate of a route: guesses at a secret, mails to somebody, signed-in traffic, or not at all. */
export type LimitClass = 'credential' | 'mail' | 'session' | 'none'

/** What a route demands before it runs; judged in this order: csrf, bearer, sensitive, recent, role. */
export type Needs = {
  /** `X-Latchkey: 1`, no cross-site fetch, an allowed `Origin` if there is one. */
  readonly csrf?: boolean
  readonly bearer?: boolean
  /** A login within `recentLogin` seconds, else 401 `step_up_required` (B28); sensitive as well. */
  readonly recent?: boolean
  /** An access token that was taken back does not open it, though it has not expired (S46). */
  readonly sensitive?: boolean
  readonly role?: string
}

/** The contract of one route, without its function. */
export type RouteContract = {
  /** The route's name in `mock.fault(name)` and `mock.calls[name]`. */
  readonly name: string
  readonly method: Method
  /** Express and MSW spelling: `/auth/sessions/:id`. */
  readonly path: string
  readonly summary: string
  readonly body?: z.ZodType
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly status: number
  /** Null for 204. */
  readonly output: z.ZodType | null
  /** Codes of the problems that it may answer, beside those that every route may. */
  readonly codes: readonly string[]
  readonly limit: LimitClass
  readonly needs: Needs
}
