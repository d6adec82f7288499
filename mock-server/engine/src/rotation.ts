// The rotation's judgement: what a shown refresh token gets. Pure; its secret is the order of the questions (ROTATION.md).
import type { Family, RefreshToken } from './store.js'

/** What is judged: the token that was shown, its family as it is under the lock, and whether its account may sign in. */
export type Shown = {
  readonly family: Pick<
    Family,
    'head' | 'headHandedAt' | 'headConfirmedAt' | 'idleExpiresAt' | 'absoluteExpiresAt' | 'revokedAt'
  >
  readonly token: Pick<RefreshToken, 'generation' | 'consumedAt'>
  readonly accountActive: boolean
}

/** Why a token gets nothing. */
export type RefusalReason = 'revoked' | 'expired' | 'disabled' | 'reuse'

/**
 * `rotate`: the next generation. `debounce`: the same token again, for it was just handed out. `replay`: the successor
 * that the spent token got before. `refuse`: nothing; for `reuse` and `disabled` the family must be revoked as well.
 */
export type Verdict =
  | { readonly act: 'rotate' }
  | { readonly act: 'debounce' }
  | { readonly act: 'replay' }
  | { readonly act: 'refuse'; readonly reason: RefusalReason }

const refuse = (reason: RefusalReason): Verdict => ({ act: 'refuse', reason })

/**
 * Judges a refresh. All times in milliseconds; a grace of zero is strict: a spent token is reuse, always. A moment ahead
 * of `now`, written by another process while this one waited for the lock, counts as just now (S18).
 */
export function judge({ family, token, accountActive }: Shown, now: number, grace: number): Verdict {
  if (family.revokedAt !== null) return refuse('revoked')
  if (now >= Math.min(family.idleExpiresAt, family.absoluteExpiresAt)) return refuse('expired')
  if (!accountActive) return refuse('disabled')
  if (token.generation === family.head) {
    const fresh = family.head > 0 && now - family.headHandedAt < grace
    return { act: fresh ? 'debounce' : 'rotate' }
  }
  if (token.generation !== family.head - 1 || token.consumedAt === null || grace === 0) return refuse('reuse')
  // A head that nobody confirmed may be a lost reply, at any age: the family's expiry is the bound.
  if (family.headConfirmedAt === null) return { act: 'replay' }
  const since = Math.max(token.consumedAt, family.headConfirmedAt)
  return now - since <= grace ? { act: 'replay' } : refuse('reuse')
}
