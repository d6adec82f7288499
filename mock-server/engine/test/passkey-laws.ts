// The contract of the Store port about passkeys: a credential is there once, and its counter only moves on.
import { expect, test } from 'vitest'
import type { Account, Passkey, Store } from '@latchkey/engine'

const account = (): Account => ({
  id: crypto.randomUUID(),
  email: `${crypto.randomUUID()}@example.com`,
  passwordHash: 'hash',
  emailVerified: false,
  displayName: null,
  role: 'user',
  isActive: true,
  createdAt: 1_000,
})

const passkeyOf = (accountId: string, more: Partial<Passkey> = {}): Passkey => ({
  id: crypto.randomUUID(),
  accountId,
  credentialId: crypto.randomUUID(),
  publicKey: 'key',
  counter: 7,
  transports: 'internal hybrid',
  isSynced: true,
  name: 'Zoë’s phone 🗝',
  createdAt: 1_000,
  lastUsedAt: null,
  ...more,
})

/** Holds the laws over the store that is open when a law runs. */
export function passkeyLaws(opened: () => { readonly store: Store }): void {
  const open = async () => {
    const { store } = opened()
    const [owner, stranger] = [account(), account()]
    await store.insertAccount(owner)
    await store.insertAccount(stranger)
    return { store, id: owner.id, stranger: stranger.id }
  }

  test('gives passkeys back as they were put, oldest first, to their account only', async () => {
    const { store, id, stranger } = await open()
    const [young, old] = [passkeyOf(id, { createdAt: 2_000 }), passkeyOf(id)]
    expect(await store.insertPasskey(young)).toBe(true)
    expect(await store.insertPasskey(old)).toBe(true)
    expect(await store.passkeysOf(id)).toEqual([old, young])
    expect(await store.passkeysOf(stranger)).toEqual([])
    expect(await store.passkeyByCredential(old.credentialId)).toEqual(old)
    expect(await store.passkeyByCredential('unknown')).toBeNull()
  })

  test('registers a credential once, whoever comes', async () => {
    const { store, id, stranger } = await open()
    const one = passkeyOf(id)
    const tries = [one, ...Array.from({ length: 9 }, () => passkeyOf(stranger, { credentialId: one.credentialId }))]
    const put = await Promise.all(tries.map((passkey) => store.insertPasskey(passkey)))
    expect(put.filter(Boolean)).toHaveLength(1)
  })

  test('B34: a foreign passkey is neither renamed nor removed', async () => {
    const { store, id, stranger } = await open()
    const one = passkeyOf(id)
    await store.insertPasskey(one)
    expect(await store.renamePasskey(stranger, one.id, 'mine')).toBeNull()
    expect(await store.removePasskey(stranger, one.id)).toBe(false)
    expect(await store.renamePasskey(id, one.id, 'Desk')).toEqual({ ...one, name: 'Desk' })
    expect(await store.removePasskey(id, one.id)).toBe(true)
    expect(await store.removePasskey(id, one.id)).toBe(false)
    expect(await store.passkeyByCredential(one.credentialId)).toBeNull()
  })

  test('of fifty uses at once from one known counter exactly one moves it on', async () => {
    const { store, id } = await open()
    const one = passkeyOf(id)
    await store.insertPasskey(one)
    const used = await Promise.all(Array.from({ length: 50 }, () => store.usePasskey(one.id, 7, 8, 5_000)))
    expect(used.filter(Boolean)).toHaveLength(1)
    expect(await store.passkeysOf(id)).toEqual([{ ...one, counter: 8, lastUsedAt: 5_000 }])
    expect(await store.usePasskey('unknown', 0, 1, 1)).toBe(false)
  })
}
