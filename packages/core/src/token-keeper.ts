// The worker's half of a refresh token that the page never sees; its secret is the token, and to whom alone it is sent.

/** Which calls carry a refresh token, the same in the page and in the worker. */
export type TokenCalls = {
  /** The client's own. */
  readonly baseURL: string
  /** Where refresh tokens are sent or come from, as the profile spells it. Default: the paths of Latchkey's own server. */
  readonly paths?: readonly string[]
  /** The fields of an answer that hold one, at any depth. Default: `refresh_token`, `refreshToken`, `refresh`. */
  readonly fields?: readonly string[]
}

/** A request as it travels to the worker, with a port for the outcome; anything that comes by the port aborts it. */
export type Errand = {
  readonly url: string
  readonly init: Pick<Request, 'method' | 'credentials' | 'cache' | 'keepalive'>
  readonly headers: Pairs
  readonly body: string
}

/** What comes back: an answer without a refresh token in it, or why there is none. */
export type Outcome =
  | { readonly status: number; readonly headers: Pairs; readonly body: string }
  | { readonly failure: string }

type Pairs = [name: string, value: string][]

const latchkeyPaths = ['register', 'login', 'mfa/verify', 'refresh', 'logout', 'logout-all'].map((at) => `auth/${at}`)
const usualFields = ['refresh_token', 'refreshToken', 'refresh']
const placeholders = /held-[0-9a-f]{32}/g
/** How many tokens are kept: a rotated one is still needed where its successor was lost on the way. */
const kept = 16

/** True for the address of such a call; the query does not count. */
export function isTokenCall({ baseURL, paths = latchkeyPaths }: TokenCalls): (url: string) => boolean {
  const here = (globalThis as Partial<typeof globalThis>).location?.href
  const base = new URL(baseURL.replace(/\/*$/, '/'), here)
  const address = (path: string, from: URL | string | undefined): string => {
    const { origin, pathname } = new URL(path, from)
    return origin + pathname
  }
  const known = new Set(paths.map((path) => address(path, base)))
  return (url) => known.has(address(url, here))
}

/**
 * Called once in a worker of the app's own, dedicated or shared: makes the calls that `workerFetch` hands over, keeps
 * every refresh token that they bring, and gives a placeholder in its place. A placeholder is swapped back only in what
 * goes to `paths`: a script in the page can use the session while the page is open, but never carry it away.
 */
export function keepRefreshTokens(calls: TokenCalls): void {
  const { fields = usualFields } = calls
  const isAllowed = isTokenCall(calls)
  const held = new Map<string, string>()

  function conceal(token: string): string {
    for (const [placeholder, known] of held) if (known === token) return placeholder
    const random = crypto.getRandomValues(new Uint8Array(16))
    const placeholder = `held-${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
    held.set(placeholder, token)
    for (const oldest of held.keys()) if (held.size > kept) held.delete(oldest)
    return placeholder
  }

  const reveal = (text: string, encode: (token: string) => string): string =>
    text.replace(placeholders, (placeholder) => {
      const token = held.get(placeholder)
      return token === undefined ? placeholder : encode(token)
    })

  /** Also where a server quotes what it was sent. */
  function clean(text: string): string {
    let cleaned = text
    for (const [placeholder, token] of held) cleaned = cleaned.replaceAll(token, placeholder)
    return cleaned
  }

  function cleanBody(text: string): string {
    try {
      const concealed: unknown = JSON.parse(text, (key, value: unknown) =>
        fields.includes(key) && typeof value === 'string' && value !== '' ? conceal(value) : value,
      )
      return clean(JSON.stringify(concealed))
    } catch {
      return clean(text)
    }
  }

  async function run({ url, init, headers, body }: Errand, signal: AbortSignal): Promise<Outcome> {
    if (!isAllowed(url)) return { failure: 'The worker makes the calls of its own paths only.' }
    const sent = new Headers(headers.map(([name, value]): [string, string] => [name, reveal(value, String)]))
    const asForm = !sent.get('Content-Type')?.includes('json')
    const response = await fetch(reveal(url, encodeURIComponent), {
      ...init,
      headers: sent,
      signal,
      redirect: 'error',
      ...(body !== '' && { body: reveal(body, asForm ? encodeURIComponent : inJson) }),
    })
    const pairs = [...response.headers].map(([name, value]): [string, string] => [name, clean(value)])
    return { status: response.status, body: cleanBody(await response.text()), headers: pairs }
  }

  function receive({ data: errand, ports: [port] }: MessageEvent<Errand>): void {
    if (port === undefined) return
    const abort = new AbortController()
    port.onmessage = () => abort.abort()
    void run(errand, abort.signal)
      .catch((error: unknown): Outcome => ({ failure: String(error) }))
      .then((outcome) => port.postMessage(outcome))
  }

  addEventListener('message', receive)
  addEventListener('connect', (event) => {
    for (const port of (event as MessageEvent).ports) port.onmessage = receive
  })
}

const inJson = (token: string): string => JSON.stringify(token).slice(1, -1)
