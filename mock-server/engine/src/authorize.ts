// Who a request speaks for, and the challenge where it is nobody or may not (B17).
import type { AccessTokens } from './access-token.js'
import { millisecondsOf, type EngineClock } from './clock.js'
import type { Confirm } from './confirmation.js'
import { cookieName, readCookie } from './cookie.js'
import { refuseForgedUse } from './csrf.js'
import type { Bearer, Denylist } from './denylist.js'
import { problem, unavailable } from './problem.js'
import type { Call, Reply } from './route.js'
import type { Settings } from './settings.js'
import { StoreUnavailable, type Store } from './store.js'

/** Who a verified access token speaks for; times in milliseconds. */
export type Principal = {
  readonly sub: string
  readonly sid: string
  readonly gen: number
  readonly role: string
  readonly permissions: readonly string[]
  readonly expiresAt: number
  /** When they last proved themselves, in milliseconds: a refresh does not move it. */
  readonly authTime: number
  /** How they did, as RFC 8176 names it: `pwd`, `otp`, `mfa`, `hwk` … */
  readonly amr: readonly string[]
}

/** What an app's own route demands of the bearer. */
export type Demand = {
  readonly role?: string
  readonly permission?: string
  /** The request's method. Where the bearer is a cookie, all but GET and HEAD must come from an allowed page (B9). */
  readonly method?: string
  /** Seconds since they last proved themselves, at most (RFC 9470). */
  readonly maxAge?: number
  /** The token must be good at this very moment, by all that any process knows (S46); else it is good until it expires. */
  readonly sensitive?: boolean
}

/** Judges a request by its headers: who it is, or the reply that refuses it. */
export type Authorize = (
  headers: Call['headers'],
  demand?: Demand,
) => Promise<{ readonly principal: Principal } | { readonly reply: Reply }>

/** 401 for a token that is not, or no longer, good: the client refreshes and tries again. */
export const invalidToken = (detail = 'The access token is expired or not one of ours.'): Reply =>
  problem(401, 'invalid_token', detail, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })

/** 403 that a refresh cannot mend. */
export const insufficientScope = (): Reply =>
  problem(403, 'insufficient_scope', 'The account may not do this.', {
    headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
  })

/** 401 that a login mends and a refresh does not; `maxAge` in seconds (RFC 9470). */
const stepUpRequired = (maxAge: number): Reply =>
  problem(401, 'step_up_required', 'This needs a fresher login: sign in once more.', {
    headers: { 'www-authenticate': `Bearer error="insufficient_user_authentication", max_age=${maxAge}` },
  })

/** Whether the bearer proved themselves within `maxAge` seconds. */
const isRecent = ({ authTime }: Pick<Principal, 'authTime'>, maxAge: number, now: number): boolean =>
  now - authTime <= maxAge * 1000

type Where = Pick<Settings, 'transport' | 'cookie'>

/** The access token of a request, from the one place where the transport keeps it; null where none came. */
export function accessTokenOf(
  headers: Call['headers'],
  { transport, cookie }: Where,
): { readonly token: string | null } | { readonly reply: Reply } {
  if (transport !== 'cookie-only') return { token: bearerOf(headers) }
  const reading = readCookie(headers['cookie'], cookieName(cookie, 'access'))
  if (reading.found === 'several') {
    return { reply: problem(400, 'bad_request', 'The access cookie came more than once, and neither can be trusted.') }
  }
  return { token: reading.found === 'one' ? reading.value : null }
}

/** The token of a `Bearer` header, empty where the scheme stands alone; null where there is no such header. */
function bearerOf(headers: Call['headers']): string | null {
  const [scheme = '', ...rest] = (headers['authorization'] ?? '').trim().split(/ +/)
  return scheme.toLowerCase() === 'bearer' ? rest.join(' ') : null
}

/** What a bearer is judged by. */
export type AuthorizeParts = {
  readonly tokens: AccessTokens
  readonly denylist: Denylist
  readonly store: Pick<Store, 'withFamily'>
  readonly confirm: Confirm
  readonly permissionsOf: (role: string) => readonly string[]
}

/** Verifies without a store, but for the one access that confirms a new generation; that one may fail. */
export function createAuthorize(
  { tokens, denylist, store, confirm, permissionsOf }: AuthorizeParts,
  { clock, ...settings }: Where & Pick<Settings, 'allowedOrigins'> & { readonly clock: EngineClock },
): Authorize {
  return async (headers, demand = {}) => {
    const presented = accessTokenOf(headers, settings)
    if ('reply' in presented) return presented
    const { token } = presented
    if (token === null) return { reply: problem(401, 'invalid_token', 'The request came without an access token.') }
    const forged = refuseForgedCookie(headers, demand, settings)
    if (forged !== null) return { reply: forged }
    const claims = await tokens.verify(token)
    if (claims === null) return { reply: invalidToken() }
    // What this process knows costs nothing to look at, on any route.
    if (denylist.knows(claims)) return { reply: takenBack() }
    if (demand.sensitive === true) {
      const refused = await refuseTakenBack(claims, denylist, store)
      if (refused !== null) return { reply: refused }
    }
    await confirmIfPossible(confirm, claims)
    const principal: Principal = { ...claims, permissions: permissionsOf(claims.role) }
    if (!allows(principal, demand)) return { reply: insufficientScope() }
    const { maxAge = Infinity } = demand
    return isRecent(principal, maxAge, millisecondsOf(clock)) ? { principal } : { reply: stepUpRequired(maxAge) }
  }
}

/** A header cannot be sent by a page that does not hold the token; a cookie can. */
const refuseForgedCookie = (
  headers: Call['headers'],
  { method }: Demand,
  { transport, allowedOrigins }: Where & Pick<Settings, 'allowedOrigins'>,
): Reply | null => (transport === 'cookie-only' ? refuseForgedUse(headers, allowedOrigins, method) : null)

/** A refresh tells the client which it is: another role, or the end of the session. */
const takenBack = (): Reply => invalidToken('The access token was taken back: refresh it.')

/** Closed where nobody can say (B37). */
async function refuseTakenBack(
  bearer: Bearer,
  denylist: Denylist,
  store: Pick<Store, 'withFamily'>,
): Promise<Reply | null> {
  try {
    const isDenied = (await denylist.denies(bearer)) ?? (await isOver(bearer, store))
    return isDenied ? takenBack() : null
  } catch (cause) {
    if (cause instanceof StoreUnavailable) return unavailable()
    throw cause
  }
}

async function isOver({ sid, role }: Bearer, store: Pick<Store, 'withFamily'>): Promise<boolean> {
  const living = await store.withFamily(sid, async ({ family, account }) => ({
    result: family.revokedAt === null && account.isActive && account.role === role,
  }))
  return living !== true
}

const allows = ({ role, permissions }: Principal, demand: Demand): boolean =>
  (demand.role === undefined || demand.role === role) &&
  (demand.permission === undefined || permissions.includes(demand.permission))

/** An API need not fail because the session store is away: the next call confirms. */
async function confirmIfPossible(
  confirm: Confirm,
  spoken: { readonly sid: string; readonly gen: number },
): Promise<void> {
  try {
    await confirm(spoken)
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause
  }
}
