// Access tokens that were verified before: a signature does not change. Its secret: only a digest is kept, and no longer than the token lives.
import type { AccessTokens } from './access-token.js'
import { millisecondsOf, type EngineClock } from './clock.js'
import { sha256Now } from './encoding.js'

/**
 * Verifies each token once. What can be taken back (a session, a role) is for the denylist, which is asked every time;
 * here is only what the signature says. At most `most` tokens are known; of more the oldest is verified again.
 */
export function rememberVerified(tokens: AccessTokens, clock: EngineClock, most = 10_000): AccessTokens {
  type Claims = NonNullable<Awaited<ReturnType<AccessTokens['verify']>>>
  const known = new Map<string, Claims>()

  const remember = (key: string, claims: Claims): void => {
    known.set(key, claims)
    const [oldest] = known.keys()
    if (known.size > most && oldest !== undefined) known.delete(oldest)
  }

  return {
    sign: tokens.sign,
    verify: async (token) => {
      const key = sha256Now(token)
      const remembered = known.get(key)
      if (remembered !== undefined && millisecondsOf(clock) < remembered.expiresAt) return remembered
      known.delete(key)
      const claims = await tokens.verify(token)
      if (claims !== null) remember(key, claims)
      return claims
    },
  }
}
