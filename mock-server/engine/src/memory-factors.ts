// The second factors of the memory store; the secret is that nothing here waits, so that nothing comes between.
import { millisecondsOf, type EngineClock } from './clock.js'
import type { Challenge, FactorStore, Totp } from './factor-store.js'

type ForgetsChallenges = {
  /** Drops challenges that expired before the moment, and answers how many. */
  readonly forgetChallenges: (before: number, limit: number) => number
}

/** Second factors and challenges in two maps; what is handed in throws where the store is closed, or the account gone. */
export function createMemoryFactors(
  clock: EngineClock,
  requireOpen: () => void,
  requireAccount: (id: string) => void,
): FactorStore & { readonly dropFactors: (accountId: string) => void } & ForgetsChallenges {
  const totps = new Map<string, Totp>()
  const challenges = new Map<string, Challenge>()

  const find = (accountId: string): Totp | null => {
    requireOpen()
    return totps.get(accountId) ?? null
  }

  const confirmed = (accountId: string): Totp | null => {
    const totp = find(accountId)
    return totp?.confirmedAt === null ? null : totp
  }

  const put = (totp: Totp, patch: Partial<Totp>): Totp => {
    const changed = { ...totp, ...patch }
    totps.set(totp.accountId, changed)
    return changed
  }

  const living = (hash: string, purpose: string): Challenge | null => {
    requireOpen()
    const challenge = challenges.get(hash)
    const lives = challenge?.purpose === purpose && millisecondsOf(clock) < challenge.expiresAt
    return lives ? challenge : null
  }

  const dropChallengesThat = (are: (challenge: Challenge) => boolean): void => {
    requireOpen()
    for (const challenge of challenges.values()) if (are(challenge)) challenges.delete(challenge.hash)
  }

  return {
    totpOf: async (accountId) => find(accountId),
    enrollTotp: async (accountId, secret) => {
      requireAccount(accountId)
      if (confirmed(accountId) !== null) return false
      const now = millisecondsOf(clock)
      const pending = { confirmedAt: null, lastStep: 0, backupCodes: [], tries: 0, triesSince: now }
      totps.set(accountId, { accountId, secret, ...pending })
      return true
    },
    confirmTotp: async (accountId, secret, step, backupCodes) => {
      const totp = find(accountId)
      if (totp === null || totp.confirmedAt !== null || totp.secret !== secret) return false
      put(totp, { confirmedAt: millisecondsOf(clock), lastStep: step, backupCodes })
      return true
    },
    tryTotp: async (accountId, { tries, within }) => {
      const totp = confirmed(accountId)
      if (totp === null) return null
      const now = millisecondsOf(clock)
      if (totp.triesSince <= now - within) return put(totp, { tries: 1, triesSince: now })
      return totp.tries < tries ? put(totp, { tries: totp.tries + 1 }) : null
    },
    acceptStep: async (accountId, step) => {
      const totp = confirmed(accountId)
      if (totp === null || step <= totp.lastStep) return false
      put(totp, { lastStep: step, tries: 0 })
      return true
    },
    spendBackupCode: async (accountId, code) => {
      const totp = confirmed(accountId)
      if (totp === null || !totp.backupCodes.includes(code)) return false
      put(totp, { backupCodes: totp.backupCodes.filter((other) => other !== code), tries: 0 })
      return true
    },
    replaceBackupCodes: async (accountId, backupCodes) => {
      const totp = confirmed(accountId)
      if (totp !== null) put(totp, { backupCodes })
      return totp !== null
    },
    resealTotp: async (accountId, known, sealed) => {
      const totp = find(accountId)
      if (totp?.secret !== known) return false
      put(totp, { secret: sealed })
      return true
    },
    listTotps: async ({ after, limit }) => {
      requireOpen()
      const later = [...totps.values()].filter(({ accountId }) => accountId > after)
      return later.toSorted((one, other) => (one.accountId < other.accountId ? -1 : 1)).slice(0, limit)
    },
    removeTotp: async (accountId) => confirmed(accountId) !== null && totps.delete(accountId),

    insertChallenge: async (challenge) => {
      if (challenge.accountId !== null) requireAccount(challenge.accountId)
      const now = millisecondsOf(clock)
      dropChallengesThat(({ expiresAt }) => expiresAt <= now)
      challenges.set(challenge.hash, challenge)
    },
    findChallenge: async (hash, purpose, maxTries) => {
      const challenge = living(hash, purpose)
      return challenge !== null && challenge.tries < maxTries ? challenge : null
    },
    tryChallenge: async (hash, purpose, maxTries) => {
      const challenge = living(hash, purpose)
      if (challenge === null || challenge.tries >= maxTries) return null
      const tried = { ...challenge, tries: challenge.tries + 1 }
      challenges.set(hash, tried)
      return tried
    },
    spendChallenge: async (hash, purpose) => {
      const challenge = living(hash, purpose)
      if (challenge !== null) challenges.delete(hash)
      return challenge
    },
    dropChallenges: async (accountId) => dropChallengesThat((challenge) => challenge.accountId === accountId),
    forgetChallenges: (before, limit) => {
      const old = [...challenges.values()].filter(({ expiresAt }) => expiresAt < before).slice(0, limit)
      for (const { hash } of old) challenges.delete(hash)
      return old.length
    },
    dropFactors: (accountId) => {
      totps.delete(accountId)
      dropChallengesThat((challenge) => challenge.accountId === accountId)
    },
  }
}
