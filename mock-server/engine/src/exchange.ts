// One exchange under the family's lock: from the rotation's verdict to what is written and what is handed out.
import type { RefreshTokens } from './refresh-token.js'
import { digest } from './refresh-token.js'
import { judge, type RefusalReason } from './rotation.js'
import type { Settings } from './settings.js'
import type { Account, Family, FamilyChange, Held, RefreshToken, Step } from './store.js'

/** Where a call came from: shown to the user in the list of sessions, never a reason to refuse. */
export type Device = { readonly userAgent: string | null; readonly ip: string | null }

/** A refresh token to hand out, and for whom; `maxAge` in seconds. */
export type Issued = {
  readonly account: Account
  readonly sid: string
  readonly gen: number
  readonly refreshToken: string
  readonly maxAge: number
  /** When and how whoever opened the session proved themselves. */
  readonly authTime: number
  readonly amr: readonly string[]
}

/** What an exchange came to; `unknown` and `replaced` leave the caller’s cookie alone. */
export type Refreshed =
  | { readonly outcome: 'issued'; readonly issued: Issued; readonly by: 'rotate' | 'debounce' | 'replay' }
  | { readonly outcome: 'refused'; readonly reason: RefusalReason | 'unknown' | 'replaced' }

/** The family as the step found it, and the token that was shown, in the clear and as it rests. */
type Shown = Held & { readonly token: RefreshToken; readonly text: string }

/** Decides one exchange: what to write, and what to answer. */
export type Exchange = (shown: Shown, device: Device) => Promise<Step<Refreshed>>

/** Decides by `judge` and says what to write; it reads and writes nothing itself. */
export function createExchange(tokens: RefreshTokens, settings: Settings): Exchange {
  const { idleTtl, grace, onReuse } = settings

  const rotate = async ({ family, account, now, text }: Shown, device: Device): Promise<Step<Refreshed>> => {
    const generation = family.head + 1
    const nonce = await tokens.nonce()
    const successor = await tokens.successor(text, nonce, { familyId: family.id, generation })
    if (successor === null) throw new Error('A nonce that was just made does not derive: this is a bug of the engine.')
    const next = {
      head: generation,
      headHandedAt: now,
      headConfirmedAt: null,
      lastUsedAt: now,
      idleExpiresAt: Math.min(now + idleTtl, family.absoluteExpiresAt),
      ...device,
    }
    const change: FamilyChange = {
      family: next,
      consume: { generation: family.head, at: now, nonce },
      insert: { hash: await digest(successor), familyId: family.id, generation, consumedAt: null, nonce: null },
      ...(family.head > 0 ? { eraseNonceOf: family.head - 1 } : {}),
    }
    const issued = issue(account, { ...family, ...next }, successor, now)
    return { change, result: { outcome: 'issued', issued, by: 'rotate' } }
  }

  const debounce = ({ family, account, now, text }: Shown): Step<Refreshed> => ({
    // Who shows the head holds it.
    change: { family: { lastUsedAt: now, headConfirmedAt: family.headConfirmedAt ?? now } },
    result: { outcome: 'issued', issued: issue(account, family, text, now), by: 'debounce' },
  })

  const replay = async ({ family, account, now, text, token }: Shown): Promise<Step<Refreshed>> => {
    const place = { familyId: family.id, generation: family.head }
    const successor = await tokens.successor(text, token.nonce ?? '', place)
    // Derived with a pepper that is gone: nothing can be handed out again, and nobody is to blame.
    if (successor === null) return { result: { outcome: 'refused', reason: 'unknown' } }
    return {
      change: { family: { lastUsedAt: now, headHandedAt: now } },
      result: { outcome: 'issued', issued: issue(account, family, successor, now), by: 'replay' },
    }
  }

  return async (shown, device) => {
    const { family, account, token, now } = shown
    const verdict = judge({ family, token, accountActive: account.isActive }, now, grace)
    if (verdict.act === 'rotate') return rotate(shown, device)
    if (verdict.act === 'debounce') return debounce(shown)
    if (verdict.act === 'replay') return replay(shown)
    const { reason } = verdict
    // A login took its place: the cookie of that one may have reached the browser by now.
    if (reason === 'revoked' && family.revokedReason === 'replaced') {
      return { result: { outcome: 'refused', reason: 'replaced' } }
    }
    // A result and not an exception: the revocation commits although the reply is a refusal (B2). With `onReuse: 'user'`
    // it is one transaction over all families of the account, after this one: if that fails, the caller may try again.
    const ends = reason === 'disabled' || (reason === 'reuse' && onReuse === 'family')
    const change = { family: { revokedAt: now, revokedReason: reason } }
    return { ...(ends ? { change } : {}), result: { outcome: 'refused', reason } }
  }
}

/** What is handed out of a family at a moment. */
export const issue = (account: Account, family: Family, refreshToken: string, now: number): Issued => ({
  account,
  sid: family.id,
  gen: family.head,
  refreshToken,
  maxAge: Math.floor((family.idleExpiresAt - now) / 1000),
  authTime: family.createdAt,
  amr: family.amr.split(' ').filter((method) => method !== ''),
})
