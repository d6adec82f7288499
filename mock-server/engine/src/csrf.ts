// Whether a request that acts on a cookie comes from a page that may; its secret is what browsers cannot be made to forge (B9).
import { problem } from './problem.js'
import type { Call, Reply, RouteContract } from './route.js'

/** Whether the route acts on a cookie: in cookie-only mode that is every route but those that anybody may GET. */
export function actsOnCookie(
  { method, needs }: Pick<RouteContract, 'method' | 'needs'>,
  transport: 'cookie' | 'body' | 'cookie-only',
): boolean {
  if (transport === 'body') return false
  return needs.csrf === true || (transport === 'cookie-only' && (needs.bearer === true || method !== 'GET'))
}

/** The 403 to send, or null where the caller may act on the cookie. */
export function refuseForgery(headers: Call['headers'], allowedOrigins: ReadonlySet<string>): Reply | null {
  return refusal(
    headers['x-latchkey'] === '1' ? suspicion(headers, allowedOrigins) : 'The header X-Latchkey: 1 is missing.',
  )
}

/**
 * The same for the app's own routes where the bearer is a cookie. Pages send no header of ours there, so what changes
 * something must come from an allowed origin by the browser's own word; whoever sends the header is judged as above.
 */
export function refuseForgedUse(
  headers: Call['headers'],
  allowedOrigins: ReadonlySet<string>,
  method: string | undefined,
): Reply | null {
  if (/^(?:GET|HEAD|OPTIONS)$/i.test(method ?? '')) return null
  const isVouched =
    headers['x-latchkey'] === '1' ||
    headers['origin'] !== undefined ||
    headers['sec-fetch-site'] === 'same-origin' ||
    (headers['sec-fetch-site'] === undefined && headers['referer'] !== undefined)
  return refusal(
    isVouched
      ? suspicion(headers, allowedOrigins)
      : 'Nothing says that the page may do this: send Origin, Sec-Fetch-Site, Referer or X-Latchkey: 1.',
  )
}

const refusal = (why: string | null): Reply | null => (why === null ? null : problem(403, 'csrf', why))

function suspicion(headers: Call['headers'], allowedOrigins: ReadonlySet<string>): string | null {
  const site = headers['sec-fetch-site']
  if (site === 'cross-site') return 'Requests from other sites may not act on the session cookie.'
  const origin = headers['origin']
  if (origin !== undefined && !allowedOrigins.has(origin)) {
    return 'The page is not of an allowed origin: add its origin to allowedOrigins.'
  }
  // Browsers too old for either header name the page in Referer, unless it asked them not to.
  if (origin === undefined && site === undefined && !mayHaveSent(headers['referer'], allowedOrigins)) {
    return 'The page is not of an allowed origin: add the origin of its Referer to allowedOrigins.'
  }
  // A sibling of the site is another origin: it must say which (S24).
  return site === 'same-site' && origin === undefined ? 'The page did not say its origin.' : null
}

/** Without a Referer nothing speaks against the header that no page of another origin can send. */
function mayHaveSent(referer: string | undefined, allowedOrigins: ReadonlySet<string>): boolean {
  return referer === undefined || (URL.canParse(referer) && allowedOrigins.has(new URL(referer).origin))
}
