// The identities of the memory store; the secret is that nothing here waits, so no second one of a kind comes between.
import type { Identities, Identity } from './identity.js'

/** Identities in memory, oldest first; what is handed in throws where the store is closed, or the account gone. */
export function createMemoryIdentities(
  requireOpen: () => void,
  requireAccount: (id: string) => void,
): Identities & { readonly dropIdentities: (accountId: string) => void } {
  const identities = new Map<string, Identity>()
  const keyOf = (issuer: string, subject: string): string => `${issuer}\0${subject}`
  return {
    identityOf: async (issuer, subject) => {
      requireOpen()
      return identities.get(keyOf(issuer, subject)) ?? null
    },
    insertIdentity: async (identity) => {
      requireAccount(identity.accountId)
      const key = keyOf(identity.issuer, identity.subject)
      if (identities.has(key)) return false
      identities.set(key, identity)
      return true
    },
    listIdentities: async (accountId) => {
      requireOpen()
      return [...identities.values()].filter((own) => own.accountId === accountId)
    },
    dropIdentities: (accountId) => {
      for (const [key, own] of identities) if (own.accountId === accountId) identities.delete(key)
    },
    deleteIdentity: async (accountId, id) => {
      requireOpen()
      const own = [...identities.values()].find((each) => each.id === id && each.accountId === accountId)
      return own !== undefined && identities.delete(keyOf(own.issuer, own.subject))
    },
  }
}
