// The port behind which accounts, token families and refresh tokens rest. Its secret is what "atomic" means.
import type { AuditStore } from './audit-store.js'
import type { FactorStore } from './factor-store.js'
import type { Identities } from './identity.js'
import type { PasskeyStore } from './passkey-store.js'
import type { Slips } from './slip.js'
import type { SweepStore } from './sweep-store.js'

/** A person who may sign in. Times are milliseconds since the epoch, here and everywhere in the engine. */
export type Account = {
  readonly id: string
  /** Canonical form, by `canonicalEmail` only; unique. */
  readonly email: string
  readonly passwordHash: string
  readonly emailVerified: boolean
  readonly displayName: string | null
  readonly role: string
  readonly isActive: boolean
  readonly createdAt: number
}

/** One signed-in device: all refresh tokens that descend from one login. Its id is the `sid` on the wire. */
export type Family = {
  readonly id: string
  readonly accountId: string
  /** Generation of the newest refresh token. */
  readonly head: number
  /** When the head was last given out, for debounce and replay. */
  readonly headHandedAt: number
  /** When the client proved that it holds the head; null until then. */
  readonly headConfirmedAt: number | null
  readonly createdAt: number
  readonly lastUsedAt: number
  readonly idleExpiresAt: number
  readonly absoluteExpiresAt: number
  readonly revokedAt: number | null
  readonly revokedReason: string | null
  /** Of the device that rotated last: its browser family never changes, the rest may. */
  readonly userAgent: string | null
  readonly ip: string | null
  /** How whoever opened it proved themselves, as RFC 8176 names it, parted by spaces; `createdAt` is when. */
  readonly amr: string
  /** base64url of SHA-256 of the device cookie that the family is bound to; null in body mode. */
  readonly deviceHash: string | null
  /** How often the head was handed out again. */
  readonly repeats: number
  /** Generations in a row whose replay came from somebody who looks different, and the last that was counted. */
  readonly foreignStreak: number
  readonly foreignAt: number
  /** The same of replays that came later than the grace. */
  readonly lateStreak: number
  readonly lateAt: number
}

/** One refresh token, as a digest: a dump of the store signs nobody in. */
export type RefreshToken = {
  /** base64url of SHA-256 of the token's text. */
  readonly hash: string
  readonly familyId: string
  readonly generation: number
  readonly consumedAt: number | null
  /** What the successor was derived with; erased when the successor is itself consumed. */
  readonly nonce: string | null
}

/** A one-time token that went out by mail, as a digest; bound to what it is for, to an account and to its address. */
export type Ticket = {
  /** base64url of SHA-256 of the token's text. */
  readonly hash: string
  readonly purpose: string
  readonly accountId: string
  readonly email: string
  /** The address that spending it moves the account to; null where the account stays where it is. */
  readonly newEmail: string | null
  readonly expiresAt: number
}

/** What a ticket changes of its account when it is spent. */
export type TicketChange = { readonly emailVerified: boolean; readonly passwordHash?: string }

/** What a step sees, read after the family's lock was taken. `now` is the store's own clock (S17). */
export type Held = {
  readonly family: Family
  readonly account: Account
  readonly now: number
}

/** What a step wants written, all of it or nothing; an absent part is left alone. */
export type FamilyChange = {
  readonly family?: Partial<Omit<Family, 'id' | 'accountId'>>
  /** Marks the token of this generation consumed. */
  readonly consume?: { readonly generation: number; readonly at: number; readonly nonce: string }
  readonly insert?: RefreshToken
  /** Erases the nonce of the token of this generation. */
  readonly eraseNonceOf?: number
}

/** A step's verdict: a refusal is a result, not an exception, so that its change (a revocation, say) commits (B2). */
export type Step<Result> = { readonly change?: FamilyChange; readonly result: Result }

/**
 * Where the server side keeps its state. Every method is one transaction; anything that the database refuses for a
 * passing reason (down, lock timeout, serialization) rejects with `StoreUnavailable`, after everything is rolled back.
 * What puts something under an account that is gone rejects with `AccountGone`.
 */
export type Store = AuditStore & FactorStore & Identities & PasskeyStore & Slips & SweepStore & CoreStore

type CoreStore = {
  /** @throws EmailTaken where another account has that canonical email. */
  insertAccount(account: Account): Promise<void>
  accountByEmail(canonicalEmail: string): Promise<Account | null>
  accountById(id: string): Promise<Account | null>
  /** Newest first; with `search`, those that have that text in their address or name, in any case. */
  listAccounts(page: {
    readonly limit: number
    readonly offset: number
    readonly search?: string
  }): Promise<{ readonly accounts: readonly Account[]; readonly total: number }>
  /** The changed account, or null where there is none, or where its password is no longer the known one. */
  updateAccount(
    id: string,
    patch: Partial<Omit<Account, 'id' | 'createdAt'>>,
    known?: Pick<Account, 'passwordHash'>,
  ): Promise<Account | null>

  /**
   * Deletes the account with everything that is its own: sessions, factors, passkeys, identities, tickets, challenges. Its
   * audit entries stay, without addresses and devices. `last`, and nothing is deleted, where it is the only account that
   * may sign in with the role `lastOf`: of two that go at once one stays. `absent` where there is none.
   */
  deleteAccount(id: string, lastOf: string): Promise<'deleted' | 'last' | 'absent'>

  /** Opens a family with its first token. */
  insertFamily(family: Family, first: RefreshToken): Promise<void>
  /** Families of an account, newest first, revoked and expired ones included. */
  listFamilies(accountId: string): Promise<readonly Family[]>
  /**
   * Runs `step` as if under the row lock of the family that the token with this hash belongs to: what it saw still stands
   * when its change is written. It may run more than once, so it must only decide. Null where the hash is unknown.
   */
  withToken<Result>(
    hash: string,
    step: (held: Held & { readonly token: RefreshToken }) => Promise<Step<Result>>,
  ): Promise<Result | null>
  /** The same by the family's id; null where there is no such family. */
  withFamily<Result>(id: string, step: (held: Held) => Promise<Step<Result>>): Promise<Result | null>
  /** Revokes every living family of the account, each under its lock, but the one to keep; answers how many. */
  revokeFamilies(accountId: string, reason: string, keepId?: string): Promise<number>

  /** Puts the ticket in the place of any other of its account and purpose. */
  insertTicket(ticket: Ticket): Promise<void>
  /** The living ticket of that hash and purpose, or null; the store's own clock says what lives. */
  findTicket(hash: string, purpose: string): Promise<Ticket | null>
  /**
   * Removes the living ticket and changes its account, and moves it to the ticket's new address: one of many at once. Null
   * for the rest, and where the address is another by now.
   * @throws EmailTaken where another account has the new address; then nothing is removed or changed.
   */
  spendTicket(hash: string, purpose: string, change: TicketChange): Promise<Account | null>
  dropTickets(accountId: string, purpose: string): Promise<void>

  /** Rejects with `StoreUnavailable` where the store does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Another account has that email. */
export class EmailTaken extends Error {
  override readonly name = 'EmailTaken'
}

/** The account that something was to be put under is no more. */
export class AccountGone extends Error {
  override readonly name = 'AccountGone'
}

/** The store did not do it and nothing was changed: try again. Routes answer 503 with `Retry-After`. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
