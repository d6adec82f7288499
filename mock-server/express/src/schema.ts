// The tables. Their secret is which column holds what, and that every moment is a whole number of milliseconds.
import { bigint, bigserial, boolean, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

/** Milliseconds since the epoch, as everywhere in the engine: no time zone, no rounding, no parser in between. */
const moment = (name: string) => bigint(name, { mode: 'number' })

/** People who may sign in; `email` is canonical, so plain uniqueness is enough. */
export const accounts = pgTable('latchkey_account', {
  id: text('id').primaryKey(),
  email: text('email').notNull().unique(),
  passwordHash: text('password_hash').notNull(),
  emailVerified: boolean('email_verified').notNull(),
  displayName: text('display_name'),
  role: text('role').notNull(),
  isActive: boolean('is_active').notNull(),
  createdAt: moment('created_at').notNull(),
})

/** Signed-in devices. The row's lock is the lock of its whole token family. */
export const families = pgTable(
  'latchkey_family',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    head: integer('head').notNull(),
    headHandedAt: moment('head_handed_at').notNull(),
    headConfirmedAt: moment('head_confirmed_at'),
    createdAt: moment('created_at').notNull(),
    lastUsedAt: moment('last_used_at').notNull(),
    idleExpiresAt: moment('idle_expires_at').notNull(),
    absoluteExpiresAt: moment('absolute_expires_at').notNull(),
    revokedAt: moment('revoked_at'),
    revokedReason: text('revoked_reason'),
    userAgent: text('user_agent'),
    ip: text('ip'),
    // Of sessions from before there was the column nothing is known.
    amr: text('amr').notNull().default(''),
    deviceHash: text('device_hash'),
    repeats: integer('repeats').notNull().default(0),
    foreignStreak: integer('foreign_streak').notNull().default(0),
    foreignAt: integer('foreign_at').notNull().default(0),
    lateStreak: integer('late_streak').notNull().default(0),
    lateAt: integer('late_at').notNull().default(0),
  },
  (table) => [index('latchkey_family_account').on(table.accountId)],
)

/** Refresh tokens, as digests only. */
export const refreshTokens = pgTable(
  'latchkey_refresh_token',
  {
    hash: text('hash').primaryKey(),
    familyId: text('family_id')
      .notNull()
      .references(() => families.id, { onDelete: 'cascade' }),
    generation: integer('generation').notNull(),
    consumedAt: moment('consumed_at'),
    nonce: text('nonce'),
  },
  (table) => [unique('latchkey_refresh_token_generation').on(table.familyId, table.generation)],
)

/** One-time tokens of mails, as digests only. One for each account and purpose: a newer one takes the older's row. */
export const tickets = pgTable(
  'latchkey_ticket',
  {
    hash: text('hash').notNull().unique(),
    purpose: text('purpose').notNull(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    newEmail: text('new_email'),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.purpose] })],
)

/** Second factors; the backup codes stand in the row, so that its lock guards all of it. */
export const totps = pgTable('latchkey_totp', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  secret: text('secret').notNull(),
  confirmedAt: moment('confirmed_at'),
  lastStep: bigint('last_step', { mode: 'number' }).notNull(),
  backupCodes: text('backup_codes').array().notNull(),
  tries: integer('tries').notNull(),
  triesSince: moment('tries_since').notNull(),
})

/** Questions that are answered once, as digests only. */
export const challenges = pgTable(
  'latchkey_challenge',
  {
    hash: text('hash').primaryKey(),
    purpose: text('purpose').notNull(),
    accountId: text('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    bond: text('bond'),
    tries: integer('tries').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    index('latchkey_challenge_account').on(table.accountId),
    index('latchkey_challenge_expiry').on(table.expiresAt),
  ],
)

/** Passkeys: public keys, and what people call them. */
export const passkeys = pgTable(
  'latchkey_passkey',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    credentialId: text('credential_id').notNull().unique(),
    publicKey: text('public_key').notNull(),
    counter: bigint('counter', { mode: 'number' }).notNull(),
    transports: text('transports').notNull(),
    isSynced: boolean('is_synced').notNull(),
    name: text('name').notNull(),
    createdAt: moment('created_at').notNull(),
    lastUsedAt: moment('last_used_at'),
  },
  (table) => [index('latchkey_passkey_account').on(table.accountId)],
)

/** What happened, for admins. Nothing refers to accounts: an entry outlives them. */
export const auditEntries = pgTable(
  'latchkey_audit',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: moment('at').notNull(),
    type: text('type').notNull(),
    accountId: text('account_id'),
    sid: text('sid'),
    actorId: text('actor_id'),
    ip: text('ip'),
    device: text('device'),
    detail: text('detail'),
  },
  (table) => [
    index('latchkey_audit_account').on(table.accountId, table.id),
    index('latchkey_audit_actor').on(table.actorId),
    index('latchkey_audit_at').on(table.at),
  ],
)

/** Where else accounts sign in; issuer and subject together are one person there, and one account here. */
export const identities = pgTable(
  'latchkey_identity',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    provider: text('provider').notNull(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    email: text('email'),
    madeUpHash: text('made_up_hash'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    unique('latchkey_identity_subject').on(table.issuer, table.subject),
    index('latchkey_identity_account').on(table.accountId),
  ],
)

/** Half-done sign-ins, under digests only: taken once, or gone when their time is over. */
export const slips = pgTable(
  'latchkey_slip',
  {
    hash: text('hash').primaryKey(),
    kind: text('kind').notNull(),
    content: text('content').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('latchkey_slip_expiry').on(table.expiresAt)],
)
