// From the environment to a configuration that holds together. Its secret: defaults, and which settings need each other.
import type { EngineOptions } from '@latchkey/engine'
import { type ProviderVariables, readProviders } from './providers.js'
import { contradictions, isSecure } from './contradictions.js'
import { examples, secretVariables } from './examples.js'
import { type Variables, variables } from './variables.js'

const day = 86_400

/** A configuration that was checked; `loadConfig` makes it from the environment. Durations in `engine` are seconds. */
export type Config = {
  readonly isProduction: boolean
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  readonly databaseUrl: string
  readonly redisUrl: string | null
  /** Where people reach the server; null where that is the listening address. */
  readonly publicUrl: string | null
  /** Where people reach the app, for links in mails; null in development stands for the first allowed origin. */
  readonly appUrl: string | null
  /** Null in development where none are set: then they are made once and kept beside the database. */
  readonly keys: readonly JsonWebKey[] | null
  readonly pepper: readonly string[] | null
  readonly engine: Omit<EngineOptions, 'store' | 'passwords' | 'clock' | 'keys' | 'pepper' | 'onEvent'> & {
    readonly allowedOrigins: readonly string[]
  }
  /** The range endpoint that new passwords are looked up at; null where they are not. */
  readonly breachedPasswordsUrl: string | null
  readonly admin: { readonly email: string; readonly password: string } | null
  readonly mail: { readonly smtpUrl: string | null; readonly from: string | null }
  /** How long the audit log goes back. */
  readonly auditDays: number
  readonly providers: readonly ProviderVariables[]
  readonly trustProxyHops: number
  /** Where metrics are read; null where they are not counted. */
  readonly metrics: { readonly host: string; readonly port: number } | null
  readonly logLevel: string
}

/** Settings that cannot be used; the message has a line for each, and never the value of a secret. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid'
}

/**
 * Checks all variables of `.env.example` at once; an empty value counts as absent.
 * @throws ConfigInvalid naming each bad variable, why it is refused, and what to do.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const parsed = variables.safeParse(given)
  const { providers, complaints } = readProviders(given)
  const refused = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map((issue) => complain(issue, given))
  const all = [...new Set([...refused, ...complaints, ...unfit(providers, given)])]
  if (!parsed.success || all.length > 0) throw new ConfigInvalid(all.join('\n'))
  return assemble(parsed.data, providers)
}

/** A loopback issuer is a developer's: in production it would be whoever else listens on that machine. */
const unfit = (providers: readonly ProviderVariables[], { NODE_ENV }: Record<string, string | undefined>): string[] =>
  providers
    .filter(({ issuer }) => NODE_ENV === 'production' && !issuer.startsWith('https:'))
    .map(({ name }) => `OAUTH_${name.toUpperCase()}_ISSUER must be an https:// address in production. Correct it.`)

function complain(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string },
  given: Record<string, string | undefined>,
): string {
  const name = String(issue.path[0])
  const shown = secretVariables.has(name) ? '' : `, and is "${given[name]?.slice(0, 60)}"`
  return `${name} ${issue.message}${shown}. Set it like ${name}=${examples[name as keyof Variables]}`
}

function assemble(set: Variables, providers: readonly ProviderVariables[]): Config {
  const accessTtl = set.ACCESS_TOKEN_TTL_SECONDS ?? 600
  return {
    isProduction: set.NODE_ENV === 'production',
    host: set.HOST ?? '127.0.0.1',
    port: set.PORT ?? 8787,
    databaseUrl: set.DATABASE_URL ?? 'pglite:.latchkey/db',
    redisUrl: set.REDIS_URL ?? null,
    publicUrl: set.PUBLIC_URL ?? null,
    appUrl: set.APP_URL ?? null,
    keys: set.JWT_PRIVATE_KEYS ?? null,
    pepper: set.REFRESH_TOKEN_PEPPER ?? null,
    engine: {
      allowedOrigins: set.ALLOWED_ORIGINS ?? ['http://localhost:5173', 'http://127.0.0.1:5173'],
      accessTtl,
      refreshIdleTtl: (set.REFRESH_TOKEN_IDLE_DAYS ?? 14) * day,
      refreshMaxTtl: (set.REFRESH_TOKEN_MAX_DAYS ?? 30) * day,
      graceSeconds: set.ROTATION_GRACE_SECONDS ?? Math.min(30, Math.floor(accessTtl / 4)),
      onReuse: set.ON_REUSE ?? 'family',
      reuseStreak: set.REUSE_STREAK ?? 3,
      registration: set.REGISTRATION ?? 'open',
      transport: set.TOKEN_TRANSPORT ?? 'cookie',
      cookie: {
        secure: isSecure(set),
        sameSite: set.COOKIE_SAMESITE ?? 'strict',
        ...(set.COOKIE_DOMAIN === undefined ? {} : { domain: set.COOKIE_DOMAIN }),
      },
      ...(set.ROLE_PERMISSIONS === undefined ? {} : { permissions: set.ROLE_PERMISSIONS }),
      ...issuance(set),
    },
    breachedPasswordsUrl: set.BREACHED_PASSWORDS_URL ?? null,
    admin: set.ADMIN_EMAIL && set.ADMIN_PASSWORD ? { email: set.ADMIN_EMAIL, password: set.ADMIN_PASSWORD } : null,
    mail: { smtpUrl: set.SMTP_URL ?? null, from: set.MAIL_FROM ?? null },
    providers,
    auditDays: set.AUDIT_DAYS ?? 180,
    trustProxyHops: set.TRUST_PROXY_HOPS ?? 0,
    metrics: set.METRICS_PORT === undefined ? null : { host: set.METRICS_HOST ?? '127.0.0.1', port: set.METRICS_PORT },
    logLevel: set.LOG_LEVEL ?? 'info',
  }
}

/** Names in the tokens: yours, else the public address; the engine's own where there is neither. */
function issuance({ JWT_ISSUER, JWT_AUDIENCE, PUBLIC_URL }: Variables): Pick<EngineOptions, 'issuer' | 'audience'> {
  const issuer = JWT_ISSUER ?? PUBLIC_URL
  const audience = JWT_AUDIENCE ?? PUBLIC_URL
  return { ...(issuer === undefined ? {} : { issuer }), ...(audience === undefined ? {} : { audience }) }
}
