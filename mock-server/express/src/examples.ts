// A good value of every variable, for messages. Its secret: which variables no message may quote.
import type { Variables } from './variables.js'

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
  REUSE_STREAK: '3',
  JWT_PRIVATE_KEYS: 'what `npx latchkey-server secrets` prints',
  JWT_ISSUER: 'https://auth.example.com',
  JWT_AUDIENCE: 'https://api.example.com',
  REFRESH_TOKEN_PEPPER: 'what `npx latchkey-server secrets` prints',
  ALLOWED_ORIGINS: 'https://app.example.com,https://admin.example.com',
  COOKIE_SECURE: 'true',
  COOKIE_SAMESITE: 'strict',
  COOKIE_DOMAIN: 'example.com, or leave it out',
  REGISTRATION: 'open',
  TOKEN_TRANSPORT: 'cookie',
  PUBLIC_URL: 'https://auth.example.com',
  APP_URL: 'https://app.example.com',
  SMTP_URL: 'smtp://user:password@host:587, or leave it out',
  MAIL_FROM: 'Example <no-reply@example.com>',
  BREACHED_PASSWORDS_URL: 'https://api.pwnedpasswords.com/range, or leave it out',
  ADMIN_EMAIL: 'admin@example.com',
  ADMIN_PASSWORD: 'a passphrase of 15 characters or more',
  ROLE_PERMISSIONS: '{"editor":["posts:write"]}',
  AUDIT_DAYS: '180',
  TRUST_PROXY_HOPS: '0',
  METRICS_PORT: '9464, or leave it out',
  METRICS_HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
}
