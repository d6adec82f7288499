// How sessions end before their time, each under the lock that rotation takes too: no refresh survives (B6).
import type { Denylist } from './denylist.js'
import type { About, Tell } from './event.js'
import { digest } from './refresh-token.js'
import type { Held, Step, Store } from './store.js'

/** The three ways out. Each takes back the access tokens of what it ended. */
export type Endings = {
  /** Ends the session that a refresh token of any generation belongs to; nothing where it is unknown or over. */
  readonly byToken: (token: string, reason: string) => Promise<void>
  /** Ends a session of that account; false where it has no such living session (B34). */
  readonly byId: (sid: string, accountId: string, reason: string) => Promise<boolean>
  /** Ends all sessions of the account, but the one to keep; answers how many. `by` is who did it, for the audit log. */
  readonly all: (accountId: string, reason: string, keepSid?: string, by?: About) => Promise<number>
}

/** Ends sessions in the store, and tells those that were alive. */
export function createEndings(store: Store, denylist: Denylist, tell: Tell): Endings {
  const revoke =
    (reason: string, accountId?: string) =>
    async ({ family, now }: Held): Promise<Step<{ readonly accountId: string; readonly sid: string } | null>> => {
      const foreign = accountId !== undefined && family.accountId !== accountId
      if (foreign || family.revokedAt !== null) return { result: null }
      const change = { family: { revokedAt: now, revokedReason: reason } }
      return { change, result: { accountId: family.accountId, sid: family.id } }
    }

  const told = async (
    ended: { readonly accountId: string; readonly sid: string } | null,
    reason: string,
  ): Promise<boolean> => {
    if (ended === null) return false
    await denylist.deny([{ kind: 'session', sid: ended.sid }])
    tell('sessions_revoked', ended.accountId, ended.sid, { detail: reason })
    return true
  }

  return {
    byToken: async (token, reason) => {
      await told(await store.withToken(await digest(token), revoke(reason)), reason)
    },
    byId: async (sid, accountId, reason) => told(await store.withFamily(sid, revoke(reason, accountId)), reason),
    all: async (accountId, reason, keepSid, by) => {
      const ended = await store.revokeFamilies(accountId, reason, keepSid)
      if (ended === 0) return 0
      await denylist.deny(await endedOf(store, accountId))
      tell('sessions_revoked', accountId, null, { ...by, detail: reason })
      return ended
    },
  }
}

/** Sessions that ended long ago are among them: what is taken back twice is taken back. */
async function endedOf(store: Store, accountId: string) {
  const families = await store.listFamilies(accountId)
  return families
    .filter(({ revokedAt }) => revokedAt !== null)
    .map(({ id: sid }) => ({ kind: 'session', sid }) as const)
}
