// Wire calls to the auth server. Its secrets: which status means what, attempt timeouts, and the checks on bodies.
import type { Clock } from './clock.js'
import { AuthError, type AuthErrorCode } from './errors.js'
import { bearing, text, type Credentials, type MfaAnswer, type Profile, type WireCall } from './profile.js'
import type { EndReason } from './end-reason.js'
import { holdToken, mayTravel, type AccessToken } from './token.js'

/** The server's answer to login, register, MFA or refresh, read and checked. */
export type Grant<User> = {
  readonly token: AccessToken
  readonly refreshToken: string | undefined
  readonly user: User | undefined
  readonly sid: string | undefined
}

/** A login that is not finished: the server asks for a second factor. */
export type MfaChallenge = { readonly challenge: string; readonly methods: readonly string[] }

/** The server's definitive no to a refresh: the only answer that ends a session. */
export class Refused extends AuthError {
  readonly reason: EndReason
  constructor(reason: EndReason, status: number) {
    super('session_ended', 'The server ended the session. Log in again.', { status })
    this.reason = reason
  }
}

export type CallOptions = {
  readonly signal?: AbortSignal | undefined
  readonly bearer?: string | null
  readonly keepalive?: boolean
}

export type Endpoints<User> = {
  readonly login: (credentials: Credentials, options?: CallOptions) => Promise<Grant<User> | MfaChallenge>
  readonly register: (input: Credentials, options?: CallOptions) => Promise<Grant<User> | MfaChallenge | null>
  readonly verifyMfa: (answer: MfaAnswer, options?: CallOptions) => Promise<Grant<User> | MfaChallenge>
  /** @throws `Refused` for the definitive no; `unreachable`, `rate_limited` or `protocol_error` for everything else. */
  readonly refresh: (refreshToken: string | undefined, options?: CallOptions) => Promise<Grant<User>>
  readonly me: (options: CallOptions) => Promise<User | undefined>
  /** Any call that a profile or an account page spells; its body, undefined where there is none. */
  readonly send: (call: WireCall, options?: CallOptions) => Promise<unknown>
}

type Wiring<User> = {
  readonly profile: Profile<User>
  /** Absolute, or null where there is nothing to resolve against. */
  readonly resolve: (path: string) => string
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  /** Milliseconds of one attempt, body included. */
  readonly timeout: number
}

type Answer = {
  readonly body: unknown
  readonly headers: Headers
  /** When it came: as of the request, where the device slept in between. */
  readonly came: Pick<Clock, 'now' | 'monotonic'>
}

const retryAfterLimit = 60_000

/** The backend's endpoints by its profile. Nothing here touches the session; each call is one attempt. */
export function createEndpoints<User>({ profile, resolve, fetch, clock, timeout }: Wiring<User>): Endpoints<User> {
  const { attach = bearing } = profile

  async function attemptCall(call: WireCall, options: CallOptions, refreshing = false): Promise<Answer> {
    const first = profile.prepare?.()
    if (first) await attemptOnce(first, options)
    return attemptOnce(call, options, refreshing, true)
  }

  async function attemptOnce(
    call: WireCall,
    options: CallOptions,
    refreshing = false,
    repeats = false,
  ): Promise<Answer> {
    const { signal, bearer, keepalive } = options
    const [wall, monotonic] = [clock.now(), clock.monotonic()]
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    const cancelTimeout = clock.after(timeout, stop)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
    try {
      const url = withQuery(resolve(call.path), call.query)
      const response = await fetch(url, {
        ...requestOf(call, attach(bearer && mayTravel(url) ? bearer : null)),
        signal: abort.signal,
        cache: 'no-store',
        redirect: 'error',
        credentials: profile.refreshToken === 'cookie' || profile.bearer === 'cookie' ? 'include' : 'omit',
        ...(keepalive && { keepalive }),
      })
      const body = await readBody(response, profile.readText)
      const status = body === notJson ? response.status : (profile.statusOf?.(response.status, body) ?? response.status)
      if (status >= 200 && status < 300) {
        if (body === notJson)
          throw unreachable(
            'The server’s answer is not JSON: a proxy or a captive portal may be in between.',
            response.status,
          )
        const slept = Math.max(clock.now() - wall, clock.monotonic() - monotonic) > timeout
        return {
          body,
          headers: response.headers,
          came: slept ? { now: () => wall, monotonic: () => monotonic } : clock,
        }
      }
      const again = repeats && body !== notJson && profile.prepare?.({ status, body })
      if (!again) throw failure(status, response.headers, body, refreshing)
      await attemptOnce(again, options)
      return await attemptOnce(call, options, refreshing)
    } catch (error) {
      if (error instanceof AuthError) throw error
      if (error instanceof SyntaxError)
        throw new AuthError('protocol_error', 'The server’s answer is not valid JSON.', {})
      throw unreachable(
        abort.signal.aborted
          ? 'The server did not answer in time.'
          : 'The server could not be reached: it may be down, the device offline, or CORS refuse this origin.',
        undefined,
        error,
      )
    } finally {
      cancelTimeout()
      signal?.removeEventListener('abort', stop)
    }
  }

  function failure(status: number, headers: Headers, body: unknown, refreshing: boolean): AuthError {
    const retryAfter = parseRetryAfter(headers.get('Retry-After'), clock.now())
    if (status === 429)
      return new AuthError('rate_limited', 'Too many attempts. Wait and try again.', { status, retryAfter })
    if (body === notJson || status >= 500 || status === 408 || status === 425) {
      return new AuthError('unreachable', `The server answered ${status}. Try again later.`, { status, retryAfter })
    }
    if (refreshing) {
      const refused = profile.isRefused(status, body)
      if (refused !== false) return new Refused(refused === true ? 'expired' : refused, status)
    }
    const { code, message, fieldErrors } = profile.readProblem?.(status, body) ?? {}
    const known = codeOf(status, code, refreshing)
    return new AuthError(known, message ?? `The server answered ${status}.`, { status, fieldErrors })
  }

  function readGrant({ body, headers, came }: Answer, presented?: string): Grant<User> {
    return read(() => {
      const wire = profile.readGrant(body, headers, presented)
      const isOld = profile.renews === false && presented !== undefined
      const expiresIn = wire.expiresIn ?? (isOld ? undefined : profile.lifetime)
      const token = holdToken(
        profile.bearer === 'cookie' ? null : text(wire.accessToken, 'the access token'),
        { expiresIn, date: Date.parse(headers.get('Date') ?? ''), ageless: isOld || profile.lifetime === Infinity },
        came,
      )
      const { sid = token.claims['sid'] } = wire
      return {
        token,
        refreshToken: profile.refreshToken === 'access' ? (token.value ?? undefined) : wire.refreshToken,
        user: wire.user === undefined ? undefined : profile.readUser(wire.user),
        sid: typeof sid === 'string' ? sid : undefined,
      }
    })
  }

  const signIn = async (call: WireCall, options: CallOptions = {}): Promise<Grant<User> | MfaChallenge> => {
    const answer = await attemptCall(call, options)
    return read(() => profile.readMfa?.(answer.body) ?? null) ?? readGrant(answer)
  }

  return {
    login: (credentials, options) => signIn(profile.login(credentials), options),
    verifyMfa: (answer, options) => signIn(offered(profile.verifyMfa, 'verifyMfa')(answer), options),
    async register(input, options = {}) {
      const answer = await attemptCall(offered(profile.register, 'register')(input), options)
      return signsIn(answer) ? readGrant(answer) : null
    },
    refresh: async (refreshToken, options = {}) =>
      readGrant(await attemptCall(profile.refresh(refreshToken), options, true), refreshToken),
    async me(options) {
      if (profile.me === undefined) return undefined
      const { body } = await attemptCall(profile.me(), options)
      return read(() => profile.readUser(body))
    },
    send: async (call, options = {}) => (await attemptCall(call, options)).body,
  }

  /** Registering brought a token, or, where the page cannot see it, the user of a session. */
  function signsIn({ body, headers }: Answer): boolean {
    try {
      const { accessToken, user } = profile.readGrant(body, headers)
      return profile.bearer === 'header' ? accessToken !== null : user !== undefined
    } catch {
      return false
    }
  }

  function offered<Make>(make: Make | undefined, name: string): Make {
    if (make !== undefined) return make
    throw new AuthError('misconfigured', `The profile ${profile.name} has no ${name}: the backend does not offer it.`)
  }
}

/** Milliseconds to wait, within [0, 60 s]; undefined for what does not parse, so that the own backoff rules (RFC 9110 §10.2.3). */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined
  // Not `Date.parse` alone, which takes -5 for a month.
  const ms = /^\s*\d+\s*$/.test(header)
    ? Number(header) * 1000
    : / GMT\s*$/.test(header)
      ? Date.parse(header) - now
      : NaN
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), retryAfterLimit)
}

const notJson = Symbol('not JSON')

async function readBody(response: Response, readText: Profile['readText']): Promise<unknown> {
  const content = await response.text()
  if (response.ok && content === '') return undefined
  if (!/^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i.test(response.headers.get('Content-Type') ?? ''))
    return readText?.(content, response.status) ?? notJson
  if (response.ok) return JSON.parse(content) as unknown
  try {
    return JSON.parse(content) as unknown
  } catch {
    return notJson
  }
}

/** What the profile reads, with its TypeError turned into the error that callers know. */
function read<T>(reading: () => T): T {
  try {
    return reading()
  } catch (error) {
    if (error instanceof AuthError) throw error
    const why = error instanceof TypeError ? error.message : 'the profile could not read it'
    throw new AuthError('protocol_error', `The server’s answer is not what the profile expects: ${why}.`)
  }
}

function requestOf({ method, json, form, headers }: WireCall, attached: Readonly<Record<string, string>>): RequestInit {
  const all = new Headers({ Accept: 'application/json', ...attached, ...headers })
  if (json !== undefined) all.set('Content-Type', 'application/json')
  const body = json !== undefined ? JSON.stringify(json) : form && new URLSearchParams(form)
  return { method, headers: all, ...(body !== undefined && { body }) }
}

function withQuery(url: string, query?: Readonly<Record<string, string>>): string {
  return query === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`
}

function unreachable(message: string, status?: number, cause?: unknown): AuthError {
  return new AuthError('unreachable', message, { status, cause })
}

const serverCodes: Readonly<Record<string, AuthErrorCode>> = {
  invalid_credentials: 'invalid_credentials',
  email_taken: 'email_taken',
  weak_password: 'weak_password',
  mfa_invalid: 'mfa_invalid',
  step_up_required: 'step_up_required',
  csrf: 'misconfigured',
}

function codeOf(status: number, code: string | undefined, refreshing: boolean): AuthErrorCode {
  const known = code !== undefined && Object.hasOwn(serverCodes, code) ? serverCodes[code] : undefined
  if (known !== undefined) return known
  if (refreshing || status === 404 || status === 405) return 'misconfigured'
  if (status === 401 || status === 403) return 'invalid_credentials'
  return status === 400 || status === 422 ? 'invalid_input' : 'protocol_error'
}
