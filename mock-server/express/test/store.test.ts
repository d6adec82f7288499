// The laws of the store port, over every store.
import { EmailTaken, type Store, StoreUnavailable } from '@latchkey/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { factorLaws } from '../../engine/test/factor-laws.js'
import { passkeyLaws } from '../../engine/test/passkey-laws.js'
import { keepingLaws } from '../../engine/test/keeping-laws.js'
import { identityLaws } from '../../engine/test/identity-laws.js'
import { deletionLaws } from '../../engine/test/deletion-laws.js'
import { ticketLaws } from '../../engine/test/ticket-laws.js'
import { type Stage, stages } from './databases.js'
import { aFamily, anAccount, aToken, signedIn } from './rows.js'

describe.each(Object.entries(stages))('the store on %s', (_name, open) => {
  let stage: Stage
  let store: Store
  let now = 5_000_000

  beforeAll(async () => {
    stage = await open({ now: () => now })
    store = stage.store
  })
  afterAll(() => stage.strike())

  ticketLaws(() => ({ store, now }))
  factorLaws(() => ({ store, now }))
  passkeyLaws(() => ({ store }))
  keepingLaws(() => ({ store }))
  identityLaws(() => ({ store, now }))
  deletionLaws(() => ({ store, now }))

  it('gives an account back as it was put', async () => {
    const account = anAccount({ displayName: 'Zoë 🗝', emailVerified: true, role: 'admin', isActive: false })
    await store.insertAccount(account)
    expect(await store.accountById(account.id)).toEqual(account)
    expect(await store.accountByEmail(account.email)).toEqual(account)
    expect(await store.accountById('nobody')).toBeNull()
    expect(await store.accountByEmail('nobody@example.com')).toBeNull()
  })

  it('keeps an email for one account, under races and changes too (B30)', async () => {
    const { email } = anAccount()
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => store.insertAccount(anAccount({ email }))))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const reasons = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
    expect(reasons.filter((reason) => !(reason instanceof EmailTaken))).toEqual([])
    const other = anAccount()
    await store.insertAccount(other)
    await expect(store.updateAccount(other.id, { email })).rejects.toBeInstanceOf(EmailTaken)
  })

  it('changes what the patch names and nothing else', async () => {
    const account = anAccount({ displayName: 'Ann' })
    await store.insertAccount(account)
    expect(await store.updateAccount(account.id, { displayName: null, role: 'editor' })).toEqual({
      ...account,
      displayName: null,
      role: 'editor',
    })
    expect(await store.updateAccount(account.id, {})).toMatchObject({ role: 'editor' })
    expect(await store.updateAccount('nobody', { role: 'admin' })).toBeNull()
  })

  it('lists accounts newest first, by the page', async () => {
    const old = anAccount({ createdAt: 9_000_000_000_001 })
    const young = anAccount({ createdAt: 9_000_000_000_002 })
    await store.insertAccount(old)
    await store.insertAccount(young)
    const first = await store.listAccounts({ limit: 1, offset: 0 })
    const second = await store.listAccounts({ limit: 1, offset: 1 })
    expect([...first.accounts, ...second.accounts]).toEqual([young, old])
    expect(first.total).toBeGreaterThanOrEqual(2)
    expect(second.total).toBe(first.total)
  })

  it('shows a step the token, its family, its account and the time (S17)', async () => {
    const { account, family, token } = await signedIn(store)
    now += 1_000
    const held = await store.withToken(token.hash, async (held) => ({ result: held }))
    expect(held).toEqual({ account, family, token, now })
    expect(await store.withFamily(family.id, async (held) => ({ result: held }))).toMatchObject({
      account,
      family,
      now,
    })
  })

  it('answers null for a hash or a family that it does not know, and runs no step', async () => {
    const step = async () => ({ result: 'ran' })
    expect(await store.withToken('unknown', step)).toBeNull()
    expect(await store.withFamily('unknown', step)).toBeNull()
  })

  it('writes a whole rotation, and reads it back', async () => {
    const { account, family, token } = await signedIn(store)
    const next = aToken(family.id, 1)
    const change = {
      family: {
        head: 1,
        headHandedAt: 7,
        headConfirmedAt: 8,
        lastUsedAt: 9,
        idleExpiresAt: 10,
        userAgent: 'ua',
        ip: '::1',
      },
      consume: { generation: 0, at: 6, nonce: 'salt' },
      insert: next,
    }
    await store.withToken(token.hash, async () => ({ change, result: null }))
    const spent = await store.withToken(token.hash, async (held) => ({ result: held.token }))
    expect(spent).toEqual({ ...token, consumedAt: 6, nonce: 'salt' })
    expect(await store.withToken(next.hash, async (held) => ({ result: held.token }))).toEqual(next)
    expect(await store.listFamilies(account.id)).toEqual([{ ...family, ...change.family }])

    const second = {
      consume: { generation: 1, at: 11, nonce: 'pepper' },
      insert: aToken(family.id, 2),
      eraseNonceOf: 0,
    }
    await store.withToken(next.hash, async () => ({ change: second, result: null }))
    expect(await store.withToken(token.hash, async (held) => ({ result: held.token.nonce }))).toBeNull()
    expect(await store.withToken(next.hash, async (held) => ({ result: held.token.nonce }))).toBe('pepper')
  })

  it('a refusal is a result: its change commits (B2)', async () => {
    const { account, family, token } = await signedIn(store)
    const change = { family: { revokedAt: now, revokedReason: 'reuse' } }
    expect(await store.withToken(token.hash, async () => ({ change, result: 'refused' }))).toBe('refused')
    expect(await store.listFamilies(account.id)).toEqual([{ ...family, ...change.family }])
  })

  it('a step that throws changes nothing, and its error comes through', async () => {
    const { account, family, token } = await signedIn(store)
    const step = async () => Promise.reject(new RangeError('a bug'))
    await expect(store.withToken(token.hash, step)).rejects.toThrow(new RangeError('a bug'))
    expect(await store.listFamilies(account.id)).toEqual([family])
  })

  it('a change that cannot be written whole is not written at all (S12)', async () => {
    const { account, family, token } = await signedIn(store)
    const change = {
      family: { head: 1 },
      consume: { generation: 0, at: 1, nonce: 'n' },
      insert: { ...token, hash: 'other' },
    }
    await expect(store.withToken(token.hash, async () => ({ change, result: null }))).rejects.not.toBeInstanceOf(
      EmailTaken,
    )
    expect(await store.withToken(token.hash, async (held) => ({ result: held.token }))).toEqual(token)
    expect(await store.listFamilies(account.id)).toEqual([family])
  })

  it('one step at a time per family, each sees what the one before wrote (B1)', async () => {
    const { account, token } = await signedIn(store)
    const raise = () =>
      store.withToken(token.hash, async ({ family }) => ({
        change: { family: { head: family.head + 1 } },
        result: null,
      }))
    await Promise.all(Array.from({ length: 25 }, raise))
    expect(await store.listFamilies(account.id)).toMatchObject([{ head: 25 }])
  })

  it('revokes the living families of one account, but the one to keep (B6)', async () => {
    const { account, family } = await signedIn(store)
    const dead = aFamily(account.id, { revokedAt: 1, revokedReason: 'logout', createdAt: 2_000 })
    const kept = aFamily(account.id, { createdAt: 3_000 })
    await store.insertFamily(dead, aToken(dead.id))
    await store.insertFamily(kept, aToken(kept.id))
    const stranger = await signedIn(store)
    expect(await store.revokeFamilies(account.id, 'logout-all', kept.id)).toBe(1)
    expect(await store.listFamilies(account.id)).toEqual([
      kept,
      dead,
      { ...family, revokedAt: now, revokedReason: 'logout-all' },
    ])
    expect(await store.revokeFamilies(account.id, 'logout-all')).toBe(1)
    expect(await store.revokeFamilies(account.id, 'logout-all')).toBe(0)
    expect(await store.listFamilies(stranger.account.id)).toEqual([stranger.family])
  })

  it('text that means something to SQL is only text (B36, S1)', async () => {
    const hostile = `'; drop table latchkey_account; --\\" $1 %s`
    const account = anAccount({ displayName: hostile, email: `${hostile}@example.com` })
    await store.insertAccount(account)
    expect(await store.accountByEmail(account.email)).toEqual(account)
    expect(await store.withToken(hostile, async () => ({ result: 1 }))).toBeNull()
    expect(await store.accountById(`' or '1'='1`)).toBeNull()
  })

  it('answers a ping, and after the end is unavailable rather than wrong (B37)', async () => {
    await store.ping()
    const { strike, store: own } = await open()
    const { token } = await signedIn(own)
    await strike()
    await expect(own.ping()).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(own.withToken(token.hash, async () => ({ result: 1 }))).rejects.toBeInstanceOf(StoreUnavailable)
  })
})
