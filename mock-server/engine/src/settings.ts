// The engine's options, read once: defaults, units turned to milliseconds, and what is refused at the start.
import type { IsBreached, Passwords } from './accounts/password.js'
import type { EngineClock } from './clock.js'
import type { CookieSettings } from './cookie.js'
import type { Denylist } from './denylist.js'
import { randomText } from './encoding.js'
import type { EngineEvent } from './event.js'
import type { JwtSigner } from './jwt-signer.js'
import type { Mailer } from './mail.js'
import type { Provider } from './provider.js'
import type { Store } from './store.js'

/** How the server side behaves; durations in seconds unless the name says otherwise. */
export type EngineOptions = {
  readonly store: Store
  readonly passwords: Passwords
  readonly clock?: EngineClock
  /** Private JWKs, the first signs; a fresh ES256 key where absent. */
  readonly keys?: readonly JsonWebKey[]
  /** Signs access tokens by another way than WebCrypto, which costs Node a thread's detour for each. */
  readonly signer?: JwtSigner
  /**
   * Mixed into every derived refresh token, at least 16 characters; random where absent. Several: the first is in use,
   * the others are on their way out and still answer repeats of what they derived.
   */
  readonly pepper?: string | readonly string[]
  readonly issuer?: string
  readonly audience?: string
  /** Exact origins that may act on the cookie; the transport's CORS uses the same list. */
  readonly allowedOrigins?: readonly string[]
  readonly accessTtl?: number
  readonly refreshIdleTtl?: number
  readonly refreshMaxTtl?: number
  /** `min(30, accessTtl / 4)` where absent; 0 is strict: no spent token is ever forgiven. */
  readonly graceSeconds?: number
  readonly onReuse?: 'family' | 'user'
  /**
   * So many generations in a row that look as if two held the token (replays from another browser version or network, or
   * later than the grace) end the session; 3 where absent, 0 is never.
   */
  readonly reuseStreak?: number
  /** Where tokens travel: the refresh token in a cookie, in bodies, or both tokens in cookies that no page can read. */
  readonly transport?: 'cookie' | 'body' | 'cookie-only'
  readonly cookie?: {
    readonly secure?: boolean
    readonly sameSite?: 'strict' | 'lax' | 'none'
    readonly domain?: string
  }
  /** In code points; 15 where absent (B19). */
  readonly minPasswordLength?: number
  /** Asked of every new password that is good otherwise; absent: no breach is known (B19). */
  readonly isBreached?: IsBreached
  /**
   * What registering tells: `open` signs in, or says `email_taken`; `private` answers every address alike and goes on by mail,
   * and no password signs in before its address is proven (B21). Needs `mailer`.
   */
  readonly registration?: 'open' | 'private'
  /** Seconds after a login in which passwords, factors and the like may be changed; 900 where absent (B28). */
  readonly recentLogin?: number
  /** Whose codes they are, as authenticator apps and passkey dialogs show it; `Latchkey` where absent. */
  readonly appName?: string
  /**
   * Where passkeys are good: the domain they are bound to (it cannot change later) and the pages that may use them. The
   * host of `appUrl`, else of the first allowed origin, and all allowed origins, where absent.
   */
  readonly passkeys?: { readonly rpId?: string; readonly origins?: readonly string[] }
  /** What each role may do, and so which roles there are; a role that is not listed may nothing. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>
  /** Remembers which access tokens were taken back; in this process's memory where absent. */
  readonly denylist?: Denylist
  /** Sends what the engine writes to owners of accounts; absent: nothing is sent. Needs `appUrl`. */
  readonly mailer?: Mailer
  /** Where the app lives: mails link to its pages `/verify-email#token=…`, `/reset-password#token=…` and `/confirm-email#token=…`. */
  readonly appUrl?: string
  /** Where else people may sign in. Needs `appUrl`, where they come back to, and `publicUrl`. */
  readonly providers?: readonly Provider[]
  /** Where browsers reach these routes: providers send them back there. A function where it is known only once it listens. */
  readonly publicUrl?: string | (() => string)
  /** Begins the writing of mails when the reply is on its way, so that its time tells nothing (B21); at once where absent. */
  readonly afterReply?: (work: () => void) => void
  /** Told of logins, reuse, revocations: for logs and audit. Never a token. Must not throw. */
  readonly onEvent?: (event: EngineEvent) => void
}

/** The options with every gap filled; times in milliseconds but for `accessTtl`, which stays in seconds. */
export type Settings = {
  readonly issuer: string
  readonly audience: string
  readonly peppers: readonly string[]
  readonly allowedOrigins: ReadonlySet<string>
  readonly accessTtl: number
  readonly idleTtl: number
  readonly maxTtl: number
  readonly grace: number
  readonly onReuse: 'family' | 'user'
  readonly reuseStreak: number
  readonly transport: 'cookie' | 'body' | 'cookie-only'
  readonly cookie: CookieSettings
  readonly minPasswordLength: number
  readonly registration: 'open' | 'private'
  /** Seconds. */
  readonly recentLogin: number
  readonly appName: string
  readonly passkeys: { readonly rpId: string; readonly origins: readonly string[] }
  /** Without a slash at the end; empty where no mail is sent. */
  readonly appUrl: string
  readonly permissions: ReadonlyMap<string, readonly string[]>
  readonly providers: readonly Provider[]
  /** Without a slash at the end. */
  readonly publicUrl: () => string
}

const day = 86_400

/** @throws TypeError that names the option, what is wrong with it, and what would be right. */
export function readSettings(options: EngineOptions): Settings {
  const { cookie = {}, accessTtl = 600, transport = 'cookie' } = options
  const { secure = true, sameSite = 'strict', domain = null } = cookie
  positive('accessTtl', accessTtl)
  if (!['cookie', 'body', 'cookie-only'].includes(transport))
    throw wrong('transport', `${JSON.stringify(transport)} is none`, '"cookie", "body" or "cookie-only"')
  if (sameSite === 'none' && !secure)
    throw wrong('cookie', 'browsers drop SameSite=None without Secure', 'secure: true')
  return {
    issuer: options.issuer ?? 'latchkey',
    audience: options.audience ?? 'latchkey',
    peppers: peppersOf(options.pepper),
    allowedOrigins: new Set((options.allowedOrigins ?? []).map(exactOrigin)),
    accessTtl,
    idleTtl: positive('refreshIdleTtl', options.refreshIdleTtl ?? 14 * day) * 1000,
    maxTtl: positive('refreshMaxTtl', options.refreshMaxTtl ?? 30 * day) * 1000,
    grace: graceOf(options.graceSeconds, accessTtl) * 1000,
    onReuse: options.onReuse ?? 'family',
    reuseStreak: streakOf(options.reuseStreak ?? 3),
    transport,
    cookie: { secure, sameSite, domain },
    minPasswordLength: positive('minPasswordLength', options.minPasswordLength ?? 15),
    registration: registrationOf(options),
    recentLogin: positive('recentLogin', options.recentLogin ?? 900),
    appName: options.appName ?? 'Latchkey',
    passkeys: passkeysOf(options),
    appUrl: appUrlOf(options),
    providers: providersOf(options),
    publicUrl: publicUrlOf(options),
    permissions: new Map(Object.entries({ user: [], admin: [], ...options.permissions })),
  }
}

const wrong = (option: string, why: string, instead: string): TypeError =>
  new TypeError(`createEngine: the option ${option} is no good: ${why}. Use ${instead}.`)

function positive(option: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw wrong(option, `${value} is not a positive number`, 'a number above zero')
}

function registrationOf({ registration = 'open', mailer }: EngineOptions): 'open' | 'private' {
  if (registration === 'open' || (registration === 'private' && mailer !== undefined)) return registration
  if (registration === 'private') throw wrong('registration', '"private" goes on by mail', 'it with a mailer')
  throw wrong('registration', `${JSON.stringify(registration)} is none`, '"open" or "private"')
}

function graceOf(given: number | undefined, accessTtl: number): number {
  const grace = given ?? Math.min(30, accessTtl / 4)
  if (Number.isFinite(grace) && grace >= 0) return grace
  throw wrong('graceSeconds', `${grace} is no duration`, 'zero or more seconds')
}

function peppersOf(given: EngineOptions['pepper'] = randomText(256)): readonly string[] {
  const peppers = typeof given === 'string' ? [given] : given
  if (peppers.length > 0 && peppers.every((pepper) => pepper.length >= 16)) return peppers
  throw wrong('pepper', 'it is too short to be a secret', '32 random bytes as text')
}

function streakOf(given: number): number {
  if (Number.isSafeInteger(given) && given >= 0) return given
  throw wrong('reuseStreak', `${given} is no count`, 'a whole number, or 0 for never')
}

function providersOf({ providers = [] }: EngineOptions): readonly Provider[] {
  const names = providers.map(({ name }) => name)
  const odd = names.find((name, at) => !/^[a-z\d_-]{1,64}$/.test(name) || names.indexOf(name) !== at)
  if (odd === undefined) return providers
  throw wrong('providers', `${JSON.stringify(odd)} is no name, or twice there`, 'names like google, each once')
}

function publicUrlOf({ publicUrl, providers = [] }: EngineOptions): () => string {
  if (typeof publicUrl === 'function') return () => publicUrl().replace(/\/+$/, '')
  if (publicUrl === undefined && providers.length === 0) return () => ''
  const url = plainUrl(publicUrl ?? '')
  if (url !== null) return () => url
  throw wrong(
    'publicUrl',
    'providers send browsers back there, and it is no http(s) address',
    'https://auth.example.com',
  )
}

function appUrlOf({ appUrl = '', mailer, providers = [] }: EngineOptions): string {
  if (appUrl === '' && mailer === undefined && providers.length === 0) return ''
  const url = plainUrl(appUrl)
  if (url !== null) return url
  throw wrong('appUrl', 'links lead to it, and it is no http(s) address without query', 'https://app.example.com')
}

/** Without a slash at the end; null for what is no http(s) address, or has more than a path. */
function plainUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
  return isPlain && url.username === '' ? url.href.replace(/\/+$/, '') : null
}

function passkeysOf({ passkeys = {}, appUrl = '', allowedOrigins = [] }: EngineOptions): Settings['passkeys'] {
  const origins = (passkeys.origins ?? allowedOrigins).map(exactOrigin)
  const [home = 'http://localhost'] = [appUrl, ...origins].filter((place) => URL.canParse(place))
  return { rpId: passkeys.rpId ?? new URL(home).hostname, origins }
}

function exactOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null'
  if (origin === text && origin !== 'null') return text
  throw wrong(
    'allowedOrigins',
    `${JSON.stringify(text)} is no exact origin`,
    'scheme, host and port: https://app.example.com',
  )
}
