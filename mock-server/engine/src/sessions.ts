// Sessions: how one opens, and how its refresh token is spent. The secret is what follows a refusal after the lock is gone.
import type { Arrival } from './arrival.js'
import type { Device } from './binding.js'
import { millisecondsOf, type EngineClock } from './clock.js'
import type { Denylist } from './denylist.js'
import { deviceName } from './device-name.js'
import { randomText } from './encoding.js'
import type { Endings } from './endings.js'
import type { Tell } from './event.js'
import { issue, type Exchange, type Issued, type Refreshed } from './exchange.js'
import { createFlights } from './flight.js'
import type { Postbox } from './postbox.js'
import { digest, type RefreshTokens } from './refresh-token.js'
import { isTheft } from './rotation.js'
import type { Settings } from './settings.js'
import type { Account, Family, Store } from './store.js'

/** How a session begins and goes on. */
export type Sessions = {
  /**
   * Opens a family for the account, which just proved itself by the methods of `amr` (RFC 8176). It is bound to the
   * device: to the cookie that it sent, else to a new one.
   */
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
  readonly denylist: Denylist
  readonly endings: Endings
  readonly arrival: Arrival
  readonly postbox: Postbox
  readonly tell: Tell
}

/** No token that was ever handed out is longer: there is nothing to look up. */
const maxTokenLength = 512

/** What this engine hands out as device cookies, and nothing else: 256 bits. */
const didShape = /^[\w-]{43}$/

/** Opens and refreshes sessions, one store transaction each; a second one only where reuse ends all of a user's. */
export function createSessions(parts: SessionParts): Sessions {
  const { store, tokens, exchange, settings, clock, denylist, endings, arrival, postbox, tell } = parts
  const { idleTtl, maxTtl, onReuse, transport } = settings

  const open = async (account: Account, device: Device, amr: readonly string[]): Promise<Issued> => {
    const now = millisecondsOf(clock)
    const refreshToken = tokens.first()
    const known = didShape.test(device.did ?? '') ? device.did : null
    const did = transport === 'body' ? null : (known ?? randomText(256))
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
      userAgent: device.userAgent,
      ip: device.ip,
      amr: amr.join(' '),
      deviceHash: did === null ? null : await digest(did),
      repeats: 0,
      foreignStreak: 0,
      foreignAt: 0,
      lateStreak: 0,
      lateAt: 0,
    }
    const hash = await digest(refreshToken)
    await store.insertFamily(family, { hash, familyId: family.id, generation: 0, consumedAt: null, nonce: null })
    arrival(account, family)
    return issue(account, family, refreshToken, now, did)
  }

  /** What a session is over for is told to its owner, and its access tokens are taken back. */
  const followEnd = async (reason: string, account: Account, sid: string, device: Device) => {
    const by = { ip: device.ip, device: deviceName(device.userAgent) }
    if (isTheft(reason) && onReuse === 'user') await endings.all(account.id, reason, undefined, by)
    else await denylist.deny([{ kind: 'session', sid }])
    if (isTheft(reason)) {
      tell(reason === 'binding' ? 'binding_broken' : 'reuse_detected', account.id, sid, by)
      const at = millisecondsOf(clock)
      postbox.reuseDetected(account, { ...by, at })
    }
    if (reason === 'disabled' || onReuse === 'family') {
      tell('sessions_revoked', account.id, sid, { ...by, detail: reason })
    }
  }

  const follow = async (refreshed: Refreshed, account: Account, sid: string, device: Device): Promise<void> => {
    if (refreshed.outcome === 'issued') {
      tell(refreshed.by === 'replay' ? 'refresh_replayed' : 'refreshed', account.id, sid)
      return
    }
    if (refreshed.outcome === 'wait') return
    const { reason } = refreshed
    if (isTheft(reason) || reason === 'disabled') await followEnd(reason, account, sid, device)
  }

  const flights = createFlights<Refreshed>()

  const refresh = async (text: string, device: Device): Promise<Refreshed> => {
    if (text.length > maxTokenLength) return { outcome: 'refused', reason: 'unknown' }
    const hash = await digest(text)
    const { userAgent, ip, did } = device
    return flights(JSON.stringify([hash, userAgent, ip, did]), () => spend(text, hash, device))
  }

  const spend = async (text: string, hash: string, device: Device): Promise<Refreshed> => {
    const spent = await store.withToken(hash, async (held) => {
      const { change, result } = await exchange({ ...held, text }, device)
      const told = { refreshed: result, account: held.account, sid: held.family.id }
      return { ...(change === undefined ? {} : { change }), result: told }
    })
    if (spent === null) return { outcome: 'refused', reason: 'unknown' }
    await follow(spent.refreshed, spent.account, spent.sid, device)
    return spent.refreshed
  }

  return { open, refresh }
}
