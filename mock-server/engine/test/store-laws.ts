// The contract of the Store port, as laws: whatever keeps them may stand behind the engine.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  EmailTaken,
  StoreUnavailable,
  type Account,
  type EngineClock,
  type Family,
  type RefreshToken,
  type Store,
} from '@latchkey/engine'
import { factorLaws } from './factor-laws.js'
import { passkeyLaws } from './passkey-laws.js'
import { keepingLaws } from './keeping-laws.js'
import { deletionLaws } from './deletion-laws.js'
import { identityLaws } from './identity-laws.js'
import { ticketLaws } from './ticket-laws.js'

const now = Date.UTC(2026, 0, 1)
let count = 0

const account = (more: Partial<Account> = {}): Account => ({
  id: crypto.randomUUID(),
  email: `user${(count += 1)}@example.com`,
  passwordHash: 'hash',
  emailVerified: false,
  displayName: null,
  role: 'user',
  isActive: true,
  createdAt: now,
  ...more,
})

const family = (accountId: string, more: Partial<Family> = {}): Family => ({
  id: crypto.randomUUID(),
  accountId,
  head: 0,
  headHandedAt: now,
  headConfirmedAt: null,
  createdAt: now,
  lastUsedAt: now,
  idleExpiresAt: now + 1000,
  absoluteExpiresAt: now + 2000,
  revokedAt: null,
  revokedReason: null,
  userAgent: null,
  ip: null,
  amr: 'pwd',
  deviceHash: null,
  repeats: 0,
  foreignStreak: 0,
  foreignAt: 0,
  lateStreak: 0,
  lateAt: 0,
  ...more,
})

const token = (familyId: string, generation = 0): RefreshToken => ({
  hash: `${familyId}:${generation}`,
  familyId,
  generation,
  consumedAt: null,
  nonce: null,
})

/** Holds the laws over stores that `open` makes, one for each law. */
export function storeLaws(name: string, open: (clock: EngineClock) => Promise<Store>): void {
  describe(`the store ${name}`, () => {
    let store: Store
    beforeEach(async () => {
      store = await open({ now: () => now })
    })
    afterEach(async () => {
      await store.close()
    })

    const seed = async (): Promise<{ readonly owner: Account; readonly own: Family }> => {
      const owner = account()
      const own = family(owner.id)
      await store.insertAccount(owner)
      await store.insertFamily(own, token(own.id))
      return { owner, own }
    }
    const familyOf = async ({ id, accountId }: Family): Promise<Family | undefined> =>
      (await store.listFamilies(accountId)).find((one) => one.id === id)
    const tokenOf = (own: Family, generation: number) =>
      store.withToken(token(own.id, generation).hash, async (held) => ({ result: held.token }))

    test('gives an account back as it was put, by id and by email, and null for no account', async () => {
      const one = account({ displayName: 'Ada “Λ” 👩', isActive: false, emailVerified: true })
      await store.insertAccount(one)
      expect(await store.accountById(one.id)).toEqual(one)
      expect(await store.accountByEmail(one.email)).toEqual(one)
      expect(await store.accountById('nobody')).toBeNull()
      expect(await store.accountByEmail('nobody@example.com')).toBeNull()
    })

    test('refuses a taken email, at insert and at update, and changes nothing', async () => {
      const [one, other] = [account(), account()]
      await store.insertAccount(one)
      await store.insertAccount(other)
      await expect(store.insertAccount(account({ email: one.email }))).rejects.toThrow(EmailTaken)
      await expect(store.updateAccount(other.id, { email: one.email, role: 'admin' })).rejects.toThrow(EmailTaken)
      expect(await store.accountById(other.id)).toEqual(other)
      expect(await store.updateAccount(one.id, { email: one.email, role: 'admin' })).toEqual({ ...one, role: 'admin' })
      expect(await store.updateAccount('nobody', { role: 'admin' })).toBeNull()
    })

    test('lists accounts newest first, a page at a time, and counts all', async () => {
      const three = [1, 3, 2].map((age) => account({ createdAt: now + age }))
      for (const one of three) await store.insertAccount(one)
      const page = await store.listAccounts({ limit: 2, offset: 1 })
      expect(page.total).toBe(3)
      expect(page.accounts.map(({ createdAt }) => createdAt - now)).toEqual([2, 1])
    })

    test('shows a step the family, the token, the account and its own time', async () => {
      const { owner, own } = await seed()
      const held = await store.withToken(token(own.id).hash, async (seen) => ({ result: seen }))
      expect(held).toMatchObject({ family: own, account: owner, token: token(own.id) })
      expect(held?.now).toBeTypeOf('number')
      expect(await store.withFamily(own.id, async (seen) => ({ result: seen.family }))).toEqual(own)
      expect(await store.withToken('unknown', async () => ({ result: 1 }))).toBeNull()
      expect(await store.withFamily('unknown', async () => ({ result: 1 }))).toBeNull()
    })

    test('writes the whole of a change, and leaves what it does not name', async () => {
      const { own } = await seed()
      const rotate = async (head: number) =>
        store.withToken(token(own.id, head).hash, async () => ({
          change: {
            family: { head: head + 1, headHandedAt: now + 1 },
            consume: { generation: head, at: now + 1, nonce: `nonce ${head}` },
            insert: token(own.id, head + 1),
            ...(head > 0 ? { eraseNonceOf: head - 1 } : {}),
          },
          result: 'done',
        }))
      expect(await rotate(0)).toBe('done')
      expect(await tokenOf(own, 0)).toMatchObject({ consumedAt: now + 1, nonce: 'nonce 0' })
      await rotate(1)
      expect(await tokenOf(own, 0)).toMatchObject({ consumedAt: now + 1, nonce: null })
      expect(await tokenOf(own, 1)).toMatchObject({ consumedAt: now + 1, nonce: 'nonce 1' })
      expect(await tokenOf(own, 2)).toEqual(token(own.id, 2))
      expect(await familyOf(own)).toEqual({ ...own, head: 2, headHandedAt: now + 1 })
    })

    test('B2: commits the change of a refusal', async () => {
      const { own } = await seed()
      const change = { family: { revokedAt: now, revokedReason: 'reuse' } }
      await store.withToken(token(own.id).hash, async () => ({ change, result: 'refused' }))
      expect(await familyOf(own)).toMatchObject({ revokedAt: now, revokedReason: 'reuse' })
    })

    test('S12: a step that throws changes nothing, and the lock is free again', async () => {
      const { own } = await seed()
      const step = async () => Promise.reject(new Error('a bug'))
      await expect(store.withToken(token(own.id).hash, step)).rejects.toThrow('a bug')
      expect(await familyOf(own)).toEqual(own)
      const twice = { family: { head: 9 }, insert: token(own.id) }
      await expect(store.withFamily(own.id, async () => ({ change: twice, result: 1 }))).rejects.toBeInstanceOf(Error)
      expect(await familyOf(own)).toEqual(own)
    })

    test('B1: steps of one family run one after the other, each on what the last one wrote', async () => {
      const { own } = await seed()
      const step = () =>
        store.withFamily(own.id, async ({ family: seen }) => {
          await Promise.resolve()
          return { change: { family: { head: seen.head + 1 } }, result: seen.head }
        })
      const seen = await Promise.all(Array.from({ length: 20 }, step))
      expect(seen.toSorted((one, other) => (one ?? 0) - (other ?? 0))).toEqual([...Array(20).keys()])
    })

    test('B6: revokes the living families of an account but one, and counts them', async () => {
      const { owner, own } = await seed()
      const [two, dead] = [family(owner.id), family(owner.id, { revokedAt: 1, revokedReason: 'logout' })]
      for (const one of [two, dead]) await store.insertFamily(one, token(one.id))
      const { own: foreign } = await seed()
      expect(await store.revokeFamilies(owner.id, 'all', own.id)).toBe(1)
      expect(await familyOf(own)).toMatchObject({ revokedAt: null })
      expect(await familyOf(two)).toMatchObject({ revokedReason: 'all' })
      expect(await familyOf(dead)).toMatchObject({ revokedAt: 1, revokedReason: 'logout' })
      expect(await familyOf(foreign)).toMatchObject({ revokedAt: null })
      expect(await store.revokeFamilies(owner.id, 'all')).toBe(1)
      expect(await store.revokeFamilies(owner.id, 'all')).toBe(0)
    })

    ticketLaws(() => ({ store, now }))
    factorLaws(() => ({ store, now }))
    passkeyLaws(() => ({ store }))
    keepingLaws(() => ({ store }))
    identityLaws(() => ({ store, now }))
    deletionLaws(() => ({ store, now }))

    test('says that it is unavailable once it is closed', async () => {
      await store.ping()
      await store.close()
      await expect(store.ping()).rejects.toThrow(StoreUnavailable)
      await expect(store.accountById('x')).rejects.toThrow(StoreUnavailable)
    })
  })
}
