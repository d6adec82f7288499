// The rotation's judgement: what a shown refresh token gets. Pure; its secret is the order of the questions (ROTATION.md).
import type { Family, RefreshToken } from './store.js'

/** What is judged: the token that was shown, its family as it is under the lock, and whether its account may sign in. */
export type Shown = {
  readonly family: Pick<
    Family,
    'head' | 'headHandedAt' | 'headConfirmedAt' | 'idleExpiresAt' | 'absoluteExpiresAt' | 'revokedAt' | 'repeats'
  >
  readonly token: Pick<RefreshToken, 'generation' | 'consumedAt'>
  readonly accountActive: boolean
  /** Whether the caller is the device that the family is bound to. */
  readonly bound: boolean
}

/** Why a token gets nothing. */
export type RefusalReason = 'revoked' | 'expired' | 'disabled' | 'binding' | 'reuse'

/** Refusals that mean: somebody else has the token. `streak` is the second net's. */
export const isTheft = (reason: string): boolean => reason === 'reuse' || reason === 'binding' || reason === 'streak'

/**
 * `rotate`: the next generation. `debounce`: the same token again, for it was just handed out. `replay`: the successor
 * that the spent token got before; `late` where it comes after the grace. `wait`: not again before so many milliseconds
 * have passed. `refuse`: nothing; for `binding`, `reuse` and `disabled` the family must be revoked as well.
 */
export type Verdict =
  | { readonly act: 'rotate' }
  | { readonly act: 'debounce' }
  | { readonly act: 'replay'; readonly late: boolean }
  | { readonly act: 'wait'; readonly ms: number }
  | { readonly act: 'refuse'; readonly reason: RefusalReason }

/** So often a head is handed out again; a client that wants it more often runs in a circle (S16). */
const maxRepeats = 50

const refuse = (reason: RefusalReason): Verdict => ({ act: 'refuse', reason })

/**
 * Judges a refresh. All times in milliseconds; a grace of zero is strict: a spent token is reuse, always. A moment ahead
 * of `now`, written by another process while this one waited for the lock, counts as just now (S18).
 */
export function judge({ family, token, accountActive, bound }: Shown, now: number, grace: number): Verdict {
  if (family.revokedAt !== null) return refuse('revoked')
  if (now >= Math.min(family.idleExpiresAt, family.absoluteExpiresAt)) return refuse('expired')
  if (!accountActive) return refuse('disabled')
  if (!bound) return refuse('binding')
  // Past the limit the head is handed out once a grace and no more, and nobody is signed out for it.
  const fresh = Math.max(0, now - family.headHandedAt) < grace
  const again = (verdict: Verdict): Verdict =>
    fresh && family.repeats >= maxRepeats
      ? { act: 'wait', ms: Math.min(grace, family.headHandedAt + grace - now) }
      : verdict
  if (token.generation === family.head) return family.head > 0 && fresh ? again({ act: 'debounce' }) : { act: 'rotate' }
  if (token.generation !== family.head - 1 || token.consumedAt === null || grace === 0) return refuse('reuse')
  // A head that nobody confirmed may be a lost reply, at any age: the family's expiry is the bound.
  const late = now - Math.max(token.consumedAt, family.headConfirmedAt ?? 0) > grace
  if (late && family.headConfirmedAt !== null) return refuse('reuse')
  return again({ act: 'replay', late })
}
