// A `fetch` that bears the token and replays once. Its secrets: clone and cancel, the origin fence, the principal's bound.
import { parseChallenges, type Challenge } from './challenge.js'
import { AuthError } from './errors.js'
import type { AccessToken } from './token.js'

/** `fetch`, with a way out for one call: `auth: false` sends no token, `replay: false` leaves its 401 alone. */
export type AuthFetch = (
  input: RequestInfo | URL,
  init?: RequestInit & { readonly auth?: boolean; readonly replay?: boolean },
) => Promise<Response>

type Wiring = {
  readonly fetch: typeof globalThis.fetch
  readonly bearer: 'header' | 'cookie'
  /** Who gets the token: serialized origins. */
  readonly origins: readonly string[]
  /** What relative URLs resolve against; null on a server. */
  readonly base: string | null
  readonly generation: () => number
  /** A usable token at once, where one is held; null where it takes asking. */
  readonly usableToken: () => AccessToken | null
  /** A usable token, after a restore or refresh if need be; null where nobody is signed in. */
  readonly obtainToken: (signal: AbortSignal | null | undefined) => Promise<AccessToken | null>
  /** Another token than the spent one, of the same session; null where the session ended. */
  readonly replaceToken: (spent: AccessToken, signal: AbortSignal | null | undefined) => Promise<AccessToken | null>
  /** The replay was refused too: this token was new, so that another new one is no cure. */
  readonly onRefusedAgain: (token: AccessToken) => void
  readonly onStepUp: (challenge: Challenge) => void
  readonly isExpiry?: ((response: Response) => boolean) | undefined
}

/**
 * Builds `auth.fetch`. The token goes to the listed origins only, judged on the final URL, and never over plain http
 * except to loopback. A 401 to our token is followed by one refresh and one replay, within the same generation.
 * @see RFC 6750 §3.1, RFC 9470 §3
 */
export function createAuthFetch(wiring: Wiring): AuthFetch {
  const { generation } = wiring
  const fenced = wiring.origins.filter(isSafeOrigin)
  const prefixes = fenced.map((origin) => `${origin}/`)

  function isListed(input: RequestInfo | URL): boolean {
    const url = typeof input === 'string' ? input : input instanceof Request ? input.url : String(input)
    // An origin followed by its slash cannot be parsed as any other origin: the common case needs no URL parser.
    if (prefixes.some((prefix) => url.startsWith(prefix))) return true
    const parsed = URL.canParse(url, wiring.base ?? undefined) ? new URL(url, wiring.base ?? undefined) : null
    return parsed !== null && fenced.includes(parsed.origin)
  }

  return async function authFetch(input, init) {
    const { auth, replay, ...rest } = init ?? {}
    if (auth === false || !isListed(input) || hasAuthorization(input, rest.headers)) return wiring.fetch(input, rest)
    const signal = rest.signal ?? (input instanceof Request ? input.signal : null)
    const token = wiring.usableToken() ?? (await wiring.obtainToken(signal))
    if (token === null) return wiring.fetch(input, rest)

    const principal = generation()
    const spare = input instanceof Request && input.body !== null && replay !== false ? input.clone() : null
    const response = await wiring.fetch(input, withToken(input, rest, token))
    let unread: Body | null = spare
    try {
      if (!isSpent(response) || replay === false) return response
      const fresh = await replaced(token, principal, signal)
      if (fresh === null) return response
      unread = response
      if (isOneShot(rest.body)) {
        throw new AuthError(
          'not_replayable',
          'The token had expired, and the request’s body is a stream, which can be sent once. Send it again.',
        )
      }
      const again = await wiring.fetch(spare ?? input, withToken(spare ?? input, rest, fresh))
      if (again.status === 401) wiring.onRefusedAgain(fresh)
      return again
    } finally {
      void unread?.body?.cancel().catch(ignoreCancel)
    }
  }

  /** Our token was refused, and a new one is the cure. */
  function isSpent(response: Response): boolean {
    if (response.status !== 401) return wiring.isExpiry?.(response) ?? false
    const challenges = parseChallenges(response.headers.get('WWW-Authenticate') ?? '')
    const bearer =
      challenges.find(({ scheme, params }) => scheme === 'bearer' && params.has('error')) ??
      challenges.find(({ scheme }) => scheme === 'bearer')
    const error = bearer?.params.get('error')
    if (bearer !== undefined && error === 'insufficient_user_authentication') wiring.onStepUp(bearer)
    return error === undefined || error === 'invalid_token'
  }

  async function replaced(
    spent: AccessToken,
    principal: number,
    signal: AbortSignal | null | undefined,
  ): Promise<AccessToken | null> {
    if (generation() === principal) {
      const token = await wiring.replaceToken(spent, signal)
      if (generation() === principal) return token
    }
    // The session ended or another began meanwhile: nothing of the old one is sent as the new one.
    if (wiring.usableToken() !== null) throw accountChanged()
    return null
  }

  function withToken(input: RequestInfo | URL, init: RequestInit, token: AccessToken): RequestInit {
    if (wiring.bearer === 'cookie') return { ...init, credentials: 'include' }
    const authorization = `Bearer ${token.value}`
    const { headers } = init
    if (input instanceof Request || headers instanceof Headers || Array.isArray(headers)) {
      const all = new Headers(headers ?? (input as Request).headers)
      all.set('Authorization', authorization)
      return { ...init, headers: all }
    }
    return { ...init, headers: { ...headers, Authorization: authorization } }
  }
}

/** Bearer tokens go over TLS, or to this very machine (RFC 6750 §5.3). */
function isSafeOrigin(origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  return protocol === 'https:' || /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

function hasAuthorization(input: RequestInfo | URL, headers: HeadersInit | undefined): boolean {
  if (headers === undefined) return input instanceof Request && input.headers.has('Authorization')
  if (headers instanceof Headers || Array.isArray(headers)) return new Headers(headers).has('Authorization')
  for (const name in headers) if (name.length === 13 && name.toLowerCase() === 'authorization') return true
  return false
}

function isOneShot(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (body instanceof ReadableStream || Symbol.asyncIterator in body)
}

function accountChanged(): AuthError {
  return new AuthError(
    'account_changed',
    'Another account signed in while this request was under way; it was not sent as that account.',
  )
}

/** The body of a response or clone that nobody reads: that cancelling fails changes nothing. */
function ignoreCancel(): void {}
