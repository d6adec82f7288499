// A `fetch` that proves whose the token is (DPoP, RFC 9449); its secrets are the proof, and the nonces that servers ask for.
import { generateProof } from 'dpop'
import { memoryKey, type DpopKey } from './dpop-key.js'

export { memoryKey, storedKey, type DpopKey } from './dpop-key.js'

export type DpopOptions = {
  /** The client's own `baseURL`: its requests are proven also before there is a token. */
  readonly baseURL: string
  /** Default: `memoryKey()`. Tabs that share tokens must share a key: `storedKey()`. */
  readonly key?: DpopKey
  readonly fetch?: typeof globalThis.fetch
}

/**
 * For the client's `fetch` option: signs every request to `baseURL`’s origin, and every one that bears a token, which
 * then travels as `Authorization: DPoP …`. A server that asks for its nonce gets the request once more, with it.
 * Needs the package `dpop`. Across origins, the server must allow the header `DPoP` and expose `DPoP-Nonce`.
 * @see RFC 9449 §4.2, §7.1, §8, §9
 */
export function dpopFetch({
  baseURL,
  key = memoryKey(),
  fetch = (input, init) => globalThis.fetch(input, init),
}: DpopOptions): typeof globalThis.fetch {
  const here = (globalThis as Partial<typeof globalThis>).location?.href
  const home = new URL(baseURL, here).origin
  /** The last nonce of each origin: every answer may bring the next one. */
  const nonces = new Map<string, string>()

  async function prove(request: Request, origin: string, token: string | undefined): Promise<Request> {
    const htu = request.url.replace(/[?#].*$/s, '')
    const nonce = nonces.get(origin)
    request.headers.set('DPoP', await generateProof(await key(), htu, request.method, nonce, token))
    if (token !== undefined) request.headers.set('Authorization', `DPoP ${token}`)
    return request
  }

  return async (input, init) => {
    const request = new Request(input, init)
    const { origin } = new URL(request.url)
    const authorization = request.headers.get('Authorization')
    const token = authorization === null ? undefined : /^Bearer (\S+)$/i.exec(authorization)?.[1]
    // Another scheme's credentials are the caller's own business; a stranger is shown no key.
    if (token === undefined && (authorization !== null || origin !== home)) return fetch(request)
    const spare = request.clone()
    const sent = nonces.get(origin)
    const response = await fetch(await prove(request, origin, token))
    const nonce = response.headers.get('DPoP-Nonce')
    if (nonce !== null) nonces.set(origin, nonce)
    const again = nonce !== null && nonce !== sent && (await asksForNonce(response))
    const unread: Body = again ? response : spare
    unread.body?.cancel().catch(() => undefined)
    return again ? fetch(await prove(spare, origin, token)) : response
  }
}

/** A resource server says it in its challenge (RFC 9449 §9), an authorization server in its body (§8). */
async function asksForNonce(response: Response): Promise<boolean> {
  if (response.status !== 400 && response.status !== 401) return false
  if (response.headers.get('WWW-Authenticate')?.includes('use_dpop_nonce')) return true
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return (body as { readonly error?: unknown } | null)?.error === 'use_dpop_nonce'
}
