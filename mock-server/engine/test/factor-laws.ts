// The contract of the Store port about second factors and challenges: of many at once one wins, and a count is never lost.
import { expect, test } from 'vitest'
import type { Account, Challenge, Store } from '@latchkey/engine'

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

const challengeFor = (accountId: string | null, more: Partial<Challenge> = {}): Challenge => ({
  hash: crypto.randomUUID(),
  purpose: 'second-factor',
  accountId,
  bond: 'pwd|x',
  tries: 0,
  expiresAt: 9_000_000_000_000,
  ...more,
})

const fifty = <Result>(task: (at: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: 50 }, (_, at) => task(at)))

const won = (results: readonly unknown[]): number =>
  results.filter((result) => result !== false && result !== null).length

/** Holds the laws over the store that is open when a law runs; `now` is what its clock says. */
export function factorLaws(opened: () => { readonly store: Store; readonly now: number }): void {
  const open = async () => {
    const { store } = opened()
    const owner = account()
    await store.insertAccount(owner)
    return { store, id: owner.id }
  }
  const openConfirmed = async (codes: readonly string[] = ['aaa:one', 'bbb:two']) => {
    const { store, id } = await open()
    await store.enrollTotp(id, 'sealed')
    expect(await store.confirmTotp(id, 'sealed', 10, codes)).toBe(true)
    return { store, id }
  }

  test('B5: a secret is sealed anew in the place of the one that is known, one of many at once, and all of them are listed', async () => {
    const { store, id } = await openConfirmed()
    const tries = await fifty((at) => store.resealTotp(id, 'sealed', `anew ${at}`))
    expect(won(tries)).toBe(1)
    expect(await store.totpOf(id)).toMatchObject({
      secret: `anew ${tries.indexOf(true)}`,
      lastStep: 10,
      backupCodes: ['aaa:one', 'bbb:two'],
    })
    expect(await store.resealTotp('nobody', 'sealed', 'anew')).toBe(false)
    const { id: other } = await open()
    await store.enrollTotp(other, 'pending')
    const ids: string[] = []
    for (let after = ''; ;) {
      const page = await store.listTotps({ after, limit: 2 })
      if (page.length === 0) break
      ids.push(...page.map(({ accountId }) => accountId))
      after = ids.at(-1) ?? ''
    }
    expect(ids).toEqual(expect.arrayContaining([id, other]))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('a pending second factor is replaced by another, a confirmed one is not', async () => {
    const { store, id } = await open()
    expect(await store.totpOf(id)).toBeNull()
    expect(await store.enrollTotp(id, 'first')).toBe(true)
    expect(await store.enrollTotp(id, 'second')).toBe(true)
    expect(await store.totpOf(id)).toMatchObject({
      accountId: id,
      secret: 'second',
      confirmedAt: null,
      backupCodes: [],
    })
    expect(await store.confirmTotp(id, 'first', 1, [])).toBe(false)
    expect(await store.confirmTotp(id, 'second', 1, ['aaa:one'])).toBe(true)
    expect(await store.enrollTotp(id, 'third')).toBe(false)
    const { now } = opened()
    expect(await store.totpOf(id)).toEqual({
      accountId: id,
      secret: 'second',
      confirmedAt: now,
      lastStep: 1,
      backupCodes: ['aaa:one'],
      tries: 0,
      triesSince: now,
    })
  })

  test('B24: of fifty that confirm at once exactly one does', async () => {
    const { store, id } = await open()
    await store.enrollTotp(id, 'sealed')
    expect(won(await fifty((at) => store.confirmTotp(id, 'sealed', 5, [`aaa:${at}`])))).toBe(1)
  })

  test('B24, S20: of fifty that show one step at once exactly one wins, and no step before it is ever accepted', async () => {
    const { store, id } = await openConfirmed()
    expect(won(await fifty(() => store.acceptStep(id, 11)))).toBe(1)
    expect(await store.acceptStep(id, 11)).toBe(false)
    expect(await store.acceptStep(id, 10)).toBe(false)
    expect(await store.acceptStep(id, 12)).toBe(true)
    expect(await store.acceptStep('nobody', 99)).toBe(false)
  })

  test('B25, S19: of fifty that spend one backup code at once exactly one wins, and the others stay', async () => {
    const { store, id } = await openConfirmed()
    const { store: _same, id: stranger } = await openConfirmed(['ccc:three'])
    expect(await store.spendBackupCode(stranger, 'aaa:one')).toBe(false)
    expect(won(await fifty(() => store.spendBackupCode(id, 'aaa:one')))).toBe(1)
    expect((await store.totpOf(id))?.backupCodes).toEqual(['bbb:two'])
    expect((await store.totpOf(stranger))?.backupCodes).toEqual(['ccc:three'])
  })

  test('B25: of fifty different codes that are spent at once each is', async () => {
    const codes = Array.from({ length: 50 }, (_, at) => `sel:${at}`)
    const { store, id } = await openConfirmed(codes)
    expect(won(await fifty((at) => store.spendBackupCode(id, codes[at] ?? '')))).toBe(50)
    expect((await store.totpOf(id))?.backupCodes).toEqual([])
    expect(await store.replaceBackupCodes(id, ['x:y'])).toBe(true)
    expect((await store.totpOf(id))?.backupCodes).toEqual(['x:y'])
  })

  test('B24, S21: a budget of twenty lets twenty of fifty at once try; a right code gives them back, and so does time', async () => {
    const { store, id } = await openConfirmed()
    const budget = { tries: 20, within: 60_000 }
    expect(won(await fifty(() => store.tryTotp(id, budget)))).toBe(20)
    expect(await store.tryTotp(id, budget)).toBeNull()
    expect(await store.tryTotp(id, { tries: 20, within: 0 })).toMatchObject({ tries: 1 })
    await store.acceptStep(id, 30)
    expect(await store.tryTotp(id, budget)).toMatchObject({ accountId: id, secret: 'sealed', tries: 1 })
    await store.spendBackupCode(id, 'aaa:one')
    expect(await store.tryTotp(id, budget)).toMatchObject({ tries: 1 })
  })

  test('what is off or pending has no try, no step, no code', async () => {
    const { store, id } = await open()
    for (const stage of ['absent', 'pending']) {
      if (stage === 'pending') await store.enrollTotp(id, 'sealed')
      expect(await store.tryTotp(id, { tries: 1, within: 1 })).toBeNull()
      expect(await store.acceptStep(id, 1)).toBe(false)
      expect(await store.spendBackupCode(id, 'aaa:one')).toBe(false)
      expect(await store.replaceBackupCodes(id, [])).toBe(false)
      expect(await store.removeTotp(id)).toBe(false)
    }
    const { store: same, id: other } = await openConfirmed()
    expect(await same.removeTotp(other)).toBe(true)
    expect(await same.totpOf(other)).toBeNull()
  })

  test('B24: a challenge has five tries, counted before the answer, whatever comes at once', async () => {
    const { store, id } = await open()
    const one = challengeFor(id)
    await store.insertChallenge(one)
    expect(await store.tryChallenge(one.hash, 'passkey-login', 5)).toBeNull()
    const tried = await fifty(() => store.tryChallenge(one.hash, one.purpose, 5))
    expect(won(tried)).toBe(5)
    expect(new Set(tried.map((challenge) => challenge?.tries ?? 0))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
  })

  test('S43: of fifty that spend one challenge at once exactly one gets it, for its purpose only', async () => {
    const { store, id } = await open()
    const one = challengeFor(id)
    await store.insertChallenge(one)
    expect(await store.spendChallenge(one.hash, 'passkey-login')).toBeNull()
    const spent = await fifty(() => store.spendChallenge(one.hash, one.purpose))
    expect(spent.filter((challenge) => challenge !== null)).toEqual([one])
    expect(await store.tryChallenge(one.hash, one.purpose, 5)).toBeNull()
  })

  test('S43: a challenge is dead at its expiry, and when its account’s are dropped', async () => {
    const { store, id } = await open()
    const { now } = opened()
    const [late, mine, nobodys] = [challengeFor(id, { expiresAt: now }), challengeFor(id), challengeFor(null)]
    for (const one of [late, mine, nobodys]) await store.insertChallenge(one)
    expect(await store.spendChallenge(late.hash, late.purpose)).toBeNull()
    await store.dropChallenges(id)
    expect(await store.spendChallenge(mine.hash, mine.purpose)).toBeNull()
    expect(await store.spendChallenge(nobodys.hash, nobodys.purpose)).toEqual(nobodys)
  })
}
