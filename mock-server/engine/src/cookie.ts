// The session's cookies: their names, how they are read from a header and written to one (B7, B8).
import type { CookieAct, CookieValue, Reply } from './route.js'

/** The attributes that are a matter of choice; `HttpOnly` and `Path=/` are not. */
export type CookieSettings = {
  readonly secure: boolean
  readonly sameSite: 'strict' | 'lax' | 'none'
  readonly domain: string | null
}

/** What a request's cookie header says of one cookie. */
export type CookieReading = { readonly found: 'one'; readonly value: string } | { readonly found: 'none' | 'several' }

/** Which token a cookie holds. */
export type CookieKind = 'refresh' | 'access'

const names: Readonly<Record<CookieKind, { readonly host: string; readonly plain: string }>> = {
  refresh: { host: '__Host-latchkey', plain: 'latchkey_refresh' },
  access: { host: '__Host-latchkey-access', plain: 'latchkey_access' },
}

/** `__Host-` wherever the browser allows it: no sibling of the site can then plant or shadow the cookie (S25). */
export const cookieName = ({ secure, domain }: CookieSettings, kind: CookieKind = 'refresh'): string =>
  secure && domain === null ? names[kind].host : names[kind].plain

/** Finds the cookie in a `Cookie` header; malformed neighbours are ignored. */
export function readCookie(header: string | undefined, name: string): CookieReading {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1))
  const [value = ''] = values
  if (values.length > 1) return { found: 'several' }
  return value === '' ? { found: 'none' } : { found: 'one', value: value.replaceAll('"', '') }
}

/** The `Set-Cookie` values of a reply, deletions with the very same attributes. */
export function writeCookies(
  { cookie }: Pick<Reply, 'cookie'>,
  settings: CookieSettings,
  transport: 'cookie' | 'body' | 'cookie-only',
): readonly string[] {
  // In body mode a cookie is another server's.
  if (cookie.act === 'leave' || transport === 'body') return []
  const refresh = write(cookieName(settings), valueOf(cookie), settings)
  if (transport === 'cookie') return [refresh]
  return [
    refresh,
    write(cookieName(settings, 'access'), cookie.act === 'set' ? (cookie.access ?? null) : null, settings),
  ]
}

const valueOf = (cookie: CookieAct): CookieValue | null => (cookie.act === 'set' ? cookie : null)

function write(name: string, set: CookieValue | null, { secure, sameSite, domain }: CookieSettings): string {
  const attributes = [
    `${name}=${set?.value ?? ''}`,
    `Max-Age=${set?.maxAge ?? 0}`,
    ...(set === null ? ['Expires=Thu, 01 Jan 1970 00:00:00 GMT'] : []),
    'Path=/',
    ...(domain === null ? [] : [`Domain=${domain}`]),
    'HttpOnly',
    ...(secure ? ['Secure'] : []),
    `SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`,
  ]
  return attributes.join('; ')
}
