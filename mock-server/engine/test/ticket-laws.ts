// The contract of the Store port about what goes out by mail: tickets, and passwords that nobody overwrites unseen.
import { expect, test } from 'vitest'
import { type Account, EmailTaken, type Store, type Ticket } from '@latchkey/engine'

const account = (): Account => ({
  id: crypto.randomUUID(),
  email: `${crypto.randomUUID()}@example.com`,
  passwordHash: 'hash',
  emailVerified: false,
  displayName: 'Ada “Λ” 👩',
  role: 'user',
  isActive: true,
  createdAt: 1_000,
})

const ticket = ({ id, email }: Account, more: Partial<Ticket> = {}): Ticket => ({
  hash: crypto.randomUUID(),
  purpose: 'verify-email',
  accountId: id,
  email,
  newEmail: null,
  expiresAt: 9_000_000_000_000,
  ...more,
})

/** Holds the laws over the store that is open when a law runs; `now` is what its clock says. */
export function ticketLaws(opened: () => { readonly store: Store; readonly now: number }): void {
  const open = async (): Promise<{ readonly store: Store; readonly owner: Account }> => {
    const { store } = opened()
    const owner = account()
    await store.insertAccount(owner)
    return { store, owner }
  }

  test('writes an account only where its password is still the known one', async () => {
    const { store, owner } = await open()
    expect(await store.updateAccount(owner.id, { passwordHash: 'new' }, { passwordHash: 'other' })).toBeNull()
    const changed = { ...owner, passwordHash: 'new' }
    expect(await store.updateAccount(owner.id, { passwordHash: 'new' }, owner)).toEqual(changed)
    expect(await store.updateAccount(owner.id, { passwordHash: 'newer' }, owner)).toBeNull()
    expect(await store.accountById(owner.id)).toEqual(changed)
  })

  test('B29: spends a ticket once, for its purpose only, and changes its account with it', async () => {
    const { store, owner } = await open()
    const one = ticket(owner)
    await store.insertTicket(one)
    expect(await store.findTicket(one.hash, one.purpose)).toEqual(one)
    expect(await store.findTicket(one.hash, 'reset-password')).toBeNull()
    expect(await store.spendTicket(one.hash, 'reset-password', { emailVerified: true })).toBeNull()
    const proven = { ...owner, emailVerified: true }
    expect(await store.spendTicket(one.hash, one.purpose, { emailVerified: true })).toEqual(proven)
    expect(await store.accountById(owner.id)).toEqual(proven)
    expect(await store.findTicket(one.hash, one.purpose)).toBeNull()
    expect(await store.spendTicket(one.hash, one.purpose, { emailVerified: true })).toBeNull()
  })

  test('S37: of fifty that spend one ticket at once exactly one gets the account', async () => {
    const { store, owner } = await open()
    const one = ticket(owner)
    await store.insertTicket(one)
    const spend = (_: unknown, at: number) =>
      store.spendTicket(one.hash, one.purpose, { emailVerified: true, passwordHash: `hash ${at}` })
    const won = (await Promise.all(Array.from({ length: 50 }, spend))).filter((changed) => changed !== null)
    expect(won).toHaveLength(1)
    expect(await store.accountById(owner.id)).toEqual(won[0])
  })

  test('S37: a newer ticket takes the place of the older one of its account and purpose, and of no other', async () => {
    const { store, owner } = await open()
    const { owner: stranger } = await open()
    const [old, other, foreign] = [ticket(owner), ticket(owner, { purpose: 'reset-password' }), ticket(stranger)]
    for (const one of [old, other, foreign, ticket(owner)]) await store.insertTicket(one)
    expect(await store.spendTicket(old.hash, old.purpose, { emailVerified: true })).toBeNull()
    expect(await store.findTicket(other.hash, other.purpose)).toEqual(other)
    expect(await store.findTicket(foreign.hash, foreign.purpose)).toEqual(foreign)
    await store.dropTickets(owner.id, other.purpose)
    expect(await store.findTicket(other.hash, other.purpose)).toBeNull()
    expect(await store.findTicket(foreign.hash, foreign.purpose)).toEqual(foreign)
  })

  test('B30: a ticket with a new address moves its account there, and spends and changes nothing where that is taken', async () => {
    const { store, owner } = await open()
    const { owner: other } = await open()
    const newEmail = `${crypto.randomUUID()}@example.com`
    const [taken, free] = [ticket(owner, { newEmail: other.email }), ticket(owner, { newEmail })]
    await store.insertTicket(taken)
    await expect(store.spendTicket(taken.hash, taken.purpose, { emailVerified: true })).rejects.toThrow(EmailTaken)
    expect(await store.findTicket(taken.hash, taken.purpose)).toEqual(taken)
    expect(await store.accountById(owner.id)).toEqual(owner)
    await store.insertTicket(free)
    const moved = { ...owner, email: newEmail, emailVerified: true }
    expect(await store.spendTicket(free.hash, free.purpose, { emailVerified: true })).toEqual(moved)
    expect([await store.accountByEmail(newEmail), await store.accountByEmail(owner.email)]).toEqual([moved, null])
  })

  test('B29: a ticket is worth nothing at its expiry, nor for another address', async () => {
    const { store, owner } = await open()
    const late = ticket(owner, { expiresAt: opened().now })
    await store.insertTicket(late)
    expect(await store.findTicket(late.hash, late.purpose)).toBeNull()
    expect(await store.spendTicket(late.hash, late.purpose, { emailVerified: true })).toBeNull()
    const moved = ticket(owner, { email: 'before@example.com' })
    await store.insertTicket(moved)
    expect(await store.spendTicket(moved.hash, moved.purpose, { emailVerified: true })).toBeNull()
    expect(await store.accountById(owner.id)).toEqual(owner)
  })
}
