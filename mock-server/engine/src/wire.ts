// The shapes on the wire, in snake_case, and the accounts and sessions turned into them.
import { z } from 'zod'
import { canonicalEmail } from './accounts/email.js'
import { isHashable } from './accounts/password.js'
import type { Passkey } from './passkey-store.js'
import type { AuditEntry } from './audit-store.js'
import { deviceName } from './device-name.js'
import type { Account, Family } from './store.js'

const iso = (moment: number): string => new Date(moment).toISOString()

/** An account as its owner sees it. */
export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  email_verified: z.boolean(),
  display_name: z.string().nullable(),
  role: z.string(),
  permissions: z.array(z.string()),
  created_at: z.iso.datetime(),
})

/** An account as an admin sees it. */
export const adminUserSchema = userSchema.extend({ is_active: z.boolean() })

/** RFC 6749 §5.1, with user and session beside; `expires_in` in seconds. Tokens: the refresh token in body mode only, none in cookie-only mode. */
export const grantSchema = z.object({
  access_token: z.string().optional(),
  token_type: z.literal('Bearer').optional(),
  expires_in: z.number(),
  user: userSchema,
  sid: z.string(),
  gen: z.int().min(0),
  refresh_token: z.string().optional(),
})

/** A login that is not finished: `challenge` goes to `/auth/mfa/verify`, with a code by one of the methods. */
export const mfaRequiredSchema = z.object({
  mfa_required: z.literal(true),
  challenge: z.string(),
  methods: z.array(z.enum(['totp', 'backup_code', 'passkey'])),
})

/** What a login comes to. */
export const entranceSchema = z.union([grantSchema, mfaRequiredSchema])

/** What registering comes to where it tells nothing of the address: the rest is in a mail. */
export const registeredSchema = z.object({ registered: z.literal(true) })

/** Shown once; each works once. */
export const backupCodesSchema = z.object({ backup_codes: z.array(z.string()) })

/** A passkey as its owner sees it. */
export const passkeySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** True where it travels between the owner's devices. */
  synced: z.boolean(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
})

/** For `navigator.credentials.create`, as WebAuthn's JSON has it. */
export const creationOptionsSchema = z.looseObject({ challenge: z.string() })

/** For `navigator.credentials.get`, as WebAuthn's JSON has it. */
export const requestOptionsSchema = z.looseObject({ challenge: z.string() })

/** RFC 9457 with a stable `code`; `errors` has a message by field. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  errors: z.record(z.string(), z.string()).optional(),
})

/** A signed-in device. */
export const sessionSchema = z.object({
  id: z.string(),
  current: z.boolean(),
  /** The user agent as people call it: “Firefox on Linux”; null where it is none that is known. */
  device: z.string().nullable(),
  user_agent: z.string().nullable(),
  ip: z.string().nullable(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
})

/** One line of the audit log. */
export const auditEntrySchema = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  type: z.string(),
  user_id: z.string().nullable(),
  sid: z.string().nullable(),
  actor_id: z.string().nullable(),
  ip: z.string().nullable(),
  device: z.string().nullable(),
  detail: z.string().nullable(),
})

/** A place where the account signs in too. */
export const identitySchema = z.object({
  id: z.string(),
  provider: z.string(),
  email: z.string().nullable(),
  created_at: z.iso.datetime(),
})

/** An address, canonical once parsed: write and lookup cannot differ (B30). */
export const emailInput = z
  .string('This field is required.')
  .max(320, 'It is too long for an email address.')
  .transform((text, context) => {
    const email = canonicalEmail(text)
    if (email !== null) return email
    context.addIssue({ code: 'custom', message: 'It is not an email address.' })
    return z.NEVER
  })

/** A password to compare; its strength is judged where one is chosen. */
export const passwordInput = z
  .string('This field is required.')
  .min(1, 'This field is required.')
  .refine(isHashable, 'It is too long.')

/** The token of a mail; no longer one was ever sent. */
export const ticketInput = z
  .string('This field is required.')
  .min(1, 'This field is required.')
  .max(512, 'It is too long.')

/** The challenge of a login; no longer one was ever handed out. */
export const challengeInput = z
  .string('This field is required.')
  .min(1, 'This field is required.')
  .max(512, 'It is too long.')

/** A code as people type it, spaces included. */
export const codeInput = z
  .string('This field is required.')
  .trim()
  .min(1, 'This field is required.')
  .max(64, 'It is too long.')

const bytesInput = z
  .string()
  .regex(/^[\w-]*$/, 'It is not base64url.')
  .max(12_000, 'It is too long.')

const credentialInput = {
  id: bytesInput.min(1).max(1_400),
  rawId: bytesInput.min(1).max(1_400),
  type: z.literal('public-key'),
  // Nothing of the extensions is looked at.
  clientExtensionResults: z.unknown().transform(() => ({})),
}

/** What `navigator.credentials.create` answered, as WebAuthn's JSON has it. */
export const registrationInput = z.object({
  ...credentialInput,
  response: z.object({
    clientDataJSON: bytesInput,
    attestationObject: bytesInput,
    transports: z
      .array(z.string().regex(/^[a-z-]{1,32}$/))
      .max(8)
      .default([]),
  }),
})

/** What `navigator.credentials.get` answered, as WebAuthn's JSON has it. */
export const assertionInput = z.object({
  ...credentialInput,
  response: z.object({
    clientDataJSON: bytesInput,
    authenticatorData: bytesInput,
    signature: bytesInput,
    userHandle: bytesInput.nullish().transform((handle) => handle ?? ''),
  }),
})

const plainName = z
  .string('This field is required.')
  .trim()
  .min(1, 'It is empty.')
  .max(100, 'It has more than 100 characters.')
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'It holds control characters.')

/** A name for people to read: no line breaks or control characters (S35). */
export const displayNameInput = plainName.nullable()

/** What people call a passkey: "My laptop". */
export const passkeyNameInput = plainName

/** The account as its owner sees it. */
export const toUser = (account: Account, permissions: readonly string[]): z.output<typeof userSchema> => ({
  id: account.id,
  email: account.email,
  email_verified: account.emailVerified,
  display_name: account.displayName,
  role: account.role,
  permissions: [...permissions],
  created_at: iso(account.createdAt),
})

/** The family as a device in the list of the one who asks. */
export const toSession = (family: Family, currentSid: string): z.output<typeof sessionSchema> => ({
  id: family.id,
  current: family.id === currentSid,
  device: deviceName(family.userAgent),
  user_agent: family.userAgent,
  ip: family.ip,
  created_at: iso(family.createdAt),
  last_used_at: iso(family.lastUsedAt),
  expires_at: iso(Math.min(family.idleExpiresAt, family.absoluteExpiresAt)),
})

/** The passkey as its owner sees it. */
export const toPasskey = (passkey: Passkey): z.output<typeof passkeySchema> => ({
  id: passkey.id,
  name: passkey.name,
  synced: passkey.isSynced,
  created_at: iso(passkey.createdAt),
  last_used_at: passkey.lastUsedAt === null ? null : iso(passkey.lastUsedAt),
})

/** What happened, as an admin reads it. */
export const toAuditEntry = ({ accountId, actorId, at, ...entry }: AuditEntry): z.output<typeof auditEntrySchema> => ({
  ...entry,
  at: iso(at),
  user_id: accountId,
  actor_id: actorId,
})
