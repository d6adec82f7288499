// The passkeys of the memory store; the secret is that nothing here waits, so that nothing comes between.
import type { Passkey, PasskeyStore } from './passkey-store.js'

/** Passkeys by their id; what is handed in throws where the store is closed, or the account gone. */
export function createMemoryPasskeys(
  requireOpen: () => void,
  requireAccount: (id: string) => void,
): PasskeyStore & { readonly dropPasskeys: (accountId: string) => void } {
  const passkeys = new Map<string, Passkey>()

  const all = (): readonly Passkey[] => {
    requireOpen()
    return [...passkeys.values()]
  }
  const own = (accountId: string, id: string): Passkey | null =>
    all().find((passkey) => passkey.id === id && passkey.accountId === accountId) ?? null
  const byCredential = (credentialId: string): Passkey | null =>
    all().find((passkey) => passkey.credentialId === credentialId) ?? null

  return {
    insertPasskey: async (passkey) => {
      requireAccount(passkey.accountId)
      if (byCredential(passkey.credentialId) !== null) return false
      passkeys.set(passkey.id, passkey)
      return true
    },
    passkeysOf: async (accountId) =>
      all()
        .filter((passkey) => passkey.accountId === accountId)
        .toSorted((one, other) => one.createdAt - other.createdAt),
    passkeyByCredential: async (credentialId) => byCredential(credentialId),
    dropPasskeys: (accountId) => {
      for (const [id, own] of passkeys) if (own.accountId === accountId) passkeys.delete(id)
    },
    renamePasskey: async (accountId, id, name) => {
      const known = own(accountId, id)
      if (known === null) return null
      const renamed = { ...known, name }
      passkeys.set(id, renamed)
      return renamed
    },
    removePasskey: async (accountId, id) => own(accountId, id) !== null && passkeys.delete(id),
    usePasskey: async (id, known, counter, at) => {
      const passkey = all().find((one) => one.id === id && one.counter === known)
      if (passkey !== undefined) passkeys.set(id, { ...passkey, counter, lastUsedAt: at })
      return passkey !== undefined
    },
  }
}
