// The contract of the Store port about sign-ins elsewhere: whose an identity is, and slips that are taken once.
import { expect, test } from 'vitest'
import type { Account, Identity, Slip, Store } from '@latchkey/engine'

const account = (): Account => ({
  id: crypto.randomUUID(),
  email: `${crypto.randomUUID()}@example.com`,
  passwordHash: 'hash',
  emailVerified: true,
  displayName: null,
  role: 'user',
  isActive: true,
  createdAt: 1_000,
})

const identity = (accountId: string, more: Partial<Identity> = {}): Identity => ({
  id: crypto.randomUUID(),
  accountId,
  provider: 'google',
  issuer: 'https://accounts.example',
  subject: crypto.randomUUID(),
  email: 'ada@example.com',
  madeUpHash: null,
  createdAt: 1_000,
  ...more,
})

const slip = (more: Partial<Slip> = {}): Slip => ({
  hash: crypto.randomUUID(),
  kind: 'handshake',
  content: '{"“Λ” 👩":1}',
  expiresAt: 9_000_000_000_000,
  ...more,
})

/** Holds the laws over the store that is open when a law runs; `now` is what its clock says. */
export function identityLaws(opened: () => { readonly store: Store; readonly now: number }): void {
  const open = async (): Promise<{ readonly store: Store; readonly owner: Account }> => {
    const { store } = opened()
    const owner = account()
    await store.insertAccount(owner)
    return { store, owner }
  }

  test('B31: finds an identity by issuer and subject together, and by nothing less', async () => {
    const { store, owner } = await open()
    const one = identity(owner.id, { madeUpHash: 'hash' })
    expect(await store.insertIdentity(one)).toBe(true)
    expect(await store.identityOf(one.issuer, one.subject)).toEqual(one)
    expect(await store.identityOf('https://else.example', one.subject)).toBeNull()
    expect(await store.identityOf(one.issuer, 'else')).toBeNull()
  })

  test('B31: of fifty that insert one identity at once exactly one does, for its own account', async () => {
    const { store, owner } = await open()
    const other = account()
    await store.insertAccount(other)
    const { issuer, subject } = identity(owner.id)
    const inserted = await Promise.all(
      Array.from({ length: 50 }, async (_none, at) => {
        const mine = identity(at % 2 === 0 ? owner.id : other.id, { issuer, subject })
        return (await store.insertIdentity(mine)) ? mine : null
      }),
    )
    const [winner, ...more] = inserted.filter((one) => one !== null)
    expect(more).toEqual([])
    expect(await store.identityOf(issuer, subject)).toEqual(winner)
  })

  test('B34: lists an account’s own, oldest first, and deletes no other’s', async () => {
    const { store, owner } = await open()
    const other = account()
    await store.insertAccount(other)
    const [first, second] = [identity(owner.id), identity(owner.id, { createdAt: 2_000 })]
    for (const one of [first, second]) await store.insertIdentity(one)
    expect(await store.listIdentities(owner.id)).toEqual([first, second])
    expect(await store.listIdentities(other.id)).toEqual([])
    expect(await store.deleteIdentity(other.id, first.id)).toBe(false)
    expect(await store.deleteIdentity(owner.id, first.id)).toBe(true)
    expect(await store.deleteIdentity(owner.id, first.id)).toBe(false)
    expect(await store.listIdentities(owner.id)).toEqual([second])
    expect(await store.insertIdentity(identity(other.id, { subject: first.subject }))).toBe(true)
  })

  test('S41: of fifty that take one slip at once exactly one gets it, and nobody after', async () => {
    const { store } = await open()
    const one = slip()
    await store.insertSlip(one)
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.takeSlip(one.hash, one.kind)))
    expect(taken.filter((content) => content !== null)).toEqual([one.content])
    expect(await store.takeSlip(one.hash, one.kind)).toBeNull()
  })

  test('B15: a slip is taken for its own purpose only', async () => {
    const { store } = await open()
    const one = slip()
    await store.insertSlip(one)
    expect(await store.takeSlip(one.hash, 'handover link')).toBeNull()
    expect(await store.takeSlip(one.hash, one.kind)).toBe(one.content)
  })

  test('a slip that expired is taken by nobody, by the store’s own clock', async () => {
    const { store, now } = { ...(await open()), now: opened().now }
    const [late, early] = [slip({ expiresAt: now }), slip({ expiresAt: now + 1 })]
    await store.insertSlip(late)
    await store.insertSlip(early)
    expect(await store.takeSlip(late.hash, late.kind)).toBeNull()
    expect(await store.takeSlip(early.hash, early.kind)).toBe(early.content)
  })
}
