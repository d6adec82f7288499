// Where the auth server is; its secret is that no path and no option can point anywhere else.
import { AuthError } from './errors.js'
import { attempt } from './page.js'

/** `baseURL` as an absolute URL that ends in a slash; null where it is a path and there is no page. @throws `misconfigured` */
export function parseBase(baseURL: string, href: string | null): string | null {
  if (!href && baseURL.startsWith('/')) return null
  const url = attempt(() => new URL(baseURL.replace(/\/?$/, '/'), href ?? undefined))
  if (url) return url.href
  throw misconfigured(`baseURL ${baseURL} is no URL. Use one such as https://api.example.com, or a path.`)
}

/** The origin of a URL, serialized. @throws `misconfigured` for what has none */
export function parseOrigin(url: string): string {
  const origin = attempt(() => new URL(url).origin)
  if (origin && origin !== 'null') return origin
  throw misconfigured(`origins: ${url} is no origin. Use one such as https://api.example.com.`)
}

/** The path under the base, as an absolute URL. @throws `misconfigured` without a base, or for a path that leaves its origin */
export function resolvePath(path: string, base: string | null, query: Readonly<Record<string, string>> = {}): string {
  if (!base) throw misconfigured('baseURL is a path, and there is no page. Use a URL.')
  const url = new URL(path, base)
  if (url.origin !== new URL(base).origin) throw misconfigured(`${path} leaves the origin of baseURL. Use a path.`)
  for (const name in query) url.searchParams.append(name, query[name] ?? '')
  return url.href
}

const misconfigured = (message: string): AuthError => new AuthError('misconfigured', message)
