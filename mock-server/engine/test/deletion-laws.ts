// The contract of the Store port about an account that goes: everything of its own goes with it, and nothing comes after.
import { describe, expect, test } from 'vitest'
import { type Account, AccountGone, type Family, type Store } from '@latchkey/engine'

const id = () => crypto.randomUUID()

const account = (more: Partial<Account> = {}): Account => ({
  id: id(),
  email: `${id()}@example.com`,
  passwordHash: 'hash',
  emailVerified: false,
  displayName: null,
  role: 'user',
  isActive: true,
  createdAt: 1_000,
  ...more,
})

const family = (accountId: string): Family => ({
  id: id(),
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
})

/** Puts one of everything under the account; each by its name. */
const putters = (store: Store, accountId: string, now: number) => {
  const late = now + 1_000_000
  return {
    session: async () => {
      const own = family(accountId)
      const token = { hash: own.id, familyId: own.id, generation: 0, consumedAt: null, nonce: null }
      await store.insertFamily(own, token)
    },
    ticket: () =>
      store.insertTicket({
        hash: id(),
        purpose: 'verify-email',
        accountId,
        email: 'a@example.com',
        newEmail: null,
        expiresAt: late,
      }),
    totp: () => store.enrollTotp(accountId, 'sealed'),
    challenge: () =>
      store.insertChallenge({ hash: accountId, purpose: 'p', accountId, bond: null, tries: 0, expiresAt: late }),
    passkey: () =>
      store.insertPasskey({
        id: id(),
        accountId,
        credentialId: accountId,
        publicKey: 'k',
        counter: 0,
        transports: '',
        isSynced: false,
        name: 'n',
        createdAt: now,
        lastUsedAt: null,
      }),
    identity: () =>
      store.insertIdentity({
        id: id(),
        accountId,
        provider: 'one',
        issuer: 'https://one.example.com',
        subject: accountId,
        email: null,
        madeUpHash: null,
        createdAt: now,
      }),
  }
}

/** What the store still knows of the account, by any way in. */
const remains = async (store: Store, { id: accountId, email }: Account) => ({
  byId: await store.accountById(accountId),
  byEmail: (await store.accountByEmail(email))?.id === accountId,
  sessions: (await store.listFamilies(accountId)).length,
  totp: await store.totpOf(accountId),
  challenge: await store.findChallenge(accountId, 'p', 5),
  passkeys: (await store.passkeysOf(accountId)).length,
  passkey: await store.passkeyByCredential(accountId),
  identities: (await store.listIdentities(accountId)).length,
  identity: await store.identityOf('https://one.example.com', accountId),
})

const nothing = {
  byId: null,
  byEmail: false,
  sessions: 0,
  totp: null,
  challenge: null,
  passkeys: 0,
  passkey: null,
  identities: 0,
  identity: null,
}

/** Holds the laws over the store that is open when a law runs. */
export function deletionLaws(opened: () => { readonly store: Store; readonly now: number }): void {
  describe('deleting an account', () => {
    test('B28: takes everything of its own along, nothing of anybody else’s, and once', async () => {
      const { store, now } = opened()
      const [gone, stays] = [account(), account()]
      for (const each of [gone, stays]) {
        await store.insertAccount(each)
        for (const put of Object.values(putters(store, each.id, now))) await put()
      }
      const before = await remains(store, stays)
      const hash = (await store.listFamilies(gone.id))[0]?.id ?? ''
      expect(await store.deleteAccount(gone.id, 'admin')).toBe('deleted')
      expect(await remains(store, gone)).toEqual(nothing)
      expect(await store.withToken(hash, async () => ({ result: 1 }))).toBeNull()
      expect(await store.withFamily(hash, async () => ({ result: 1 }))).toBeNull()
      expect(await remains(store, stays)).toEqual(before)
      expect(await store.deleteAccount(gone.id, 'admin')).toBe('absent')
    })

    test('B28: frees the address, and who comes next inherits nothing', async () => {
      const { store, now } = opened()
      const gone = account()
      await store.insertAccount(gone)
      for (const put of Object.values(putters(store, gone.id, now))) await put()
      await store.deleteAccount(gone.id, 'admin')
      const next = account({ email: gone.email })
      await store.insertAccount(next)
      expect(await remains(store, next)).toEqual({ ...nothing, byId: next, byEmail: true })
    })

    test.each(['session', 'ticket', 'totp', 'challenge', 'passkey', 'identity'] as const)(
      'S47: lets no %s come under it afterwards',
      async (kind) => {
        const { store, now } = opened()
        const gone = account()
        await store.insertAccount(gone)
        await store.deleteAccount(gone.id, 'admin')
        await expect(putters(store, gone.id, now)[kind]()).rejects.toBeInstanceOf(AccountGone)
        expect(await remains(store, gone)).toEqual(nothing)
      },
    )

    test('J6: keeps its audit entries, and nothing in them that says where somebody was', async () => {
      const { store } = opened()
      const [gone, other] = [account(), account()]
      for (const each of [gone, other]) await store.insertAccount(each)
      const line = { at: 5_000_000, sid: null, actorId: null, ip: '2001:db8::1', device: 'Firefox on Linux' }
      await store.appendAudit([
        { ...line, type: 'new_device', accountId: gone.id, detail: 'Firefox on Linux' },
        { ...line, type: 'role_changed', accountId: gone.id, detail: 'user to admin' },
        { ...line, type: 'role_changed', accountId: other.id, actorId: gone.id, detail: 'user to admin' },
        { ...line, type: 'logged_in', accountId: other.id, detail: null },
      ])
      await store.deleteAccount(gone.id, 'admin')
      const entries = async (accountId: string) =>
        (await store.listAudit({ limit: 9, before: null, accountId, type: null })).map(
          ({ type, ip, device, detail }) => [type, ip, device, detail],
        )
      expect(await entries(gone.id)).toEqual([
        ['role_changed', null, null, 'user to admin'],
        ['new_device', null, null, null],
      ])
      expect(await entries(other.id)).toEqual([
        ['logged_in', '2001:db8::1', 'Firefox on Linux', null],
        ['role_changed', null, null, 'user to admin'],
      ])
    })

    test('B28: refuses for the last who may sign in with the role, also where two go at once', async () => {
      const { store } = opened()
      const role = `keeper-${id()}`
      const [one, two, closed, user] = [
        account({ role }),
        account({ role }),
        account({ role, isActive: false }),
        account(),
      ]
      for (const each of [one, two, closed, user]) await store.insertAccount(each)
      expect(await store.deleteAccount(closed.id, role)).toBe('deleted')
      expect(await store.deleteAccount(user.id, role)).toBe('deleted')
      const verdicts = await Promise.all([one, two].map((each) => store.deleteAccount(each.id, role)))
      expect(verdicts.toSorted()).toEqual(['deleted', 'last'])
      const left = await Promise.all([one, two].map((each) => store.accountById(each.id)))
      expect(left.filter((each) => each !== null)).toHaveLength(1)
    })
  })
}
