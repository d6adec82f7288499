// Who a request speaks for, and the challenge where it is nobody or may not (B17).
import type { AccessTokens } from './access-token.js'
import type { Confirm } from './confirmation.js'
import { problem } from './problem.js'
import type { Call, Reply } from './route.js'
import { StoreUnavailable } from './store.js'

/** Who a verified access token speaks for; `expiresAt` in milliseconds. */
export type Principal = {
  readonly sub: string
  readonly sid: string
  readonly gen: number
  readonly role: string
  readonly permissions: readonly string[]
  readonly expiresAt: number
}

/** What an app's own route demands of the bearer. */
export type Demand = { readonly role?: string; readonly permission?: string }

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

/** The token of a `Bearer` header, empty where the scheme stands alone; null where there is no such header. */
export function bearerOf(headers: Call['headers']): string | null {
  const [scheme = '', ...rest] = (headers['authorization'] ?? '').trim().split(/ +/)
  return scheme.toLowerCase() === 'bearer' ? rest.join(' ') : null
}

/** Verifies without a store, but for the one access that confirms a new generation; that one may fail. */
export function createAuthorize(
  tokens: AccessTokens,
  confirm: Confirm,
  permissionsOf: (role: string) => readonly string[],
): Authorize {
  return async (headers, demand = {}) => {
    const token = bearerOf(headers)
    if (token === null) return { reply: problem(401, 'invalid_token', 'The request came without an access token.') }
    const claims = await tokens.verify(token)
    if (claims === null) return { reply: invalidToken() }
    await confirmIfPossible(confirm, claims)
    const principal: Principal = { ...claims, permissions: permissionsOf(claims.role) }
    return allows(principal, demand) ? { principal } : { reply: insufficientScope() }
  }
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
