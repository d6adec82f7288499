// The composition root of the server side: it wires store, keys, clock and rules into the routes, and answers calls.
import type { CookieAct, Call, Reply, RouteContract } from './route.js'
import type { Store } from './store.js'

/** Wall-clock milliseconds, handed in so that tests can move it. */
export type EngineClock = { readonly now: () => number }

/** Slow password hashing, handed in: argon2id on a real server, something cheap in the mock. */
export type Passwords = {
  readonly hash: (password: string) => Promise<string>
  readonly verify: (hash: string, password: string) => Promise<boolean>
}

/** How the server side behaves; durations in seconds unless the name says otherwise. */
export type EngineOptions = {
  readonly store: Store
  readonly passwords: Passwords
  readonly clock?: EngineClock
  /** Private JWKs, the first signs; a fresh ES256 key where absent. */
  readonly keys?: readonly JsonWebKey[]
  /** Mixed into every derived refresh token; random where absent. */
  readonly pepper?: string
  readonly issuer?: string
  readonly audience?: string
  /** Exact origins that may act on the cookie; the transport's CORS uses the same list. */
  readonly allowedOrigins?: readonly string[]
  readonly accessTtl?: number
  readonly refreshIdleTtl?: number
  readonly refreshMaxTtl?: number
  readonly graceSeconds?: number
  readonly onReuse?: 'family' | 'user'
  readonly transport?: 'cookie' | 'body' | 'cookie-only'
  readonly cookie?: { readonly secure?: boolean; readonly sameSite?: 'strict' | 'lax' | 'none'; readonly domain?: string }
  /** Told of logins, reuse, revocations: for logs and audit. Never a token. */
  readonly onEvent?: (event: EngineEvent) => void
}

export type EngineEvent = { readonly type: string; readonly at: number; readonly accountId: string | null; readonly sid: string | null }

/** Who a verified access token speaks for. */
export type Principal = {
  readonly sub: string
  readonly sid: string
  readonly gen: number
  readonly role: string
  readonly permissions: readonly string[]
  readonly expiresAt: number
}

export type Engine = {
  readonly routes: readonly RouteContract[]
  /** Answers any call, unknown paths (404), wrong methods (405) and bad input included. Never rejects for what a caller sent. */
  readonly answer: (call: Call) => Promise<Reply>
  /** Judges the headers of any request of the app's own routes: who it is, or the 401 / 403 to send (with `WWW-Authenticate`). */
  readonly authorize: (
    headers: Call['headers'],
    needs?: { readonly role?: string; readonly permission?: string },
  ) => Promise<{ readonly principal: Principal } | { readonly reply: Reply }>
  /** The `Set-Cookie` value for an act, null for `leave`. */
  readonly setCookie: (act: CookieAct) => string | null
}
