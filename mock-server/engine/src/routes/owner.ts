// The account that a bearer speaks for, as it is now and not as its token remembers it.
import { invalidToken, type Principal } from '../authorize.js'
import type { Call, Reply } from '../route.js'
import type { Account } from '../store.js'
import type { Parts } from '../visit.js'

/** The account of a bearer, or the refusal where it is gone or disabled. */
export async function ownerOf(
  { sub }: Principal,
  { store }: Parts,
): Promise<{ readonly account: Account } | { readonly reply: Reply }> {
  const account = await store.accountById(sub)
  if (account === null || !account.isActive) return { reply: invalidToken('The account is gone or disabled.') }
  return { account }
}

/** The refusal where the bearer's session has ended by now: what it has just set up must not outlive it (B6, S40). */
export async function refusedSince({ headers, method }: Call, { authorize }: Parts): Promise<Reply | null> {
  const again = await authorize(headers, { method, sensitive: true })
  return 'reply' in again ? again.reply : null
}
