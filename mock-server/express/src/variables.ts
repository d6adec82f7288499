// Every environment variable: its type, its limits and its words of complaint. Its secret: what a valid value looks like.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { parseDatabaseUrl } from './database-url.js'

const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `must be a whole number from ${from} to ${to}`)

const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}`)

const switchWord = oneOf(['true', 'false']).transform((word) => word === 'true')

const webUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'must be an http:// or https:// address',
  )
  .transform((text) => text.replace(/\/+$/, ''))

/** Exactly what a browser sends as `Origin`: scheme, host, port; lower case; no path, no star. */
const origin = z
  .string()
  .refine(
    (text) => /^https?:\/\/[a-z\d.:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'must list exact origins like https://app.example.com: scheme and host, no path, no slash at the end, no *',
  )

const origins = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  )
  .pipe(z.array(origin).min(1, 'must list at least one origin'))

const host = z.string().regex(/^[a-z0-9.:_-]+$/i, 'must be an address or a host name, without a port')

const issuer = z.string().max(200, 'must be at most 200 characters')

/** A JWK set or an array of JWKs, as JSON; the first key is private and signs, every key must load (B13, B16). */
const signingKeys = z
  .string()
  .transform((text, context): unknown => {
    try {
      const parsed: unknown = JSON.parse(text)
      const isSet = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) && 'keys' in parsed
      return isSet ? parsed.keys : parsed
    } catch {
      context.addIssue('must be JSON: a JWK set {"keys":[…]} of private keys')
      return z.NEVER
    }
  })
  .pipe(
    z
      .array(z.record(z.string(), z.unknown()), 'must be a JWK set of private keys')
      .refine((keys) => typeof keys[0]?.['d'] === 'string', 'must hold a private key first: the one that signs')
      .refine(
        (keys) => keys.every(loads),
        'must hold usable keys only: EC P-256 (ES256), OKP Ed25519 (EdDSA) or RSA of 2048 bits and more (RS256)',
      )
      // Node's crypto has loaded each of them.
      .transform((keys) => keys as readonly JsonWebKey[]),
  )

function loads(key: Readonly<Record<string, unknown>>): boolean {
  try {
    const source = { key, format: 'jwk' } as const
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } =
      key['d'] === undefined ? createPublicKey(source) : createPrivateKey(source)
    if (type === 'ec') return details?.namedCurve === 'prime256v1'
    return type === 'ed25519' || (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048)
  } catch {
    return false
  }
}

const scheme = (pattern: RegExp, words: string) =>
  z.string().refine((text) => pattern.test(text) && URL.canParse(text), `must be ${words}`)

/** All variables of the table in the design, by name; absent ones stay undefined, defaults come later. */
export const variables = z.object({
  NODE_ENV: z.string().optional(),
  PORT: whole(0, 65_535).optional(),
  HOST: host.optional(),
  DATABASE_URL: z
    .string()
    .refine((text) => parseDatabaseUrl(text) !== null, 'must be postgres://…, pglite:<folder> or pglite::memory:')
    .optional(),
  REDIS_URL: scheme(/^rediss?:\/\//, 'redis://… or rediss://…').optional(),
  ACCESS_TOKEN_TTL_SECONDS: whole(10, 86_400).optional(),
  REFRESH_TOKEN_IDLE_DAYS: whole(1, 3_650).optional(),
  REFRESH_TOKEN_MAX_DAYS: whole(1, 3_650).optional(),
  ROTATION_GRACE_SECONDS: whole(0, 300).optional(),
  ON_REUSE: oneOf(['family', 'user']).optional(),
  JWT_PRIVATE_KEYS: signingKeys.optional(),
  JWT_ISSUER: issuer.optional(),
  JWT_AUDIENCE: issuer.optional(),
  REFRESH_TOKEN_PEPPER: z.string().min(32, 'must be at least 32 characters of randomness').optional(),
  ALLOWED_ORIGINS: origins.optional(),
  COOKIE_SECURE: switchWord.optional(),
  COOKIE_SAMESITE: oneOf(['strict', 'lax', 'none']).optional(),
  COOKIE_DOMAIN: z
    .string()
    .regex(/^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a domain like example.com')
    .optional(),
  TOKEN_TRANSPORT: oneOf(['cookie', 'body', 'cookie-only']).optional(),
  PUBLIC_URL: webUrl.optional(),
  APP_URL: webUrl.optional(),
  SMTP_URL: scheme(/^smtps?:\/\//, 'smtp://… or smtps://…').optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*@[^\r\n]*$/, 'must be a mail address like Example <no-reply@example.com>')
    .optional(),
  ADMIN_EMAIL: z.email('must be a mail address').optional(),
  ADMIN_PASSWORD: z
    .string()
    .min(15, 'must be at least 15 characters')
    .max(256, 'must be at most 256 characters')
    .optional(),
  TRUST_PROXY_HOPS: whole(0, 10).optional(),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional(),
})

/** The variables after parsing. */
export type Variables = z.infer<typeof variables>

/** Variables whose value no message may show. */
export const secretVariables: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'REDIS_URL',
  'JWT_PRIVATE_KEYS',
  'REFRESH_TOKEN_PEPPER',
  'SMTP_URL',
  'ADMIN_PASSWORD',
])

/** A valid value of each, for messages. */
export const examples: Readonly<Record<keyof Variables, string>> = {
  NODE_ENV: 'production',
  PORT: '8787',
  HOST: '127.0.0.1',
  DATABASE_URL: 'postgres://user:password@host:5432/name, or leave it out for pglite:.latchkey/db',
  REDIS_URL: 'redis://host:6379, or leave it out',
  ACCESS_TOKEN_TTL_SECONDS: '600',
  REFRESH_TOKEN_IDLE_DAYS: '14',
  REFRESH_TOKEN_MAX_DAYS: '30',
  ROTATION_GRACE_SECONDS: '30',
  ON_REUSE: 'family',
  JWT_PRIVATE_KEYS: 'what `npx latchkey-server secrets` prints',
  JWT_ISSUER: 'https://auth.example.com',
  JWT_AUDIENCE: 'https://api.example.com',
  REFRESH_TOKEN_PEPPER: 'what `npx latchkey-server secrets` prints',
  ALLOWED_ORIGINS: 'https://app.example.com,https://admin.example.com',
  COOKIE_SECURE: 'true',
  COOKIE_SAMESITE: 'strict',
  COOKIE_DOMAIN: 'example.com, or leave it out',
  TOKEN_TRANSPORT: 'cookie',
  PUBLIC_URL: 'https://auth.example.com',
  APP_URL: 'https://app.example.com',
  SMTP_URL: 'smtp://user:password@host:587, or leave it out',
  MAIL_FROM: 'Example <no-reply@example.com>',
  ADMIN_EMAIL: 'admin@example.com',
  ADMIN_PASSWORD: 'a passphrase of 15 characters or more',
  TRUST_PROXY_HOPS: '0',
  LOG_LEVEL: 'info',
}
