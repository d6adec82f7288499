// The contract of the Store port about what is kept for long: the audit log, and what is thrown away when.
import { expect, test } from 'vitest'
import type { Account, AuditEntry, Family, Store } from '@latchkey/engine'

const line = (more: Partial<AuditEntry> = {}): Omit<AuditEntry, 'id'> => ({
  at: 5_000_000,
  type: 'logged_in',
  accountId: crypto.randomUUID(),
  sid: null,
  actorId: null,
  ip: '2001:db8::1',
  device: 'Firefox on Linux',
  detail: 'Firefox on Linux',
  ...more,
})

const account = (more: Partial<Account> = {}): Account => ({
  id: crypto.randomUUID(),
  email: `${crypto.randomUUID()}@example.com`,
  passwordHash: 'hash',
  emailVerified: false,
  displayName: null,
  role: 'user',
  isActive: true,
  createdAt: 1_000,
  ...more,
})

const family = (accountId: string, more: Partial<Family> = {}): Family => ({
  id: crypto.randomUUID(),
  accountId,
  head: 0,
  headHandedAt: 1_000,
  headConfirmedAt: null,
  createdAt: 1_000,
  lastUsedAt: 1_000,
  idleExpiresAt: 9_000_000_000_000,
  absoluteExpiresAt: 9_000_000_000_000,
  revokedAt: null,
  revokedReason: null,
  userAgent: null,
  ip: null,
  deviceHash: null,
  repeats: 0,
  foreignStreak: 0,
  foreignAt: 0,
  lateStreak: 0,
  lateAt: 0,
  amr: 'pwd',
  ...more,
})

/** Holds the laws over the store that is open when a law runs. */
export function keepingLaws(opened: () => { readonly store: Store }): void {
  test('J6: gives the audit log back newest first, a page at a time, of one account or one type', async () => {
    const { store } = opened()
    const accountId = crypto.randomUUID()
    await store.appendAudit([])
    await store.appendAudit(['one', 'two', 'three'].map((type) => line({ accountId, type })))
    await store.appendAudit([line({ accountId, type: 'two', at: 1 }), line()])
    const asked = { limit: 2, before: null, accountId, type: null }
    const first = await store.listAudit(asked)
    expect(first.map(({ type, at }) => [type, at])).toEqual([
      ['two', 1],
      ['three', 5_000_000],
    ])
    const second = await store.listAudit({ ...asked, before: first[1]?.id ?? 0 })
    expect(second.map(({ type }) => type)).toEqual(['two', 'one'])
    expect(second[1]).toEqual({ ...line({ accountId, type: 'one' }), id: second[1]?.id })
    expect(await store.listAudit({ ...asked, type: 'two' })).toHaveLength(2)
  })

  test('finds accounts by a part of their address or name, in any case, and as plain text', async () => {
    const { store } = opened()
    const mark = crypto.randomUUID()
    const [ada, bob] = [account({ email: `ada-${mark}@example.com` }), account({ displayName: `Bob ${mark} 100%` })]
    for (const one of [ada, bob]) await store.insertAccount(one)
    const find = async (search: string) => {
      const { accounts, total } = await store.listAccounts({ limit: 10, offset: 0, search })
      expect(total).toBe(accounts.length)
      return accounts.map(({ id }) => id).toSorted()
    }
    expect(await find(mark.toUpperCase())).toEqual([ada.id, bob.id].toSorted())
    expect(await find(`ADA-${mark}`)).toEqual([ada.id])
    expect(await find(`${mark} 100%`)).toEqual([bob.id])
    expect(await find(`${mark}%`)).toEqual([])
    expect(await find(`' or ''='${mark}`)).toEqual([])
  })

  test('sweeps questions, half-done sign-ins and mail tokens by a moment of their own', async () => {
    const { store } = opened()
    const owner = account()
    await store.insertAccount(owner)
    const put = async (expiresAt: number) => {
      const hash = crypto.randomUUID()
      await store.insertSlip({ hash, kind: 'handshake', content: '{}', expiresAt })
      await store.insertChallenge({ hash, purpose: 'p', accountId: owner.id, bond: null, tries: 0, expiresAt })
      const ticket = { purpose: `p ${expiresAt}`, accountId: owner.id, email: owner.email, newEmail: null }
      await store.insertTicket({ ...ticket, hash, expiresAt })
      return hash
    }
    const late = 9_000_000_000_000
    const [old, young] = [await put(late), await put(late + 1)]
    const rule = { endedBefore: 1, auditBefore: 1, expiredBefore: late + 1, limit: 100 }
    expect(await store.sweep(rule)).toBeGreaterThanOrEqual(3)
    const knows = async (hash: string, purpose: string) => [
      (await store.findTicket(hash, purpose)) !== null,
      (await store.findChallenge(hash, 'p', 5)) !== null,
      (await store.takeSlip(hash, 'handshake')) !== null,
    ]
    expect(await knows(old, `p ${late}`)).toEqual([false, false, false])
    expect(await knows(young, `p ${late + 1}`)).toEqual([true, true, true])
  })

  test('sweeps what ended long ago in bites, and nothing that lives or ended just now', async () => {
    const { store } = opened()
    const owner = account()
    await store.insertAccount(owner)
    const kinds = [{ revokedAt: 10 }, { idleExpiresAt: 10 }, { absoluteExpiresAt: 10 }, {}, { revokedAt: 5_000 }]
    const put = kinds.map((more) => family(owner.id, more))
    for (const one of put) {
      const token = { hash: one.id, familyId: one.id, generation: 0, consumedAt: null, nonce: null }
      await store.insertFamily(one, token)
    }
    const old = line({ accountId: owner.id, at: 10 })
    await store.appendAudit([old, old, line({ accountId: owner.id })])
    const ticket = { purpose: 'verify-email', accountId: owner.id, email: owner.email, newEmail: null }
    await store.insertTicket({ ...ticket, hash: crypto.randomUUID(), expiresAt: 10 })
    const rule = { endedBefore: 1_000, auditBefore: 1_000, limit: 1 }
    const bites: number[] = []
    for (let bite = Infinity; bite > 0;) bites.push((bite = await store.sweep(rule)))
    // Other laws may have left rows of their own.
    expect(bites.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(6)
    expect(Math.max(...bites)).toBeLessThanOrEqual(3)
    const kept = (await store.listFamilies(owner.id)).map(({ id }) => id)
    expect(new Set(kept)).toEqual(new Set([put[3]?.id, put[4]?.id]))
    expect(await store.withToken(put[0]?.id ?? '', async () => ({ result: 1 }))).toBeNull()
    expect(await store.withToken(put[3]?.id ?? '', async () => ({ result: 1 }))).toBe(1)
    const audit = await store.listAudit({ limit: 9, before: null, accountId: owner.id, type: null })
    expect(audit.map(({ at }) => at)).toEqual([5_000_000])
  })
}
