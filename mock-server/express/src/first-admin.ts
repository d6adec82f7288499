// The admin of a new installation. Its secret: made once, never changed by a later start.
import { canonicalEmail, type EngineClock, EmailTaken, newAccount, type Passwords, type Store } from '@latchkey/engine'

/** Creates the account where nobody has that email yet; answers whether it did. Safe for two processes at once. */
export async function createFirstAdmin(
  admin: { readonly email: string; readonly password: string },
  { store, passwords, clock }: { readonly store: Store; readonly passwords: Passwords; readonly clock: EngineClock },
): Promise<boolean> {
  const email = canonicalEmail(admin.email)
  if (email !== null && (await store.accountByEmail(email)) !== null) return false
  try {
    await store.insertAccount(await newAccount({ ...admin, role: 'admin', emailVerified: true }, { passwords, clock }))
    return true
  } catch (error) {
    if (error instanceof EmailTaken) return false
    throw error
  }
}
