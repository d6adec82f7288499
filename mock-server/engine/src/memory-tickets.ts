// The tickets of the memory store; the secret is that a ticket goes and its account changes in one breath.
import { millisecondsOf, type EngineClock } from './clock.js'
import type { Account, Store, Ticket } from './store.js'

/** Tickets beside the accounts that they change; `change` replaces an account. Nothing here waits, so nothing comes between. */
export function createMemoryTickets(
  accounts: ReadonlyMap<string, Account>,
  change: (account: Account) => void,
  requireFreeEmail: (email: string, id: string) => void,
  clock: EngineClock,
): Pick<Store, 'insertTicket' | 'findTicket' | 'spendTicket' | 'dropTickets'> & {
  /** Drops those that expired before the moment, and answers how many. */
  readonly forget: (before: number, limit: number) => number
  readonly dropTicketsOf: (accountId: string) => void
} {
  /** By account and purpose: a newer one takes the place of the older. */
  const tickets = new Map<string, Ticket>()
  const placeOf = ({ accountId, purpose }: Pick<Ticket, 'accountId' | 'purpose'>): string => `${purpose} ${accountId}`

  const find = (hash: string, purpose: string): Ticket | null => {
    const now = millisecondsOf(clock)
    const known = [...tickets.values()].find((ticket) => ticket.hash === hash && ticket.purpose === purpose)
    return known !== undefined && now < known.expiresAt ? known : null
  }

  return {
    insertTicket: async (ticket) => {
      tickets.set(placeOf(ticket), ticket)
    },
    findTicket: async (hash, purpose) => find(hash, purpose),
    spendTicket: async (hash, purpose, patch) => {
      const ticket = find(hash, purpose)
      if (ticket === null) return null
      const account = accounts.get(ticket.accountId)
      const isHere = account !== undefined && account.email === ticket.email
      if (isHere && ticket.newEmail !== null) requireFreeEmail(ticket.newEmail, account.id)
      tickets.delete(placeOf(ticket))
      if (!isHere) return null
      const changed = { ...account, ...patch, email: ticket.newEmail ?? account.email }
      change(changed)
      return changed
    },
    dropTickets: async (accountId, purpose) => {
      tickets.delete(placeOf({ accountId, purpose }))
    },
    dropTicketsOf: (accountId) => {
      for (const [place, ticket] of tickets) if (ticket.accountId === accountId) tickets.delete(place)
    },
    forget: (before, limit) => {
      const old = [...tickets.values()].filter(({ expiresAt }) => expiresAt < before).slice(0, limit)
      for (const ticket of old) tickets.delete(placeOf(ticket))
      return old.length
    },
  }
}
