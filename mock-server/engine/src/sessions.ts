// Sessions: token families under their lock. The secret is what is written for each verdict of the rotation.
import { millisecondsOf, type EngineClock } from './clock.js'
import type { Tell } from './event.js'
import { digest, type RefreshTokens } from './refresh-token.js'
import { judge, type RefusalReason } from './rotation.js'
import type { Settings } from './settings.js'
import type { Account, Family, FamilyChange, Held, RefreshToken, Step, Store } from './store.js'

/** Where a call came from: shown to the user in the list of sessions, never a reason to refuse. */
export type Device = { readonly userAgent: string | null; readonly ip: string | null }

/** A refresh token to hand out, and for whom; `maxAge` in seconds. */
export type Issued = {
  readonly account: Account
  readonly sid: string
  readonly gen: number
  readonly refreshToken: string
  readonly maxAge: number
}

export type Refreshed =
  | { readonly outcome: 'issued'; readonly issued: Issued }
  | { readonly outcome: 'refused'; readonly reason: RefusalReason | 'unknown' }

export type Sessions = {
  /** Opens a family for the account. */
  readonly open: (account: Account, device: Device) => Promise<Issued>
  /** Spends a refresh token. Any number of calls at once with the same token get the same successor. */
  readonly refresh: (token: string, device: Device) => Promise<Refreshed>
}

type Shown = Held & { readonly token: RefreshToken }
type Decided = Refreshed & { readonly by?: 'rotate' | 'debounce' | 'replay' }

/** No token that was ever handed out is longer: there is nothing to look up. */
const maxTokenLength = 512

export function createSessions(
  store: Store,
  tokens: RefreshTokens,
  { settings, clock, tell }: { readonly settings: Settings; readonly clock: EngineClock; readonly tell: Tell },
): Sessions {
  const { idleTtl, maxTtl, grace, onReuse } = settings

  const open = async (account: Account, device: Device): Promise<Issued> => {
    const now = millisecondsOf(clock)
    const refreshToken = tokens.first()
    const family: Family = {
      id: crypto.randomUUID(),
      accountId: account.id,
      head: 0,
      headHandedAt: now,
      // The first token has no parent that an ack would have to shut out.
      headConfirmedAt: now,
      createdAt: now,
      lastUsedAt: now,
      idleExpiresAt: now + Math.min(idleTtl, maxTtl),
      absoluteExpiresAt: now + maxTtl,
      revokedAt: null,
      revokedReason: null,
      ...device,
    }
    const hash = await digest(refreshToken)
    await store.insertFamily(family, { hash, familyId: family.id, generation: 0, consumedAt: null, nonce: null })
    return issue(account, family, refreshToken, now)
  }

  const rotate = async (token: string, held: Shown, device: Device): Promise<Step<Decided>> => {
    const { family, account, now } = held
    const generation = family.head + 1
    const nonce = await tokens.nonce()
    const successor = await tokens.successor(token, nonce, { familyId: family.id, generation })
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

  const decide = async (token: string, held: Shown, device: Device): Promise<Step<Decided>> => {
    const { family, account, now } = held
    const verdict = judge({ ...held, accountActive: account.isActive }, now, grace)
    if (verdict.act === 'rotate') return rotate(token, held, device)
    if (verdict.act === 'debounce') {
      // Who shows the head holds it.
      const change = { family: { lastUsedAt: now, headConfirmedAt: family.headConfirmedAt ?? now } }
      return { change, result: { outcome: 'issued', issued: issue(account, family, token, now), by: 'debounce' } }
    }
    if (verdict.act === 'replay') {
      const place = { familyId: family.id, generation: family.head }
      const successor = await tokens.successor(token, held.token.nonce ?? '', place)
      if (successor === null) return { result: { outcome: 'refused', reason: 'unknown' } }
      const change = { family: { lastUsedAt: now, headHandedAt: now } }
      return { change, result: { outcome: 'issued', issued: issue(account, family, successor, now), by: 'replay' } }
    }
    const { reason } = verdict
    // A result and not an exception: the revocation commits although the reply is a refusal (B2). With `onReuse: 'user'`
    // it is one transaction over all families of the account, after this one: if that fails, the caller may try again.
    const ends = reason === 'disabled' || (reason === 'reuse' && onReuse === 'family')
    return {
      ...(ends ? { change: { family: { revokedAt: now, revokedReason: reason } } } : {}),
      result: { outcome: 'refused', reason },
    }
  }

  const refresh = async (token: string, device: Device): Promise<Refreshed> => {
    if (token.length > maxTokenLength) return { outcome: 'refused', reason: 'unknown' }
    const owner = { accountId: '', sid: '' }
    const decided = await store.withToken(await digest(token), (held) => {
      owner.accountId = held.account.id
      owner.sid = held.family.id
      return decide(token, held, device)
    })
    if (decided === null) return { outcome: 'refused', reason: 'unknown' }
    if (decided.outcome === 'issued') {
      tell(decided.by === 'replay' ? 'refresh_replayed' : 'refreshed', owner.accountId, owner.sid)
      return decided
    }
    if (decided.reason === 'reuse') {
      tell('reuse_detected', owner.accountId, owner.sid)
      if (onReuse === 'user') await store.revokeFamilies(owner.accountId, 'reuse')
    }
    if (decided.reason === 'reuse' || decided.reason === 'disabled')
      tell('sessions_revoked', owner.accountId, owner.sid)
    return decided
  }

  return { open, refresh }
}

const issue = (account: Account, family: Family, refreshToken: string, now: number): Issued => ({
  account,
  sid: family.id,
  gen: family.head,
  refreshToken,
  maxAge: Math.max(1, Math.floor((family.idleExpiresAt - now) / 1000)),
})
