// One-time tokens of mails: 256 bits, a purpose, a short life. The secret is that only the digest stays (B29).
import { millisecondsOf, type EngineClock } from './clock.js'
import { randomText } from './encoding.js'
import { digest } from './refresh-token.js'
import type { Account, Store, TicketChange } from './store.js'

/** What a ticket is good for; for nothing else (B15). */
export type Purpose = 'verify-email' | 'reset-password' | 'change-email'

/** Seconds that a ticket lives. */
export const ticketLifetimes: Readonly<Record<Purpose, number>> = {
  'verify-email': 86_400,
  'reset-password': 3_600,
  'change-email': 3_600,
}

/** Makes and spends tickets. */
export type Tickets = {
  /**
   * A new ticket for the account at its present address, to move it to the new one if there is one; older ones of the
   * purpose are dead from now on (S37).
   */
  readonly issue: (account: Account, purpose: Purpose, newEmail?: string) => Promise<string>
  /** Whose living ticket it is, without spending it; null where it is none. */
  readonly ownerOf: (token: string, purpose: Purpose) => Promise<Account | null>
  /**
   * Spends the ticket and changes its account, both or neither: of any number of calls at once one gets the account.
   * @throws EmailTaken where another account has the address that it moves to.
   */
  readonly spend: (token: string, purpose: Purpose, change: TicketChange) => Promise<Account | null>
}

/** Tickets in the store. */
export function createTickets(store: Store, clock: EngineClock): Tickets {
  return {
    issue: async ({ id: accountId, email }, purpose, newEmail) => {
      const token = randomText(256)
      const expiresAt = millisecondsOf(clock) + ticketLifetimes[purpose] * 1000
      const hash = await digest(token)
      await store.insertTicket({ hash, purpose, accountId, email, newEmail: newEmail ?? null, expiresAt })
      return token
    },
    ownerOf: async (token, purpose) => {
      const ticket = await store.findTicket(await digest(token), purpose)
      const account = ticket === null ? null : await store.accountById(ticket.accountId)
      return account?.email === ticket?.email ? account : null
    },
    spend: async (token, purpose, change) => store.spendTicket(await digest(token), purpose, change),
  }
}
