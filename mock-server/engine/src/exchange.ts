// One exchange under the family's lock: from the rotation's verdict to what is written and what is handed out.
import { deviceCookieAge, isBound, isForeign, type Device } from './binding.js'
import type { RefreshTokens } from './refresh-token.js'
import { digest } from './refresh-token.js'
import { isTheft, judge, type RefusalReason } from './rotation.js'
import type { Settings } from './settings.js'
import { countReplay, isTooOdd } from './streak.js'
import type { Account, Family, FamilyChange, Held, RefreshToken, Step } from './store.js'

/** A refresh token to hand out, and for whom; `maxAge` in seconds; `did` is the device cookie to set with it, if any. */
export type Issued = {
  readonly account: Account
  readonly sid: string
  readonly gen: number
  readonly refreshToken: string
  readonly maxAge: number
  /** When and how whoever opened the session proved themselves. */
  readonly authTime: number
  readonly amr: readonly string[]
  readonly did: string | null
}

/** What an exchange came to; `unknown` and `replaced` leave the caller’s cookie alone; `wait` is in seconds. */
export type Refreshed =
  | { readonly outcome: 'issued'; readonly issued: Issued; readonly by: 'rotate' | 'debounce' | 'replay' }
  | { readonly outcome: 'refused'; readonly reason: RefusalReason | 'streak' | 'unknown' | 'replaced' }
  | { readonly outcome: 'wait'; readonly seconds: number }

/** The family as the step found it, and the token that was shown, in the clear and as it rests. */
type Shown = Held & { readonly token: RefreshToken; readonly text: string }

/** Decides one exchange: what to write, and what to answer. */
export type Exchange = (shown: Shown, device: Device) => Promise<Step<Refreshed>>

/** Decides by `judge` and says what to write; it reads and writes nothing itself. */
export function createExchange(tokens: RefreshTokens, settings: Settings): Exchange {
  const { idleTtl, grace, onReuse, reuseStreak } = settings

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
      userAgent: device.userAgent,
      ip: device.ip,
      repeats: 0,
    }
    const change: FamilyChange = {
      family: next,
      consume: { generation: family.head, at: now, nonce },
      insert: { hash: await digest(successor), familyId: family.id, generation, consumedAt: null, nonce: null },
      ...(family.head > 0 ? { eraseNonceOf: family.head - 1 } : {}),
    }
    // A session that may outlive its device cookie keeps that one young.
    const did = settings.maxTtl > deviceCookieAge * 1000 ? device.did : null
    const issued = issue(account, { ...family, ...next }, successor, now, did)
    return { change, result: { outcome: 'issued', issued, by: 'rotate' } }
  }

  const debounce = ({ family, account, now, text }: Shown): Step<Refreshed> => ({
    // Who shows the head holds it.
    change: {
      family: { lastUsedAt: now, headConfirmedAt: family.headConfirmedAt ?? now, repeats: family.repeats + 1 },
    },
    result: { outcome: 'issued', issued: issue(account, family, text, now), by: 'debounce' },
  })

  // A result and not an exception: the revocation commits although the reply is a refusal (B2). With `onReuse: 'user'`
  // it is one transaction over all families of the account, after this one: if that fails, the caller may try again.
  const revoke = ({ now }: Shown, reason: RefusalReason | 'streak'): Step<Refreshed> => {
    const ends = reason === 'disabled' || (isTheft(reason) && onReuse === 'family')
    const change = { family: { revokedAt: now, revokedReason: reason } }
    return { ...(ends ? { change } : {}), result: { outcome: 'refused', reason } }
  }

  const replay = async (shown: Shown, device: Device, late: boolean): Promise<Step<Refreshed>> => {
    const { family, account, now, text, token } = shown
    const streaks = countReplay(family, { foreign: isForeign(family, device), late })
    if (isTooOdd(streaks, reuseStreak)) return revoke(shown, 'streak')
    const place = { familyId: family.id, generation: family.head }
    const successor = await tokens.successor(text, token.nonce ?? '', place)
    // Derived with a pepper that is gone: nothing can be handed out again, and nobody is to blame.
    if (successor === null) return { result: { outcome: 'refused', reason: 'unknown' } }
    return {
      change: { family: { lastUsedAt: now, headHandedAt: now, repeats: family.repeats + 1, ...streaks } },
      result: { outcome: 'issued', issued: issue(account, family, successor, now), by: 'replay' },
    }
  }

  return async (shown, device) => {
    const { family, account, token, now } = shown
    const bound = isBound(family, device, device.did === null ? null : await digest(device.did))
    const verdict = judge({ family, token, accountActive: account.isActive, bound }, now, grace)
    if (verdict.act === 'rotate') return rotate(shown, device)
    if (verdict.act === 'debounce') return debounce(shown)
    if (verdict.act === 'replay') return replay(shown, device, verdict.late)
    if (verdict.act === 'wait')
      return { result: { outcome: 'wait', seconds: Math.max(1, Math.ceil(verdict.ms / 1000)) } }
    // A login took its place: the cookie of that one may have reached the browser by now.
    if (verdict.reason === 'revoked' && family.revokedReason === 'replaced') {
      return { result: { outcome: 'refused', reason: 'replaced' } }
    }
    return revoke(shown, verdict.reason)
  }
}

/** What is handed out of a family at a moment. */
export const issue = (
  account: Account,
  family: Family,
  refreshToken: string,
  now: number,
  did: string | null = null,
): Issued => ({
  account,
  sid: family.id,
  gen: family.head,
  refreshToken,
  maxAge: Math.floor((family.idleExpiresAt - now) / 1000),
  authTime: family.createdAt,
  amr: family.amr.split(' ').filter((method) => method !== ''),
  did,
})
