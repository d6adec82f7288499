// What opens an account beside its password, dropped. Its secret: whoever set it up had not proven the address (S40).
import type { Parts } from '../visit.js'

/** Drops the second factor, the passkeys, the sign-ins elsewhere and half-done logins of an account. */
export async function dropFormerProofs(accountId: string, { store, secondFactor, tell }: Parts): Promise<void> {
  await store.dropChallenges(accountId)
  if (await secondFactor.disable(accountId)) tell('totp_disabled', accountId)
  for (const { id } of await store.passkeysOf(accountId)) {
    if (await store.removePasskey(accountId, id)) tell('passkey_removed', accountId)
  }
  for (const { id } of await store.listIdentities(accountId)) {
    if (await store.deleteIdentity(accountId, id)) tell('identity_unlinked', accountId)
  }
}
