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

/** What a cookie holds: a token, the name of the device, or the secret of a sign-in elsewhere that is on its way. */
export type CookieKind = 'refresh' | 'access' | 'device' | 'handshake'

const names: Readonly<Record<CookieKind, { readonly host: string; readonly plain: string }>> = {
  refresh: { host: '__Host-latchkey', plain: 'latchkey_refresh' },
  access: { host: '__Host-latchkey-access', plain: 'latchkey_access' },
  handshake: { host: '__Host-latchkey-handshake', plain: 'latchkey_handshake' },
  device: { host: '__Host-did', plain: 'latchkey_did' },
}

/** `__Host-` wherever the browser allows it: no sibling of the site can then plant or shadow the cookie (S25). */
export const cookieName = ({ secure, domain }: CookieSettings, kind: CookieKind = 'refresh'): string =>
  secure && (domain === null || kind === 'handshake') ? names[kind].host : names[kind].plain

/** Finds the cookie in a `Cookie` header; malformed neighbours are ignored. */
export function readCookie(header: string | undefined, name: string): CookieReading {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1))
  const [value = ''] = values
  if (values.length > 1) return { found: 'several' }
  return value === '' ? { found: 'none' } : { found: 'one', value: value.replaceAll('"', '') }
}

/** The `Set-Cookie` values of a reply, the refresh cookie's first; deletions with the very same attributes. */
export function writeCookies(
  { cookie, handshake }: Pick<Reply, 'cookie' | 'handshake'>,
  settings: CookieSettings,
  transport: 'cookie' | 'body' | 'cookie-only',
): readonly string[] {
  // Lax, or the provider's redirect would not bring it back; for this host alone, whoever else shares the session (B32).
  const own = { ...settings, sameSite: 'lax', domain: null } as const
  const name = cookieName(settings, 'handshake')
  return [
    ...tokenCookies(cookie, settings, transport),
    ...(handshake === undefined ? [] : [write(name, handshake.act === 'set' ? handshake : null, own)]),
  ]
}

function tokenCookies(
  cookie: CookieAct,
  settings: CookieSettings,
  transport: 'cookie' | 'body' | 'cookie-only',
): readonly string[] {
  // In body mode a session cookie is another server's.
  if (cookie.act === 'leave' || transport === 'body') return []
  const set = cookie.act === 'set' ? cookie : null
  const access = cookie.act === 'clear' ? null : (cookie.access ?? null)
  return [
    ...(cookie.act === 'keep' ? [] : [write(cookieName(settings), set, settings)]),
    ...(transport === 'cookie' ? [] : [write(cookieName(settings, 'access'), access, settings)]),
    // The device stays the same one, whoever leaves it.
    ...(set?.device === undefined ? [] : [write(cookieName(settings, 'device'), set.device, settings)]),
  ]
}

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
