// The accounts that a mock begins with, under a password scheme that hides nothing: for tests, and nowhere else.
import {
  type Account,
  canonicalEmail,
  type EngineClock,
  newAccount,
  type Passwords,
  type Store,
} from '@latchkey/engine'

/** Somebody who may sign in from the start. No rule on passwords holds here: `'a'` will do. */
export type MockUser = {
  readonly email: string
  readonly password: string
  /** `user` where absent. */
  readonly role?: string
  readonly displayName?: string
  /** True where absent. */
  readonly emailVerified?: boolean
}

const scheme = 'clear:'

/** Passwords in the clear, so that a mock signs in at once. */
export const clearPasswords: Passwords = {
  hash: async (password) => scheme + password,
  verify: async (hash, password) => hash === scheme + password,
}

/** The password of an account that was made under `clearPasswords`. */
export const clearTextOf = ({ passwordHash }: Account): string => passwordHash.slice(scheme.length)

/** The address as accounts are found by. @throws TypeError where it is none. */
export function canonical(email: string, asked: string): string {
  const address = canonicalEmail(email)
  if (address !== null) return address
  throw new TypeError(`${asked}(${JSON.stringify(email)}) failed: that is no address. Write name@example.com.`)
}

/** Refuses users that cannot be, before anything is inserted. @throws TypeError that names the address. */
export function checkUsers(users: readonly MockUser[]): void {
  const taken = new Set<string>()
  for (const { email } of users) {
    const address = canonical(email, 'createMockAuth({ users }) with ')
    if (taken.has(address)) {
      throw new TypeError(
        `createMockAuth({ users }) failed: ${address} is there twice. Give each user another address.`,
      )
    }
    taken.add(address)
  }
}

/** Puts the users into a new store. */
export async function insertUsers(users: readonly MockUser[], store: Store, clock: EngineClock): Promise<void> {
  for (const user of users) {
    await store.insertAccount(await newAccount({ emailVerified: true, ...user }, { passwords: clearPasswords, clock }))
  }
}
