// A store in memory, for tests and mocks. Its secret: a real lock for each family, and changes that happen whole or not at all.
import { millisecondsOf, systemClock, type EngineClock } from './clock.js'
import { createLocks } from './lock.js'
import { createMemoryAudit } from './memory-audit.js'
import { createMemoryFactors } from './memory-factors.js'
import { createMemoryPasskeys } from './memory-passkeys.js'
import { createMemoryIdentities } from './memory-identities.js'
import { createMemorySlips } from './memory-slips.js'
import { createMemoryTickets } from './memory-tickets.js'
import {
  AccountGone,
  EmailTaken,
  StoreUnavailable,
  type Account,
  type Family,
  type FamilyChange,
  type Held,
  type RefreshToken,
  type Step,
  type Store,
} from './store.js'

/** Records are replaced, never changed: what a caller was given stays as it was. */
export function createMemoryStore({ clock = systemClock }: { readonly clock?: EngineClock } = {}): Store {
  const accounts = new Map<string, Account>()
  const families = new Map<string, Family>()
  /** By hash; and the hashes of each family by generation. */
  const tokens = new Map<string, RefreshToken>()
  const hashes = new Map<string, string[]>()
  const { forget, erase, ...audit } = createMemoryAudit()
  const lock = createLocks()
  let closed = false

  const requireOpen = (): void => {
    if (closed) throw new StoreUnavailable('The memory store was closed: make a new one.')
  }

  /** Nothing is put under an account that is gone. */
  const requireAccount = (id: string): void => {
    requireOpen()
    if (!accounts.has(id)) throw new AccountGone('There is no such account any more.')
  }

  const { dropFactors, forgetChallenges, ...factors } = createMemoryFactors(clock, requireOpen, requireAccount)
  const { dropIdentities, ...identities } = createMemoryIdentities(requireOpen, requireAccount)
  const { dropPasskeys, ...passkeys } = createMemoryPasskeys(requireOpen, requireAccount)
  const { forgetSlips, ...slips } = createMemorySlips(clock, requireOpen)

  const requireFreeEmail = (email: string, id: string): void => {
    const taken = [...accounts.values()].some((account) => account.email === email && account.id !== id)
    if (taken) throw new EmailTaken('Another account has that email.')
  }
  const replace = (account: Account): void => void accounts.set(account.id, account)
  const { dropTicketsOf, ...tickets } = createMemoryTickets(accounts, replace, requireFreeEmail, clock)

  const hold = (id: string): Held | null => {
    const family = families.get(id)
    const account = accounts.get(family?.accountId ?? '')
    return family === undefined || account === undefined ? null : { family, account, now: millisecondsOf(clock) }
  }

  const put = (token: RefreshToken): void => {
    const ofFamily = hashes.get(token.familyId) ?? []
    ofFamily[token.generation] = token.hash
    hashes.set(token.familyId, ofFamily)
    tokens.set(token.hash, token)
  }

  const patchToken = (familyId: string, generation: number, patch: Partial<RefreshToken>): void => {
    const token = tokens.get(hashes.get(familyId)?.[generation] ?? '')
    if (token !== undefined) tokens.set(token.hash, { ...token, ...patch })
  }

  /** Refuses before it writes, so that nothing is left half done. */
  const apply = (family: Family, { family: patch, consume, insert, eraseNonceOf }: FamilyChange): void => {
    if (insert !== undefined && hashes.get(family.id)?.[insert.generation] !== undefined) {
      throw new Error(`The family has a token of generation ${insert.generation} already: a step inserted it twice.`)
    }
    if (patch !== undefined) families.set(family.id, { ...family, ...patch })
    if (consume !== undefined)
      patchToken(family.id, consume.generation, { consumedAt: consume.at, nonce: consume.nonce })
    if (insert !== undefined) put(insert)
    if (eraseNonceOf !== undefined) patchToken(family.id, eraseNonceOf, { nonce: null })
  }

  const take = <Result>(held: Held, step: Step<Result>): Result => {
    requireOpen()
    if (step.change !== undefined) apply(held.family, step.change)
    return step.result
  }

  const dropFamily = (id: string): void => {
    for (const hash of hashes.get(id) ?? []) tokens.delete(hash)
    hashes.delete(id)
    families.delete(id)
  }

  const withFamily: Store['withFamily'] = async (id, step) => {
    requireOpen()
    return lock(id, async () => {
      const held = hold(id)
      if (held === null) return null
      const decided = await step(held)
      // Deleted while the step decided: it saw what is no more.
      return families.has(id) ? take(held, decided) : null
    })
  }

  return {
    insertAccount: async (account) => {
      requireOpen()
      requireFreeEmail(account.email, account.id)
      accounts.set(account.id, account)
    },
    accountByEmail: async (email) => {
      requireOpen()
      return [...accounts.values()].find((account) => account.email === email) ?? null
    },
    accountById: async (id) => {
      requireOpen()
      return accounts.get(id) ?? null
    },
    listAccounts: async ({ limit, offset, search = '' }) => {
      requireOpen()
      const found = [...accounts.values()].filter((account) => mentions(account, search.toLowerCase()))
      const newestFirst = found.toReversed().toSorted((one, other) => other.createdAt - one.createdAt)
      return { accounts: newestFirst.slice(offset, offset + limit), total: found.length }
    },
    updateAccount: async (id, patch, known) => {
      requireOpen()
      const account = accounts.get(id)
      if (account === undefined || (known?.passwordHash ?? account.passwordHash) !== account.passwordHash) return null
      if (patch.email !== undefined) requireFreeEmail(patch.email, id)
      const changed = { ...account, ...patch }
      accounts.set(id, changed)
      return changed
    },
    deleteAccount: async (id, lastOf) => {
      requireOpen()
      const account = accounts.get(id)
      if (account === undefined) return 'absent'
      const holders = [...accounts.values()].filter(({ role, isActive }) => role === lastOf && isActive)
      if (holders.length === 1 && holders[0] === account) return 'last'
      for (const family of families.values()) if (family.accountId === id) dropFamily(family.id)
      for (const drop of [dropFactors, dropIdentities, dropPasskeys, dropTicketsOf, erase]) drop(id)
      accounts.delete(id)
      return 'deleted'
    },
    insertFamily: async (family, first) => {
      requireAccount(family.accountId)
      families.set(family.id, family)
      put(first)
    },
    listFamilies: async (accountId) => {
      requireOpen()
      const own = [...families.values()].filter((family) => family.accountId === accountId)
      return own.toReversed().toSorted((one, other) => other.createdAt - one.createdAt)
    },
    withToken: async (hash, step) => {
      const known = tokens.get(hash)
      if (known === undefined) {
        requireOpen()
        return null
      }
      return withFamily(known.familyId, (held) => step({ ...held, token: tokens.get(hash) ?? known }))
    },
    withFamily,
    revokeFamilies: async (accountId, reason, keepId) => {
      const own = [...families.values()].filter((family) => family.accountId === accountId && family.id !== keepId)
      const revoked = own.map(({ id }) =>
        withFamily(id, async ({ family, now }) =>
          family.revokedAt === null
            ? { change: { family: { revokedAt: now, revokedReason: reason } }, result: 1 }
            : { result: 0 },
        ),
      )
      return (await Promise.all(revoked)).reduce<number>((sum, one) => sum + (one ?? 0), 0)
    },
    insertTicket: async (ticket) => {
      requireAccount(ticket.accountId)
      await tickets.insertTicket(ticket)
    },
    findTicket: async (...asked) => {
      requireOpen()
      return tickets.findTicket(...asked)
    },
    spendTicket: async (...asked) => {
      requireOpen()
      return tickets.spendTicket(...asked)
    },
    dropTickets: async (...asked) => {
      requireOpen()
      await tickets.dropTickets(...asked)
    },
    ...factors,
    ...passkeys,
    ...identities,
    ...slips,

    appendAudit: async (entries) => {
      requireOpen()
      await audit.appendAudit(entries)
    },
    listAudit: async (query) => {
      requireOpen()
      return audit.listAudit(query)
    },
    sweep: async ({ endedBefore, expiredBefore = endedBefore, auditBefore, limit }) => {
      requireOpen()
      const dead = [...families.values()].filter((family) => endOf(family) < endedBefore).slice(0, limit)
      for (const { id } of dead) dropFamily(id)
      const expired = [tickets.forget, forgetChallenges, forgetSlips].map((drop) => drop(expiredBefore, limit))
      return expired.reduce((sum, one) => sum + one, dead.length + forget(auditBefore, limit))
    },

    ping: async () => requireOpen(),
    close: async () => {
      closed = true
    },
  }
}

/** When the family ended, or will. */
const endOf = ({ revokedAt, idleExpiresAt, absoluteExpiresAt }: Family): number =>
  Math.min(revokedAt ?? Infinity, idleExpiresAt, absoluteExpiresAt)

const mentions = ({ email, displayName }: Account, text: string): boolean =>
  email.includes(text) || (displayName ?? '').toLowerCase().includes(text)
