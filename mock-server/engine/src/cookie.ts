// The refresh cookie: its name, how it is read from a header and written to one (B7, B8).
import type { CookieAct } from './route.js'

/** The attributes that are a matter of choice; `HttpOnly` and `Path=/` are not. */
export type CookieSettings = {
  readonly secure: boolean
  readonly sameSite: 'strict' | 'lax' | 'none'
  readonly domain: string | null
}

/** What a request's cookie header says of the refresh cookie. */
export type CookieReading = { readonly found: 'one'; readonly value: string } | { readonly found: 'none' | 'several' }

/** `__Host-` wherever the browser allows it: no sibling of the site can then plant or shadow the cookie (S25). */
export const cookieName = ({ secure, domain }: CookieSettings): string =>
  secure && domain === null ? '__Host-latchkey' : 'latchkey_refresh'

/** Finds the cookie in a `Cookie` header; malformed neighbours are ignored. */
export function readCookie(header: string | undefined, name: string): CookieReading {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1))
  const [value = ''] = values
  if (values.length > 1) return { found: 'several' }
  return value === '' ? { found: 'none' } : { found: 'one', value: value.replaceAll('"', '') }
}

/** The `Set-Cookie` value for an act, deletion with the very same attributes; null for `leave`. */
export function writeCookie(act: CookieAct, settings: CookieSettings): string | null {
  if (act.act === 'leave') return null
  const { secure, sameSite, domain } = settings
  const attributes = [
    `${cookieName(settings)}=${act.act === 'set' ? act.value : ''}`,
    `Max-Age=${act.act === 'set' ? act.maxAge : 0}`,
    ...(act.act === 'clear' ? ['Expires=Thu, 01 Jan 1970 00:00:00 GMT'] : []),
    'Path=/',
    ...(domain === null ? [] : [`Domain=${domain}`]),
    'HttpOnly',
    ...(secure ? ['Secure'] : []),
    `SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`,
  ]
  return attributes.join('; ')
}
