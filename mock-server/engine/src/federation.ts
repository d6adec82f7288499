// Which account somebody has who signed in elsewhere. Its secret: an address opens an account only where both sides have proven it (B31, S40).
import { newAccount } from './accounts/account.js'
import { canonicalEmail } from './accounts/email.js'
import type { Passwords } from './accounts/password.js'
import { millisecondsOf, type EngineClock } from './clock.js'
import { randomText } from './encoding.js'
import type { Tell } from './event.js'
import type { Identity } from './identity.js'
import type { Postbox } from './postbox.js'
import type { ProviderUser } from './provider.js'
import { type Account, EmailTaken, type Store } from './store.js'
import { displayNameInput } from './wire.js'

/** Why nobody was signed in: each is a code that the app's page is told. */
type EntryRefusal = 'email_unverified' | 'link_required' | 'account_disabled'

/** Who came in, or why nobody did. */
type Entry = { readonly account: Account } | { readonly refused: EntryRefusal }

export type Federation = {
  /** The account of who signed in at the provider of that name: the one linked, one with the same proven address, or a new one. */
  readonly enter: (user: ProviderUser, provider: string) => Promise<Entry>
  /** Links the identity to the account; false where it belongs to somebody, this account included. */
  readonly link: (
    account: Account,
    user: Pick<ProviderUser, 'issuer' | 'subject' | 'email'>,
    provider: string,
  ) => Promise<boolean>
}

export type FederationParts = {
  readonly store: Store
  readonly passwords: Passwords
  readonly clock: EngineClock
  readonly postbox: Pick<Postbox, 'signInLinked'>
  readonly tell: Tell
}

/** Two sign-ins of one person at once meet at most twice: at the account, and at the identity. */
const tries = 3

export function createFederation({ store, passwords, clock, postbox, tell }: FederationParts): Federation {
  const note = (
    accountId: string,
    { issuer, subject, email }: Pick<ProviderUser, 'issuer' | 'subject' | 'email'>,
    provider: string,
    madeUpHash: string | null,
  ): Promise<boolean> => {
    const createdAt = millisecondsOf(clock)
    const identity: Identity = {
      id: crypto.randomUUID(),
      accountId,
      provider,
      issuer,
      subject,
      email,
      madeUpHash,
      createdAt,
    }
    return store.insertIdentity(identity)
  }

  const link: Federation['link'] = async (account, user, provider) => {
    if (!(await note(account.id, user, provider, null))) return false
    tell('identity_linked', account.id)
    postbox.signInLinked(account, provider)
    return true
  }

  const create = async (user: ProviderUser, email: string, provider: string): Promise<Entry | null> => {
    const displayName = displayNameInput.safeParse(user.name).data ?? null
    const made = { email, password: randomText(256), displayName, emailVerified: true }
    const account = await newAccount(made, { passwords, clock })
    try {
      await store.insertAccount(account)
    } catch (cause) {
      if (cause instanceof EmailTaken) return null
      throw cause
    }
    tell('registered', account.id)
    return (await note(account.id, user, provider, account.passwordHash)) ? { account } : null
  }

  /** Null where another sign-in came in between: look again. */
  const attempt = async (user: ProviderUser, provider: string): Promise<Entry | null> => {
    const known = await store.identityOf(user.issuer, user.subject)
    if (known !== null) return admit(await store.accountById(known.accountId))
    // Before any look-up: an address that the provider did not prove says nothing of who has it here (B21).
    const email = user.email === null || !user.emailVerified ? null : canonicalEmail(user.email)
    if (email === null) return { refused: 'email_unverified' }
    const account = await store.accountByEmail(email)
    if (account === null) return create(user, email, provider)
    if (!account.isActive) return { refused: 'account_disabled' }
    // Whoever registered it has not proven the address, and may be waiting for its owner (S40).
    if (!account.emailVerified) return { refused: 'link_required' }
    return (await link(account, user, provider)) ? { account } : null
  }

  return {
    link,
    enter: async (user, provider) => {
      for (let left = tries; left > 0; left -= 1) {
        const entry = await attempt(user, provider)
        if (entry !== null) return entry
      }
      throw new Error('An account and its identity cannot agree: this is a bug of the store.')
    },
  }
}

const admit = (account: Account | null): Entry =>
  account?.isActive === true ? { account } : { refused: 'account_disabled' }
