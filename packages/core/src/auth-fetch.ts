// A `fetch` that bears the token and replays once. Its secrets: clone and cancel, the origin fence, the principal's bound.
import type { Core } from './core.js'
import { demandOf } from './demand.js'
import { accountChanged, AuthError } from './errors.js'
import { attempt } from './page.js'
import { bearing } from './profile.js'
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
    readonly through?: typeof globalThis.fetch | undefined
  },
) => Promise<Response>

/** Where the tokens come from. */
type Tokens = {
  /** A usable token at once, where one is held; null where it takes asking. */
  readonly usable: () => AccessToken | null
  /** A usable token, after a restore or refresh if need be; null where nobody is signed in. */
  readonly obtain: (signal: AbortSignal | undefined) => Promise<AccessToken | null>
  /** Another token than the spent one, of the same session; null where the session ended. */
  readonly replace: (spent: AccessToken, signal: AbortSignal | undefined) => Promise<AccessToken | null>
  /** The replay was refused too: this token was new, so that another new one is no cure. */
  readonly doubt: (token: AccessToken) => void
}

/**
 * Builds `auth.fetch`. The token goes to the listed origins only, judged on the final URL, and never over plain http
 * except to loopback. A 401 to our token is followed by one refresh and one replay, within the same generation.
 * @see RFC 6750 §3.1, RFC 9470 §3
 */
export function createAuthFetch<User>(
  core: Pick<Core<User>, 'profile' | 'page' | 'session' | 'fetch' | 'emit'>,
  origins: readonly string[],
  tokens: Tokens,
  fetch = core.fetch,
): AuthFetch {
  const { bearer, attach, isExpiry } = core.profile
  const fenced = origins.filter(mayTravel)
  const prefixes = fenced.map((origin) => `${origin}/`)

  /** The absolute URL, where it is of a listed origin; else null. What was judged is what is sent. */
  function listed(url: string): string | null {
    // An origin followed by its slash cannot be parsed as any other origin: the common case needs no URL parser.
    for (const prefix of prefixes) if (url.startsWith(prefix)) return url
    const parsed = attempt(() => new URL(url, core.page.href ?? undefined))
    return parsed && fenced.includes(parsed.origin) ? parsed.href : null
  }

  /** The hot path: no more than a header, a comparison and one turn of the event loop beside the request itself. */
  function send(
    target: string | Request,
    init: RequestInit,
    token: AccessToken,
    replay: boolean | undefined,
  ): Promise<Response> {
    const { generation } = core.session
    const spare = replay !== false && isRequest(target) && target.body ? target.clone() : null
    const judged = fetch(target, withToken(target, init, token)).then((response) =>
      replay !== false && (isExpiry || response.status === 401) && isSpent(response)
        ? again(response, generation, spare ?? target, init, token)
        : response,
    )
    return spare ? judged.finally(() => cancel(spare)) : judged
  }

  /** What follows a response whose token was refused: the answer to the one replay, or itself. */
  async function again(
    response: Response,
    generation: number,
    target: string | Request,
    init: RequestInit,
    spent: AccessToken,
  ): Promise<Response> {
    let unread: Response | null = response
    try {
      const token = await replaced(spent, generation, signalOf(target, init))
      if (!token) {
        unread = null
        return response
      }
      if (isOneShot(init.body)) throw notReplayable()
      const second = await fetch(target, withToken(target, init, token))
      if (isSpent(second)) tokens.doubt(token)
      return second
    } finally {
      cancel(unread)
    }
  }

  /** Our token was refused by one of our origins, and a new one is the cure. */
  function isSpent(response: Response): boolean {
    // A redirect leads away, and the token stays behind: such a 401 says nothing of it.
    if (response.redirected && !listed(response.url)) return false
    return response.status === 401 ? !demandOf(core, response) : !!isExpiry?.(response)
  }

  async function replaced(
    spent: AccessToken,
    generation: number,
    signal: AbortSignal | undefined,
  ): Promise<AccessToken | null> {
    const isSame = (): boolean => core.session.generation === generation
    const token = isSame() ? await tokens.replace(spent, signal) : null
    if (isSame()) return token
    // The session ended or another began meanwhile: nothing of the old one is sent as the new one.
    if (tokens.usable()) throw accountChanged()
    return null
  }

  function withToken(target: string | Request, init: RequestInit, { value }: AccessToken): RequestInit {
    const own = headersOf(target, init)
    const sent: RequestInit = init === none ? {} : { ...init }
    if (bearer === 'cookie') sent.credentials = 'include'
    if (attach || isIterable(own)) {
      const borne = (attach ?? bearing)(value)
      const headers = (sent.headers = new Headers(own))
      for (const name in borne) headers.set(name, borne[name] ?? '')
    } else if (value) {
      const Authorization = `Bearer ${value}`
      sent.headers = own === none ? { Authorization } : { ...own, Authorization }
    }
    return sent
  }

  async function sendLater(target: string | Request, init: RequestInit, replay?: boolean): Promise<Response> {
    let token = tokens.usable()
    // What was obtained can be gone again when this goes on: a logout wins.
    while (!token) {
      if (!(await tokens.obtain(signalOf(target, init)))) return fetch(target, init)
      token = tokens.usable()
    }
    return send(target, init, token, replay)
  }

  return (input, options = none) => {
    try {
      const { auth, replay, through } = options
      if (through) return createAuthFetch(core, origins, tokens, through)(input, { ...options, through: undefined })
      const init = auth === undefined && replay === undefined ? options : withoutWaysOut(options)
      const url = listed(isRequest(input) ? input.url : String(input))
      if (auth === false || !url) return fetch(input, init)
      const target = isRequest(input) ? input : url
      if (hasAuthorization(headersOf(target, init))) return fetch(target, init)
      const token = tokens.usable()
      return token ? send(target, init, token, replay) : sendLater(target, init, replay)
    } catch (error) {
      // `fetch` rejects, whatever it is called with; an async function would cost every request two more turns.
      return Promise.reject(error)
    }
  }
}

/** Most calls name no header and no option: they share this. */
const none = {}

const withoutWaysOut = ({ auth: _auth, replay: _replay, ...init }: Parameters<AuthFetch>[1] & object): RequestInit =>
  init

/** By its shape: `fetch` takes the Request of another realm for one too, and `instanceof` does not. */
const isRequest = (input: RequestInfo | URL): input is Request => typeof input === 'object' && 'url' in input

const signalOf = (target: string | Request, init: RequestInit): AbortSignal | undefined =>
  init.signal ?? (isRequest(target) ? target.signal : undefined)

const headersOf = (target: string | Request, init: RequestInit): HeadersInit =>
  init.headers ?? (isRequest(target) ? target.headers : none)

/** Headers of any realm, or pairs; not a plain object. */
const isIterable = (headers: HeadersInit): headers is Exclude<HeadersInit, Record<string, string>> =>
  Symbol.iterator in headers

const hasAuthorization = (headers: HeadersInit): boolean =>
  headers !== none &&
  (isIterable(headers)
    ? new Headers(headers).has('Authorization')
    : Object.keys(headers).some((name) => name.toLowerCase() === 'authorization'))

const isOneShot = (body: unknown): boolean =>
  typeof body === 'object' && !!body && (body instanceof ReadableStream || Symbol.asyncIterator in body)

const notReplayable = (): AuthError =>
  new AuthError('not_replayable', 'The token had expired, and a body that is a stream can be sent once. Send it again.')

/** Lets go of a body that nobody reads; one that was sent or read cannot be cancelled, and need not be. */
function cancel(unread: Body | null): void {
  if (unread?.bodyUsed === false) unread.body?.cancel().catch(() => {})
}
