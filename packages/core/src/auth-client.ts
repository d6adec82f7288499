// The client's public face: how it is made, and what it does. Its secret is that nothing here can hold a token.
import type { ReadableAtom } from 'nanostores'
import type { AuthFetch } from './auth-fetch.js'
import type { Clock } from './clock.js'
import type { RefreshState } from './core.js'
import type { AuthEvent } from './events.js'
import type { IdleOptions } from './idle.js'
import type { Page } from './page.js'
import type { Credentials, Entry, LatchkeyUser, MfaAnswer, Profile, WireCall } from './profile.js'
import type { Proactive } from './scheduler.js'
import type { Session } from './session.js'
import type { LoginResult, RegisterResult } from './sign-in.js'
import type { StepUps } from './step-up.js'
import type { TokenStorage } from './storage.js'

/** How a client is made. Only `baseURL` is required. */
export type AuthClientOptions<User, Login extends Credentials = Credentials> = {
  /** Where the auth endpoints are: absolute, or a path of the page's origin (`/api`). */
  readonly baseURL: string
  /** How the backend spells login and refresh; Latchkey's own server by default. */
  readonly profile?: Profile<User, Login>
  /** Who gets the access token: origins; by default `baseURL`'s alone. */
  readonly origins?: readonly string[]
  /** One session per name and origin. Default: `default`. */
  readonly name?: string
  readonly refresh?: {
    readonly proactive?: Proactive
    /** Seconds before expiry at which a silent refresh is due, by the lifetime in seconds. */
    readonly buffer?: (lifetime: number) => number
    /** Milliseconds of one attempt. Default: 8,000. */
    readonly timeout?: number
  }
  /** `shareToken: false`: tabs tell each other what happened, but ask the server for tokens themselves. `false`: no tabs. */
  readonly tabs?: { readonly shareToken?: boolean } | false
  /** Logs out when nobody acts in any tab: milliseconds until the end, and before it until the warning. Default: never. */
  readonly idle?: IdleOptions
  /** Where a body profile's refresh token rests. Default: memory. */
  readonly storage?: TokenStorage
  readonly fetch?: typeof globalThis.fetch
  readonly clock?: Clock
  /** The page around the client; tests hand in their own. */
  readonly page?: Page
  /** Numbers in [0, 1) for jitter. */
  readonly random?: () => number
}

/** The client: one per app, made outside of components. What its promises reject with is an `AuthError`. */
export type AuthClient<User = LatchkeyUser, Login extends Credentials = Credentials> = StepUps & {
  readonly baseURL: string
  readonly $session: ReadableAtom<Session<User>>
  readonly $refresh: ReadableAtom<RefreshState>
  /** Looks whether somebody is signed in, once, at boot: other tabs first, then the server. Concurrent calls share it. */
  readonly restore: (options?: { readonly force?: boolean }) => Promise<Session<User>>
  /** Settles when the status is no longer `pending`; in a browser it starts the restore if nobody did. */
  readonly ready: () => Promise<Session<User>>
  /** @throws `email_taken`, `weak_password`, `invalid_input`, `unreachable` */
  readonly register: (input: Credentials) => Promise<RegisterResult<User>>
  /** @throws `invalid_credentials`, `rate_limited`, `unreachable`; `account_changed` where a later login or logout won */
  readonly login: Entry<Login, Promise<LoginResult<User>>>
  /** @throws `mfa_invalid` and as `login` */
  readonly verifyMfa: (answer: MfaAnswer) => Promise<LoginResult<User>>
  /** Signed out here before the first await, then in the other tabs, then on the server, now or when it can be reached. */
  readonly logout: (options?: { readonly everywhere?: boolean }) => Promise<void>
  /** Joins the refresh under way or starts one. @throws `unreachable`, `rate_limited`, `protocol_error`: the session stays */
  readonly refresh: () => Promise<Session<User>>
  /** A token with `minValidity` seconds left where possible; null where nobody is signed in or the bearer is a cookie. */
  readonly getAccessToken: (options?: {
    readonly minValidity?: number
    readonly signal?: AbortSignal
  }) => Promise<string | null>
  readonly fetch: AuthFetch
  /** For controls to hide; the backend decides. */
  readonly hasRole: (role: string) => boolean
  /** For controls to hide; the backend decides. */
  readonly can: (permission: string) => boolean
  /** Returns the unsubscribe. */
  readonly on: (listener: (event: AuthEvent) => void) => () => void
  /** The last hundred events, oldest first, redacted. */
  readonly timeline: () => readonly AuthEvent[]
  /** One call to the auth server, spelled as a profile spells them, with the token where one is held. */
  readonly send: (call: WireCall) => Promise<unknown>
  /** Stops timers, closes channels, aborts flights; idempotent. */
  readonly dispose: () => void
}
