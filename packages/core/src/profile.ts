// How one backend spells login, refresh, logout and me: envelopes, field names, and where tokens travel.
import type { EndReason } from './end-reason.js'

/** One request to the auth server; `path` resolves against the client's `baseURL`. */
export type WireCall = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** No access token goes along, held or not: OAuth's own endpoints take an `Authorization` for the client's. */
  readonly bare?: true
}

/** What a profile read from the answer to login, refresh, register or MFA. */
export type WireGrant = {
  /** Null where the bearer is a cookie, or the backend registers without signing in. */
  readonly accessToken: string | null
  /** Where the refresh token travels in bodies; absent keeps the one held. */
  readonly refreshToken?: string | undefined
  /** Seconds. */
  readonly expiresIn?: number | undefined
  /** What `readUser` takes; absent where `me` has to be asked; null says that somebody signed in by a cookie, and `me` who. */
  readonly user?: unknown
  readonly sid?: string | undefined
}

/** What people type to sign in. */
export type Credentials = Readonly<Record<string, unknown>>

/** A call that takes what people type: a client of typed credentials is still a client. */
export type Entry<Typed, Result> = { call(typed: Typed): Result }['call']

/** The second step of a login that asks for one: a code, or what a passkey answered. */
export type MfaAnswer = { readonly challenge: string } & (
  | { readonly code: string; readonly passkey?: never }
  | { readonly passkey: unknown; readonly code?: never }
)

/** A failing answer in Latchkey's words. */
export type WireProblem = {
  readonly code?: string | undefined
  readonly message?: string | undefined
  readonly fieldErrors?: Readonly<Record<string, string>> | undefined
}

/** An answer that says no, by the status that it means. */
export type WireFailure = { readonly status: number; readonly body: unknown }

/** One backend's wire shape: data and small pure functions, which may throw on a body that they do not understand. */
export type Profile<User = unknown, Login extends Credentials = Credentials> = {
  readonly name: string
  readonly bearer: 'header' | 'cookie'
  /** What a refresh presents; `access`: there is no refresh token, and the access token in hand takes its place. */
  readonly refreshToken: 'cookie' | 'body' | 'access'
  /** Seconds that an access token lives where the backend does not say; `Infinity`: until it is refused. */
  readonly lifetime?: number
  /** False where no refresh brings a new token, but tells whether the one in hand is good: none is due before the expiry. */
  readonly renews?: boolean
  /** Headers that bear the token, null where it is in a cookie or nobody has one. Default: `Authorization: Bearer`. */
  readonly attach?: (token: string | null) => Readonly<Record<string, string>>
  /** A call that has to come first, such as for a CSRF cookie: asked before each, and after a no, which is then repeated once. */
  readonly prepare?: (failure?: WireFailure) => WireCall | null
  /** An answer that is not JSON; undefined for what is not the backend's own. */
  readonly readText?: (content: string, status: number) => unknown
  /** The status that an answer means, where its body says otherwise: a wrong password told with 200. */
  readonly statusOf?: (status: number, body: unknown) => number
  readonly login: Entry<Login, WireCall>
  readonly register?: (input: Credentials) => WireCall
  readonly verifyMfa?: (answer: MfaAnswer) => WireCall
  readonly refresh: (refreshToken?: string) => WireCall
  /** Tells the server that a rotated token arrived. */
  readonly acknowledge?: () => WireCall
  readonly logout?: (options: { readonly everywhere: boolean; readonly refreshToken?: string | undefined }) => WireCall
  readonly me?: () => WireCall
  /** `presented`: what the refresh sent, for backends that answer it without a token. */
  readonly readGrant: (body: unknown, headers: Headers, presented?: string) => WireGrant
  /** The challenge of a login that asks for a second factor; null for any other answer. */
  readonly readMfa?: (body: unknown) => { readonly challenge: string; readonly methods: readonly string[] } | null
  readonly readUser: (body: unknown) => User
  /** The definitive no to a refresh, and why the session ended; false for anything else. */
  readonly isRefused: (status: number, body: unknown) => EndReason | boolean
  readonly readProblem?: (status: number, body: unknown) => WireProblem
  /** An API's answer other than 401 by which this backend means an expired token. */
  readonly isExpiry?: (response: Response) => boolean
}

/** How a token is borne where the profile does not say. @see RFC 6750 §2.1 */
export const bearing: NonNullable<Profile['attach']> = (token) => (token ? { Authorization: `Bearer ${token}` } : {})

/** The user as Latchkey's own server tells it. */
export type LatchkeyUser = {
  readonly id: string
  readonly email: string
  readonly email_verified: boolean
  readonly display_name: string | null
  readonly role: string
  readonly permissions: readonly string[]
  readonly created_at: string
}

const refusals: ReadonlyMap<unknown, EndReason> = new Map([
  ['no_session', 'no-session'],
  ['invalid_grant', 'expired'],
  ['session_expired', 'expired'],
  ['session_revoked', 'revoked'],
])

/** Where Latchkey's tokens travel: as the server's `TOKEN_TRANSPORT`, `cookie` where absent. */
export type LatchkeyOptions =
  | { readonly refreshToken?: 'cookie' | 'body'; readonly transport?: never }
  | { readonly transport: 'cookie' | 'body' | 'cookie-only'; readonly refreshToken?: never }

/** The default profile: Latchkey's own server; the refresh token in an HttpOnly cookie, in bodies, or both tokens in cookies. */
export function latchkey({
  refreshToken: chosen = 'cookie',
  transport = chosen,
}: LatchkeyOptions = {}): Profile<LatchkeyUser> {
  const refreshToken = transport === 'body' ? 'body' : 'cookie'
  const inHeader = transport !== 'cookie-only'
  const headers = { 'X-Latchkey': '1' }
  const post = (path: string, json?: unknown): WireCall => ({ method: 'POST', path, headers, json })
  const credential = (token?: string): unknown => (refreshToken === 'body' ? { refresh_token: token } : undefined)
  return {
    name: 'latchkey',
    bearer: inHeader ? 'header' : 'cookie',
    refreshToken,
    login: (credentials) => post(`auth/${loginPath(credentials)}`, credentials),
    register: (input) => post('auth/register', input),
    verifyMfa: (answer) => post('auth/mfa/verify', answer),
    refresh: (token) => post('auth/refresh', credential(token)),
    acknowledge: () => post('auth/refresh/ack'),
    logout: ({ everywhere, refreshToken: token }) =>
      post(everywhere ? 'auth/logout-all' : 'auth/logout', credential(token)),
    me: () => ({ ...post('auth/me'), method: 'GET' }),
    readGrant(body, _headers, presented) {
      const { access_token, refresh_token, expires_in, user, sid } = fields(body)
      return {
        accessToken: inHeader ? text(access_token, 'access_token') : null,
        // None comes where the one that was shown is still the last: what rests by then may be newer.
        refreshToken:
          refreshToken === 'body' && (presented === undefined || refresh_token !== undefined)
            ? text(refresh_token, 'refresh_token')
            : undefined,
        expiresIn: typeof expires_in === 'number' ? expires_in : undefined,
        user,
        sid: text(sid, 'sid'),
      }
    },
    readMfa(body) {
      const { mfa_required, challenge, methods } = fields(body)
      if (mfa_required !== true) return null
      return { challenge: text(challenge, 'challenge'), methods: Array.isArray(methods) ? methods.map(String) : [] }
    },
    readUser(body) {
      const user = fields(body)
      text(user['id'], 'user.id')
      return user as LatchkeyUser
    },
    isRefused: (status, body) => status === 401 && (refusals.get(fields(body)['code']) ?? false),
    readProblem(_status, body) {
      const { code, detail, title, errors } = fields(body)
      return {
        code: typeof code === 'string' ? code : undefined,
        message: [detail, title].find((part) => typeof part === 'string'),
        fieldErrors: errors === undefined ? undefined : texts(errors),
      }
    },
  }
}

/** What is proven says where: a passkey, a return from a provider, or a password. */
function loginPath(credentials: Credentials): string {
  if ('passkey' in credentials) return 'passkeys/login'
  return 'verifier' in credentials ? 'login/oauth' : 'login'
}

/** The body as an object whose fields are still unknown; an empty one for anything else. */
export function fields(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}

/** The fields that are texts: what else a server puts among its messages is nothing to show. */
function texts(body: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields(body)).filter((field): field is [string, string] => typeof field[1] === 'string'),
  )
}

/** The field as a non-empty text; a TypeError that names it otherwise. */
export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new TypeError(`${name} is missing or not a text`)
}
