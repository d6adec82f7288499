// Accounts, families and tokens as the laws need them: all valid, each its own.
import { randomUUID } from 'node:crypto'
import type { Account, Family, RefreshToken, Store } from '@latchkey/engine'

export const anAccount = (more: Partial<Account> = {}): Account => ({
  id: randomUUID(),
  email: `${randomUUID()}@example.com`,
  passwordHash: 'hash',
  emailVerified: false,
  displayName: null,
  role: 'user',
  isActive: true,
  createdAt: Date.now(),
  ...more,
})

export const aFamily = (accountId: string, more: Partial<Family> = {}): Family => ({
  id: randomUUID(),
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
  amr: 'pwd',
  deviceHash: null,
  repeats: 0,
  foreignStreak: 0,
  foreignAt: 0,
  lateStreak: 0,
  lateAt: 0,
  ...more,
})

export const aToken = (familyId: string, generation = 0): RefreshToken => ({
  hash: `${familyId}:${generation}`,
  familyId,
  generation,
  consumedAt: null,
  nonce: null,
})

/** An account with one open family and its first token. */
export async function signedIn(store: Store): Promise<{ account: Account; family: Family; token: RefreshToken }> {
  const account = anAccount()
  const family = aFamily(account.id)
  const token = aToken(family.id)
  await store.insertAccount(account)
  await store.insertFamily(family, token)
  return { account, family, token }
}
