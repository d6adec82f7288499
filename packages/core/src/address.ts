// Where the auth server is; its secret is that no path and no option can point anywhere else.
import { AuthError } from './errors.js'

/** `baseURL` as an absolute URL that ends in a slash; null where it is a path and there is no page. @throws `misconfigured` */
export function parseBase(baseURL: string, href: string | null): string | null {
  const slashed = baseURL.endsWith('/') ? baseURL : `${baseURL}/`
  if (href === null && baseURL.startsWith('/')) return null
  if (URL.canParse(slashed, href ?? undefined)) return new URL(slashed, href ?? undefined).href
  throw new AuthError(
    'misconfigured',
    `baseURL ${baseURL} is no URL. Use https://api.example.com, or a path such as /api.`,
  )
}

/** The origin of a URL, serialized. @throws `misconfigured` for what has none */
export function parseOrigin(url: string): string {
  const origin = URL.canParse(url) ? new URL(url).origin : 'null'
  if (origin !== 'null') return origin
  throw new AuthError('misconfigured', `origins: ${url} is no origin. Use one such as https://api.example.com.`)
}

/** The path under the base, as an absolute URL. @throws `misconfigured` without a base, or for a path that leaves its origin */
export function resolvePath(path: string, base: string | null): string {
  if (base === null)
    throw new AuthError('misconfigured', 'baseURL is a path, and there is no page to resolve it against.')
  const url = new URL(path, base)
  if (url.origin === new URL(base).origin) return url.href
  throw new AuthError('misconfigured', `${path} leaves the origin of baseURL. Use a path.`)
}
