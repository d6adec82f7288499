// Passkeys of the store on Drizzle. Its secret: a foreign id matches no row, for every statement names the account (B34).
import type { PasskeyStore } from '@latchkey/engine'
import { and, asc, eq } from 'drizzle-orm'
import type { Database } from './database.js'
import { speaking } from './failures.js'
import { passkeys } from './schema.js'

/** The passkeys' part of the store. */
export function createDrizzlePasskeys({ tables }: Database): PasskeyStore {
  const own = (accountId: string, id: string) => and(eq(passkeys.id, id), eq(passkeys.accountId, accountId))
  const [key, all] = [{ id: passkeys.id }, () => tables.select().from(passkeys)]

  return {
    insertPasskey: (passkey) =>
      speaking(async () => {
        const put = tables.insert(passkeys).values(passkey).onConflictDoNothing({ target: passkeys.credentialId })
        return (await put.returning(key)).length > 0
      }),
    passkeysOf: (accountId) =>
      speaking(async () =>
        all().where(eq(passkeys.accountId, accountId)).orderBy(asc(passkeys.createdAt), asc(passkeys.id)),
      ),
    passkeyByCredential: (credentialId) =>
      speaking(async () => (await all().where(eq(passkeys.credentialId, credentialId)))[0] ?? null),
    renamePasskey: (accountId, id, name) =>
      speaking(async () => {
        const renamed = tables.update(passkeys).set({ name }).where(own(accountId, id))
        return (await renamed.returning())[0] ?? null
      }),
    removePasskey: (accountId, id) =>
      speaking(async () => (await tables.delete(passkeys).where(own(accountId, id)).returning(key)).length > 0),
    usePasskey: (id, known, counter, at) =>
      speaking(async () => {
        const which = and(eq(passkeys.id, id), eq(passkeys.counter, known))
        const used = tables.update(passkeys).set({ counter, lastUsedAt: at }).where(which)
        return (await used.returning(key)).length > 0
      }),
  }
}
