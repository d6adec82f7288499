// Whether a request that acts on the cookie comes from a page that may; its secret is what browsers cannot be made to forge (B9).
import { problem } from './problem.js'
import type { Call, Reply } from './route.js'

/** The 403 to send, or null where the caller may act on the cookie. */
export function refuseForgery(headers: Call['headers'], allowedOrigins: ReadonlySet<string>): Reply | null {
  const why = suspicion(headers, allowedOrigins)
  return why === null ? null : problem(403, 'csrf', why)
}

function suspicion(headers: Call['headers'], allowedOrigins: ReadonlySet<string>): string | null {
  if (headers['x-latchkey'] !== '1') return 'The header X-Latchkey: 1 is missing.'
  const site = headers['sec-fetch-site']
  if (site === 'cross-site') return 'Requests from other sites may not act on the session cookie.'
  const origin = headers['origin']
  if (origin !== undefined && !allowedOrigins.has(origin)) {
    return 'The page is not of an allowed origin: add its origin to allowedOrigins.'
  }
  // A sibling of the site is another origin: it must say which (S24).
  return site === 'same-site' && origin === undefined ? 'The page did not say its origin.' : null
}
