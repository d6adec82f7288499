// Every environment variable: its type, its limits and its words of complaint. Its secret: what a valid value looks like.
import { z } from 'zod'
import { parseDatabaseUrl } from './database-url.js'
import { rolePermissions } from './role-permissions.js'
import { signingKeys } from './signing-keys.js'

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
  REUSE_STREAK: whole(0, 100).optional(),
  REFRESH_TOKEN_PEPPER: z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(z.string().min(32, 'must be at least 32 characters of randomness')))
    .optional(),
  ALLOWED_ORIGINS: origins.optional(),
  COOKIE_SECURE: switchWord.optional(),
  COOKIE_SAMESITE: oneOf(['strict', 'lax', 'none']).optional(),
  COOKIE_DOMAIN: z
    .string()
    .regex(/^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a domain like example.com')
    .optional(),
  REGISTRATION: oneOf(['open', 'private']).optional(),
  TOKEN_TRANSPORT: oneOf(['cookie', 'body', 'cookie-only']).optional(),
  PUBLIC_URL: webUrl.optional(),
  APP_URL: webUrl.optional(),
  SMTP_URL: scheme(/^smtps?:\/\//, 'smtp://… or smtps://…').optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*@[^\r\n]*$/, 'must be a mail address like Example <no-reply@example.com>')
    .optional(),
  BREACHED_PASSWORDS_URL: webUrl.optional(),
  ADMIN_EMAIL: z.email('must be a mail address').optional(),
  ADMIN_PASSWORD: z
    .string()
    .min(15, 'must be at least 15 characters')
    .max(256, 'must be at most 256 characters')
    .optional(),
  ROLE_PERMISSIONS: rolePermissions.optional(),
  AUDIT_DAYS: whole(1, 3_650).optional(),
  TRUST_PROXY_HOPS: whole(0, 10).optional(),
  METRICS_PORT: whole(0, 65_535).optional(),
  METRICS_HOST: host.optional(),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional(),
})

/** The variables after parsing. */
export type Variables = z.infer<typeof variables>
