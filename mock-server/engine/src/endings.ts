// How sessions end before their time, each under the lock that rotation takes too: no refresh survives (B6).
import type { Tell } from './event.js'
import { digest } from './refresh-token.js'
import type { Held, Step, Store } from './store.js'

/** The three ways out. */
export type Endings = {
  /** Ends the session that a refresh token of any generation belongs to; nothing where it is unknown or over. */
  readonly byToken: (token: string, reason: string) => Promise<void>
  /** Ends a session of that account; false where it has no such living session (B34). */
  readonly byId: (sid: string, accountId: string, reason: string) => Promise<boolean>
  /** Ends all sessions of the account, but the one to keep. */
  readonly all: (accountId: string, reason: string, keepSid?: string) => Promise<void>
}

/** Ends sessions in the store, and tells those that were alive. */
export function createEndings(store: Store, tell: Tell): Endings {
  const revoke =
    (reason: string, accountId?: string) =>
    async ({ family, now }: Held): Promise<Step<{ readonly accountId: string; readonly sid: string } | null>> => {
      const foreign = accountId !== undefined && family.accountId !== accountId
      if (foreign || family.revokedAt !== null) return { result: null }
      const change = { family: { revokedAt: now, revokedReason: reason } }
      return { change, result: { accountId: family.accountId, sid: family.id } }
    }

  const told = (ended: { readonly accountId: string; readonly sid: string } | null): boolean => {
    if (ended !== null) tell('sessions_revoked', ended.accountId, ended.sid)
    return ended !== null
  }

  return {
    byToken: async (token, reason) => {
      told(await store.withToken(await digest(token), revoke(reason)))
    },
    byId: async (sid, accountId, reason) => told(await store.withFamily(sid, revoke(reason, accountId))),
    all: async (accountId, reason, keepSid) => {
      const ended = await store.revokeFamilies(accountId, reason, keepSid)
      if (ended > 0) tell('sessions_revoked', accountId)
    },
  }
}
