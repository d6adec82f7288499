// A `fetch` that bears the token and replays once. Its secrets: clone and cancel, the origin fence, the principal's bound.
import { insufficient, isStepUp, type Challenge } from './challenge.js'
import { accountChanged, AuthError } from './errors.js'
import { mayTravel, type AccessToken } from './token.js'

/**
 * `fetch`, with a way out for one call: `auth: false` sends no token, `replay: false` leaves its 401 alone, and `through`
 * is what sends it, such as an XMLHttpRequest.
 */
export type AuthFetch = (
  input: RequestInfo | URL,
  init?: RequestInit & {
    readonly auth?: boolean
    readonly replay?: boolean
    readonly through?: typeof globalThis.fetch
  },
) => Promise<Response>

type Wiring = {
  readonly fetch: typeof globalThis.fetch
  readonly bearer: 'header' | 'cookie'
  /** The headers that bear the token, where they are others than `Authorization: Bearer`. */
  readonly attach?: ((token: string | null) => Readonly<Record<string, string>>) | undefined
  /** Who gets the token: serialized origins. */
  readonly origins: readonly string[]
  /** What relative URLs resolve against at this moment; null on a server. */
  readonly base: () => string | null
  readonly generation: () => number
  /** A usable token at once, where one is held; null where it takes asking. */
  readonly usableToken: () => AccessToken | null
  /** A usable token, after a restore or refresh if need be; null where nobody is signed in. */
  readonly obtainToken: (signal: AbortSignal | undefined) => Promise<AccessToken | null>
  /** Another token than the spent one, of the same session; null where the session ended. */
  readonly replaceToken: (spent: AccessToken, signal: AbortSignal | undefined) => Promise<AccessToken | null>
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
  const fenced = wiring.origins.filter(mayTravel)
  const prefixes = fenced.map((origin) => `${origin}/`)

  /** The absolute URL, where it is of a listed origin; else null. What was judged is what is sent. */
  function listed(url: string): string | null {
    // An origin followed by its slash cannot be parsed as any other origin: the common case needs no URL parser.
    for (const prefix of prefixes) if (url.startsWith(prefix)) return url
    const base = wiring.base() ?? undefined
    const parsed = URL.canParse(url, base) ? new URL(url, base) : null
    return parsed !== null && fenced.includes(parsed.origin) ? parsed.href : null
  }

  /** The hot path: no more than a header, a comparison and one turn of the event loop beside the request itself. */
  function send(
    target: string | Request,
    init: RequestInit,
    token: AccessToken,
    replay: boolean | undefined,
  ): Promise<Response> {
    const principal = generation()
    const spare = replay !== false && isRequest(target) && target.body !== null ? target.clone() : null
    const sent = wiring.fetch(target, withToken(target, init, token))
    const judged = sent.then((response) =>
      replay === false || (response.status !== 401 && wiring.isExpiry === undefined)
        ? response
        : again(response, principal, spare, target, init, token),
    )
    return spare === null ? judged : judged.finally(() => cancel(spare))
  }

  /** The response to a request whose token may have been refused: itself, or the answer to its one replay. */
  async function again(
    response: Response,
    principal: number,
    spare: Request | null,
    target: string | Request,
    init: RequestInit,
    token: AccessToken,
  ): Promise<Response> {
    if (!isSpent(response)) return response
    let unread: Response | null = response
    try {
      const fresh = await replaced(token, principal, signalOf(target, init))
      if (fresh === null) {
        unread = null
        return response
      }
      if (isOneShot(init.body)) throw notReplayable()
      const second = await wiring.fetch(spare ?? target, withToken(target, init, fresh))
      if (isSpent(second)) wiring.onRefusedAgain(fresh)
      return second
    } finally {
      cancel(unread)
    }
  }

  /** Our token was refused by one of our origins, and a new one is the cure. */
  function isSpent(response: Response): boolean {
    // A redirect leads away, and the token stays behind: such a 401 says nothing of it.
    if (response.redirected && listed(response.url) === null) return false
    if (response.status !== 401) return wiring.isExpiry?.(response) ?? false
    const refusal = insufficient(response)
    if (isStepUp(refusal)) wiring.onStepUp(refusal)
    return refusal === undefined
  }

  async function replaced(
    spent: AccessToken,
    principal: number,
    signal: AbortSignal | undefined,
  ): Promise<AccessToken | null> {
    if (generation() === principal) {
      const token = await wiring.replaceToken(spent, signal)
      if (generation() === principal) return token
    }
    // The session ended or another began meanwhile: nothing of the old one is sent as the new one.
    if (wiring.usableToken() !== null) throw accountChanged()
    return null
  }

  function withToken(target: string | Request, init: RequestInit, token: AccessToken): RequestInit {
    const headers = headersOf(target, init)
    if (wiring.attach !== undefined) {
      const all = new Headers(headers)
      for (const [name, value] of Object.entries(wiring.attach(token.value))) all.set(name, value)
      return { ...init, headers: all, ...(wiring.bearer === 'cookie' && { credentials: 'include' }) }
    }
    if (wiring.bearer === 'cookie') return { ...init, credentials: 'include' }
    const Authorization = `Bearer ${token.value}`
    if (headers === undefined && init === none) return { headers: { Authorization } }
    if (headers === undefined || !isIterable(headers)) return { ...init, headers: { ...headers, Authorization } }
    const all = new Headers(headers)
    all.set('Authorization', Authorization)
    return { ...init, headers: all }
  }

  async function sendLater(target: string | Request, init: RequestInit, replay?: boolean): Promise<Response> {
    let token = wiring.usableToken()
    // What was obtained can be gone again when this goes on: a logout wins.
    while (token === null) {
      if ((await wiring.obtainToken(signalOf(target, init))) === null) return wiring.fetch(target, init)
      token = wiring.usableToken()
    }
    return send(target, init, token, replay)
  }

  return (input, options = none) => {
    try {
      if (options.through) {
        const { through, ...others } = options
        return createAuthFetch({ ...wiring, fetch: through })(input, others)
      }
      const { auth, replay } = options
      const init = auth === undefined && replay === undefined ? options : withoutWaysOut(options)
      const url = listed(isRequest(input) ? input.url : String(input))
      if (auth === false || url === null) return wiring.fetch(input, init)
      const target = isRequest(input) ? input : url
      if (hasAuthorization(headersOf(target, init))) return wiring.fetch(target, init)
      const token = wiring.usableToken()
      return token === null ? sendLater(target, init, replay) : send(target, init, token, replay)
    } catch (error) {
      // `fetch` rejects, whatever it is called with; an async function would cost every request two more turns.
      return Promise.reject(error)
    }
  }
}

/** Most calls name no option: they share this one, which is not copied. */
const none: Parameters<AuthFetch>[1] & object = {}

const withoutWaysOut = ({ auth: _auth, replay: _replay, ...init }: Parameters<AuthFetch>[1] & object): RequestInit =>
  init

/** By its shape: `fetch` takes the Request of another realm for one too, and `instanceof` does not. */
const isRequest = (input: RequestInfo | URL): input is Request => typeof input === 'object' && 'url' in input

const signalOf = (target: string | Request, init: RequestInit): AbortSignal | undefined =>
  init.signal ?? (isRequest(target) ? target.signal : undefined)

const headersOf = (target: string | Request, init: RequestInit): HeadersInit | undefined =>
  init.headers ?? (isRequest(target) ? target.headers : undefined)

/** Headers of any realm, or pairs; not a plain object. */
const isIterable = (headers: HeadersInit): headers is Exclude<HeadersInit, Record<string, string>> =>
  Symbol.iterator in headers

function hasAuthorization(headers: HeadersInit | undefined): boolean {
  if (headers === undefined) return false
  if (isIterable(headers)) return ('has' in headers ? headers : new Headers(headers)).has('Authorization')
  for (const name in headers) if (name.length === 13 && name.toLowerCase() === 'authorization') return true
  return false
}

function isOneShot(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (body instanceof ReadableStream || Symbol.asyncIterator in body)
}

function notReplayable(): AuthError {
  return new AuthError(
    'not_replayable',
    'The token had expired, and the request’s body is a stream, which can be sent once. Send it again.',
  )
}

/** Lets go of a body that nobody reads; one that was sent or read cannot be cancelled, and need not be. */
function cancel(unread: Body | null): void {
  if (unread !== null && !unread.bodyUsed) unread.body?.cancel().catch(() => undefined)
}
