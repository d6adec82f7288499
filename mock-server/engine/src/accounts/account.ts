// How an account comes to be; its secret is what a new one starts with.
import type { EngineClock } from '../clock.js'
import { millisecondsOf } from '../clock.js'
import type { Account } from '../store.js'
import { canonicalEmail } from './email.js'
import type { Passwords } from './password.js'

/** Somebody to be; what is absent is what a stranger who registers gets. */
export type NewAccount = {
  readonly email: string
  readonly password: string
  readonly role?: string
  readonly displayName?: string | null
  readonly emailVerified?: boolean
}

/**
 * An account ready for `store.insertAccount`, its password hashed. For seeds and first admins: no rule on passwords holds.
 * @throws TypeError where the email is none.
 */
export async function newAccount(
  { email, password, role = 'user', displayName = null, emailVerified = false }: NewAccount,
  { passwords, clock }: { readonly passwords: Passwords; readonly clock: EngineClock },
): Promise<Account> {
  const canonical = canonicalEmail(email)
  if (canonical === null) {
    throw new TypeError(
      `An account needs an email address, and ${JSON.stringify(email)} is none: write name@example.com.`,
    )
  }
  return {
    id: crypto.randomUUID(),
    email: canonical,
    passwordHash: await passwords.hash(password),
    emailVerified,
    displayName,
    role,
    isActive: true,
    createdAt: millisecondsOf(clock),
  }
}
