// Sessions: how one opens, and how its refresh token is spent. The secret is what follows a refusal after the lock is gone.
import { millisecondsOf, type EngineClock } from './clock.js'
import type { Tell } from './event.js'
import { issue, type Device, type Exchange, type Issued, type Refreshed } from './exchange.js'
import { digest, type RefreshTokens } from './refresh-token.js'
import type { Settings } from './settings.js'
import type { Account, Family, Store } from './store.js'

/** How a session begins and goes on. */
export type Sessions = {
  /** Opens a family for the account, which just proved itself by the methods of `amr` (RFC 8176). */
  readonly open: (account: Account, device: Device, amr: readonly string[]) => Promise<Issued>
  /** Spends a refresh token. Any number of calls at once with the same token get the same successor (B1). */
  readonly refresh: (text: string, device: Device) => Promise<Refreshed>
}

/** What sessions are made of. */
export type SessionParts = {
  readonly store: Store
  readonly tokens: RefreshTokens
  readonly exchange: Exchange
  readonly settings: Settings
  readonly clock: EngineClock
  readonly tell: Tell
}

/** No token that was ever handed out is longer: there is nothing to look up. */
const maxTokenLength = 512

/** Opens and refreshes sessions, one store transaction each; a second one only where reuse ends all of a user's. */
export function createSessions({ store, tokens, exchange, settings, clock, tell }: SessionParts): Sessions {
  const { idleTtl, maxTtl, onReuse } = settings

  const open = async (account: Account, device: Device, amr: readonly string[]): Promise<Issued> => {
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
      amr: amr.join(' '),
    }
    const hash = await digest(refreshToken)
    await store.insertFamily(family, { hash, familyId: family.id, generation: 0, consumedAt: null, nonce: null })
    return issue(account, family, refreshToken, now)
  }

  const follow = async (refreshed: Refreshed, accountId: string, sid: string): Promise<void> => {
    if (refreshed.outcome === 'issued') {
      tell(refreshed.by === 'replay' ? 'refresh_replayed' : 'refreshed', accountId, sid)
      return
    }
    const { reason } = refreshed
    if (reason === 'reuse') {
      if (onReuse === 'user') await store.revokeFamilies(accountId, 'reuse')
      tell('reuse_detected', accountId, sid)
    }
    if (reason === 'reuse' || reason === 'disabled') tell('sessions_revoked', accountId, sid)
  }

  const refresh = async (text: string, device: Device): Promise<Refreshed> => {
    if (text.length > maxTokenLength) return { outcome: 'refused', reason: 'unknown' }
    const spent = await store.withToken(await digest(text), async (held) => {
      const { change, result } = await exchange({ ...held, text }, device)
      const told = { refreshed: result, accountId: held.account.id, sid: held.family.id }
      return { ...(change === undefined ? {} : { change }), result: told }
    })
    if (spent === null) return { outcome: 'refused', reason: 'unknown' }
    await follow(spent.refreshed, spent.accountId, spent.sid)
    return spent.refreshed
  }

  return { open, refresh }
}
