// The one way in which routes hand out a grant, with the refresh token where the transport wants it.
import { problem, result } from '../problem.js'
import type { Call, Reply } from '../route.js'
import { deviceCookieAge, type Device } from '../binding.js'
import type { Issued } from '../exchange.js'
import type { Parts } from '../visit.js'
import { cookieName, readCookie } from '../cookie.js'
import { toUser } from '../wire.js'

/**
 * A grant of what was issued. Where the caller showed the very token that it is handed (`isHeld`), the cookie is not set
 * again, nor is the token in the body: that reply may arrive after the one of a newer rotation, and would put the older
 * token back, in the cookie jar or in a storage that tabs share.
 */
export async function grant(status: number, issued: Issued, parts: Parts, isHeld = false): Promise<Reply> {
  const { settings, accessTokens, permissionsOf } = parts
  const { account, sid, gen, refreshToken, maxAge, authTime, amr, did } = issued
  const { transport, accessTtl } = settings
  const accessToken = await accessTokens.sign({ sub: account.id, sid, gen, role: account.role, authTime, amr })
  const body = {
    ...(transport === 'cookie-only' ? {} : { access_token: accessToken, token_type: 'Bearer' }),
    expires_in: accessTtl,
    user: toUser(account, permissionsOf(account.role)),
    sid,
    gen,
    ...(transport === 'body' && !isHeld ? { refresh_token: refreshToken } : {}),
  }
  if (transport === 'body') return result(status, body)
  const access = { value: accessToken, maxAge: accessTtl }
  const cookie = { value: refreshToken, maxAge, ...(transport === 'cookie-only' ? { access } : {}) }
  if (isHeld) return result(status, body, { act: 'keep', ...cookie })
  return result(status, body, {
    act: 'set',
    ...cookie,
    ...(did === null ? {} : { device: { value: did, maxAge: deviceCookieAge } }),
  })
}

/** The refresh token that came with a call, from the one place where the transport keeps it; null where none came. */
export function presentedToken(
  call: Call,
  body: { readonly refresh_token?: string | undefined } | undefined,
  { settings }: Parts,
): { readonly token: string | null } | { readonly reply: Reply } {
  if (settings.transport === 'body') return { token: body?.refresh_token ?? null }
  const reading = readCookie(call.headers['cookie'], cookieName(settings.cookie))
  if (reading.found === 'several') {
    return { reply: problem(400, 'bad_request', 'The refresh cookie came more than once, and neither can be trusted.') }
  }
  return { token: reading.found === 'one' ? reading.value : null }
}

/** Where the call came from, cut to what a list of devices can show. */
export const deviceOf = ({ headers, ip }: Call, { settings }: Pick<Parts, 'settings'>): Device => ({
  userAgent:
    headers['user-agent']
      ?.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '')
      .slice(0, 256)
      .trim() || null,
  ip,
  did: settings.transport === 'body' ? null : didIn(headers['cookie'], settings),
})

/** One that came twice is none: which of the two was planted nobody can tell (B8). */
function didIn(header: string | undefined, { cookie }: Parts['settings']): string | null {
  const reading = readCookie(header, cookieName(cookie, 'device'))
  return reading.found === 'one' ? reading.value : null
}
