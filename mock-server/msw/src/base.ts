// Where the mock's routes live: its secret is how a base URL becomes MSW's path patterns, and back.

/** The routes' place: patterns for MSW, and the URL that a client without a page would call. */
export type Base = {
  /** What a client calls its `baseURL`: `/` where any origin will do. */
  readonly href: string
  /** MSW's pattern of a route's path. */
  readonly pattern: (path: string) => string
  /** The route's path in a URL that its pattern matched: the prefix is gone. */
  readonly pathOf: (url: string, path: string) => string
  /** The absolute URL of a path; null where neither the base nor a page gives an origin. */
  readonly urlOf: (path: string) => string | null
  /** False only for plain `http:` beyond loopback, where no client keeps a `Secure` cookie. */
  readonly secure: boolean
}

/**
 * Reads `https://api.test/v1`, `/api` (any origin) or `*` (any origin, the default).
 * @throws TypeError where it is none of these.
 */
export function readBase(baseURL = '*'): Base {
  const origin = baseURL === '*' || baseURL.startsWith('/') ? null : originOf(baseURL)
  const root = baseURL.replace(/\/+$/, '')
  const prefix = origin === null ? root.replace('*', '') : root.slice(origin.length)
  return {
    href: baseURL === '*' ? '/' : baseURL,
    pattern: (path) => `${origin ?? '*'}${prefix}${path}`,
    pathOf: (url, path) =>
      `/${new URL(url).pathname
        .split('/')
        .slice(1 - path.split('/').length)
        .join('/')}`,
    urlOf: (path) => {
      const place = origin ?? pageOrigin()
      return place === null ? null : `${place}${prefix}${path}`
    },
    secure: origin === null || isTrustworthy(origin),
  }
}

/** The page's origin, where there is a page. */
export function pageOrigin(): string | null {
  const origin = globalThis.location?.origin
  return origin === undefined || origin === 'null' ? null : origin
}

function originOf(baseURL: string): string {
  const url = URL.canParse(baseURL) ? new URL(baseURL) : null
  if (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    baseURL.startsWith(url.origin)
  ) {
    return url.origin
  }
  throw new TypeError(
    `createMockAuth({ baseURL: ${JSON.stringify(baseURL)} }) failed: that is neither an http(s) URL without query and hash, ` +
      `nor a path. Give 'https://api.example.com', '/api', or leave it out to answer on any origin.`,
  )
}

function isTrustworthy(origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  return protocol === 'https:' || /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}
