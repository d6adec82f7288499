// The proof that a rotated token arrived: the first use of its access token. The secret is how seldom it writes.
import type { Store } from './store.js'

/** Which token speaks: of a session and a generation of it. */
type Spoken = { readonly sid: string; readonly gen: number }

/** True while the session lives; false where it is over or never was. */
export type Confirm = (spoken: Spoken) => Promise<boolean>

const maxRemembered = 10_000

/**
 * Confirms the head of a family when an access token of the head's generation is seen. One store access for each
 * session and generation, whatever comes after; without it a stolen parent would live on unseen (ROTATION.md).
 */
export function createConfirm(store: Store): Confirm {
  const confirmed = new Map<string, number>()

  const remember = ({ sid, gen }: Spoken): void => {
    confirmed.delete(sid)
    confirmed.set(sid, gen)
    const [oldest] = confirmed.keys()
    if (confirmed.size > maxRemembered && oldest !== undefined) confirmed.delete(oldest)
  }

  return async ({ sid, gen }) => {
    if (gen <= (confirmed.get(sid) ?? 0)) return true
    const living = await store.withFamily(sid, async ({ family, now }) => {
      const news = family.revokedAt === null && family.head === gen && family.headConfirmedAt === null
      return { ...(news ? { change: { family: { headConfirmedAt: now } } } : {}), result: family.revokedAt === null }
    })
    if (living === true) remember({ sid, gen })
    return living === true
  }
}
