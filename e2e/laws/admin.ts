// The one account that no law can make by itself: the admin, written straight into a store.
import { newAccount, type Passwords, type Store } from '@latchkey/engine'
import { admin } from './transport.js'

/** Passwords in the clear: the laws judge who may sign in, not how slowly a hash is made. */
export const clearPasswords: Passwords = {
  hash: async (password) => `clear:${password}`,
  verify: async (hash, password) => hash === `clear:${password}`,
}

export async function insertAdmin(store: Store, passwords: Passwords): Promise<void> {
  await store.insertAccount(await newAccount(admin, { passwords, clock: Date }))
}
