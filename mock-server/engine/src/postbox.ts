// What is written to whom, and when: after the reply, so that no reply tells by its time whether a mail goes out (B21).
import type { Tell } from './event.js'
import { createLocks } from './lock.js'
import type { FactorChange, Mail, Mailer, Sighting } from './mail.js'
import type { Account } from './store.js'
import { type Purpose, ticketLifetimes, type Tickets } from './tickets.js'

/** Takes mails in; none of these waits or fails, and without a mailer they do nothing. */
export type Postbox = {
  /** Sends the account a link with a new ticket. */
  readonly invite: (account: Account, purpose: Exclude<Purpose, 'change-email'>) => void
  /**
   * Ends a registration that tells nothing: `open` makes the account, or finds whose address it is. A new one is sent a link
   * that proves it, the owner another that sets a new password.
   */
  readonly registered: (account: Account, open: () => Promise<Account | null>) => void
  /** Sends the new address a link that moves the account there. */
  readonly inviteTo: (newEmail: string, account: Account) => void
  /** Tells the address that the account has, or had until now, that another was asked for, or that it moved. */
  readonly emailChange: (account: Account, step: 'email-change-asked' | 'email-changed') => void
  /** Tells the account that its password is another one. */
  readonly passwordChanged: (account: Account) => void
  /** Tells the account that a way to prove itself is another one (B40). */
  readonly factorChanged: (account: Account, change: FactorChange) => void
  /** Tells the account of a device, if `look` finds that it is new: it is asked in turn, and null says that it is not. */
  readonly newDevice: (account: Account, look: () => Promise<Sighting | null>) => void
  /** Tells the account that a session of its was copied, and is over; where the copy was shown, if that is known. */
  readonly reuseDetected: (account: Account, sighting: Sighting) => void
  /** Tells the account that it can be signed in to at a provider too. */
  readonly signInLinked: (account: Account, provider: string) => void
  /** Tells the address that its account is no more. */
  readonly accountDeleted: (account: Account) => void
  /** Settles when everything that was taken in has been sent or given up. */
  readonly settled: () => Promise<void>
}

export type PostboxParts = {
  readonly mailer: Mailer | null
  readonly tickets: Tickets
  /** Where the app lives: the one base of links, whatever a request says of its host (S34). */
  readonly appUrl: string
  readonly tell: Tell
  /** Runs work when the reply is on its way. */
  readonly afterReply: (work: () => void) => void
}

/** The app's page for each purpose. */
const pages: Readonly<Record<Purpose, string>> = {
  'verify-email': '/verify-email',
  'reset-password': '/reset-password',
  'change-email': '/confirm-email',
}

/** Mails of one account leave one after the other: the newest link is the one that works. */
export function createPostbox({ mailer, tickets, appUrl, tell, afterReply }: PostboxParts): Postbox {
  const inTurn = createLocks()
  const open = new Set<Promise<void>>()

  const post = ({ id, email, displayName, emailVerified }: Addressee, write: () => Promise<Content | null>): void => {
    const replied = new Promise<void>(afterReply)
    const letter = inTurn(id, async () => {
      await replied
      try {
        const content = await write()
        if (content !== null) await mailer?.send({ to: email, name: emailVerified ? displayName : null, ...content })
      } catch {
        // The mailer knows why and says so itself: a cause might quote the link (B38).
        tell('mail_failed', id)
      }
    })
    open.add(letter)
    void letter.finally(() => open.delete(letter))
  }

  const linking = async (account: Account, purpose: Purpose, newEmail?: string): Promise<Linking | null> => {
    if (mailer === null) return null
    const token = await tickets.issue(account, purpose, newEmail)
    const link = `${appUrl}${pages[purpose]}#token=${token}`
    return { kind: purpose, link, expiresIn: ticketLifetimes[purpose] }
  }

  return {
    invite: (account, purpose) => post(account, () => linking(account, purpose)),
    registered: (account, open) =>
      post(account, async () => {
        const owner = await open()
        if (owner === null) return linking(account, 'verify-email')
        const letter = owner.isActive ? await linking(owner, 'reset-password') : null
        return letter && { ...letter, kind: 'already-registered' }
      }),
    inviteTo: (email, account) =>
      post({ ...account, email, emailVerified: false }, () => linking(account, 'change-email', email)),
    emailChange: (account, kind) => post(account, async () => ({ kind })),
    passwordChanged: (account) => post(account, async () => ({ kind: 'password-changed' })),
    factorChanged: (account, change) => post(account, async () => ({ kind: 'factor-changed', change })),
    newDevice: (account, look) =>
      post(account, async () => {
        const sighting = await look()
        return sighting === null ? null : { kind: 'new-device', ...sighting }
      }),
    reuseDetected: (account, sighting) => post(account, async () => ({ kind: 'reuse-detected', ...sighting })),
    signInLinked: (account, provider) => post(account, async () => ({ kind: 'sign-in-linked', provider })),
    accountDeleted: (account) => post(account, async () => ({ kind: 'account-deleted' })),
    settled: async () => {
      while (open.size > 0) await Promise.all(open)
    },
  }
}

type Addressee = Pick<Account, 'id' | 'email' | 'displayName' | 'emailVerified'>
type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never
type Content = Without<Mail, 'to' | 'name'>
type Linking = Extract<Content, { readonly link: string }>
