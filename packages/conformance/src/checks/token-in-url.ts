// Where the refresh token travels; its secret is that URLs are written down everywhere.
import type { Check } from '../check.js'
import { fail, pass } from '../finding.js'

const marker = 'the-refresh-token'

export const tokenInUrl: Check = {
  id: 'token-in-url',
  title: 'No token travels in a URL',
  why: 'URLs land in the logs of servers and proxies, in histories and in Referer headers, and whoever reads them is signed in (RFC 9700 §4.3.2).',
  fix: 'Take the refresh token from a cookie, or from the body of a POST.',
  async look({ profile }) {
    const { path, query, method } = profile.refresh(marker)
    const isThere = `${path} ${JSON.stringify(query ?? {})}`.includes(marker)
    return isThere
      ? fail(`${method} ${path.split('?')[0]} takes the refresh token in the URL.`)
      : pass('Tokens travel in headers, bodies or cookies.')
  },
}
