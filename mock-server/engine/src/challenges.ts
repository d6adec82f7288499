// Questions that are answered once: 256 bits, a purpose, a short life, few tries. The secret is that the count is the store's (B26).
import { millisecondsOf, type EngineClock } from './clock.js'
import { randomText } from './encoding.js'
import type { Challenge, FactorStore } from './factor-store.js'
import { digest } from './refresh-token.js'

/** What a challenge asks for; it is good for nothing else (B15). */
export type ChallengePurpose = 'second-factor' | 'passkey-registration' | 'passkey-login' | 'passkey-second-factor'

/** Seconds that a challenge lives. */
export const challengeLifetime = 300
const maxTries = 5

/** Makes challenges, and takes their answers. */
export type Challenges = {
  /** A new challenge for the account, or for whoever answers it. */
  readonly issue: (purpose: ChallengePurpose, accountId: string | null, bond?: string) => Promise<string>
  /** A living challenge that has tries left, without counting one. */
  readonly find: (text: string, purpose: ChallengePurpose) => Promise<Challenge | null>
  /** Counts a try; null for what is no living challenge of that purpose, and after the fifth try (B24). */
  readonly attempt: (text: string, purpose: ChallengePurpose) => Promise<Challenge | null>
  /** Uses the challenge up: one of any number of calls at once gets it. */
  readonly spend: (text: string, purpose: ChallengePurpose) => Promise<Challenge | null>
}

/** Challenges in the store. */
export function createChallenges(store: FactorStore, clock: EngineClock): Challenges {
  return {
    issue: async (purpose, accountId, bond) => {
      const text = randomText(256)
      const expiresAt = millisecondsOf(clock) + challengeLifetime * 1000
      await store.insertChallenge({
        hash: await digest(text),
        purpose,
        accountId,
        bond: bond ?? null,
        tries: 0,
        expiresAt,
      })
      return text
    },
    find: async (text, purpose) => store.findChallenge(await digest(text), purpose, maxTries),
    attempt: async (text, purpose) => store.tryChallenge(await digest(text), purpose, maxTries),
    spend: async (text, purpose) => store.spendChallenge(await digest(text), purpose),
  }
}
