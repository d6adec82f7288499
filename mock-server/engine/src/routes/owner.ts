// The account that a bearer speaks for, as it is now and not as its token remembers it.
import { invalidToken, type Principal } from '../authorize.js'
import type { Reply } from '../route.js'
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
