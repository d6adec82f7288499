// A fetch for Node that keeps cookies as a browser would; its secret is when a cookie may travel.
import { CookieJar } from 'tough-cookie'
import { pageOrigin } from './base.js'

/** Cookies, and the fetch that carries them. */
export type Jar = {
  /**
   * `fetch` with cookies: `HttpOnly`, `Secure`, `Path` and expiry hold per origin, and `credentials` is honoured (with
   * no page, every origin counts as the same). In a browser it is plain `fetch`: there MSW keeps the cookies.
   */
  readonly fetch: typeof globalThis.fetch
  /** Keeps cookies as if the URL had answered with them. */
  readonly plant: (setCookies: readonly string[], url: string | null) => Promise<void>
  readonly clear: () => void
}

/** An empty jar; `base` resolves relative URLs where there is no page. */
export function openJar(base: string | null): Jar {
  const cookies = new CookieJar()
  const store = (setCookie: string, url: string) => cookies.setCookie(setCookie, url, { ignoreError: true })

  const fetchWithCookies: typeof globalThis.fetch = async (input, init) => {
    if (globalThis.fetch === fetchWithCookies) throw new TypeError(selfCalling)
    const request = toRequest(input, init, base)
    if (!travels(request)) return globalThis.fetch(request)
    const carried = [request.headers.get('cookie'), await cookies.getCookieString(request.url)].filter(Boolean)
    if (carried.length > 0) request.headers.set('cookie', carried.join('; '))
    const response = await globalThis.fetch(request)
    for (const setCookie of response.headers.getSetCookie()) await store(setCookie, response.url || request.url)
    return response
  }

  return {
    fetch: isNode() ? fetchWithCookies : (input, init) => globalThis.fetch(input, init),
    plant: async (setCookies, url) => {
      if (!isNode() || setCookies.length === 0 || url === null) throw new TypeError(unplantable)
      for (const setCookie of setCookies) await store(setCookie, url)
    },
    clear: () => {
      cookies.removeAllCookiesSync()
    },
  }
}

const selfCalling =
  'mock.fetch failed: it has become the global fetch, so it would call itself and never MSW. ' +
  'Hand it to your client (`createAuthClient({ fetch: mock.fetch })`) and leave the global fetch alone.'

const unplantable =
  'mock.as(…) failed: there is no place for the cookie. In Node, give createMockAuth an absolute `baseURL`; ' +
  'in a browser MSW keeps the cookies, so log in through your client; in body mode use the tokens that a login answers.'

function toRequest(input: RequestInfo | URL, init: RequestInit | undefined, base: string | null): Request {
  const from = pageOrigin() ?? base
  const target = input instanceof Request || from === null ? input : new URL(input, from)
  return new Request(target, init)
}

function travels(request: Request): boolean {
  if (request.credentials === 'omit') return false
  const page = pageOrigin()
  return request.credentials === 'include' || page === null || page === new URL(request.url).origin
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } }
  return process?.versions?.node !== undefined
}
