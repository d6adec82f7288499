// What the environment may say, and what is said where it may not.
import { readFileSync } from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ConfigInvalid, loadConfig } from '../src/config.js'
import { makeSecrets } from '../src/secrets.js'
import { examples, secretVariables } from '../src/examples.js'

const complaint = (env: Record<string, string>): string => {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message
    throw error
  }
  throw new Error(`accepted ${JSON.stringify(env)}`)
}

const production = {
  NODE_ENV: 'production',
  JWT_PRIVATE_KEYS: JSON.stringify({ keys: makeSecrets().keys }),
  REFRESH_TOKEN_PEPPER: makeSecrets().pepper,
  PUBLIC_URL: 'https://auth.example.com',
  ALLOWED_ORIGINS: 'https://app.example.com',
}

describe('without configuration', () => {
  it('runs on this machine alone, on the embedded database', () => {
    expect(loadConfig({})).toMatchInlineSnapshot(`
      {
        "admin": null,
        "appUrl": null,
        "auditDays": 180,
        "breachedPasswordsUrl": null,
        "databaseUrl": "pglite:.latchkey/db",
        "engine": {
          "accessTtl": 600,
          "allowedOrigins": [
            "http://localhost:5173",
            "http://127.0.0.1:5173",
          ],
          "cookie": {
            "sameSite": "strict",
            "secure": false,
          },
          "graceSeconds": 30,
          "onReuse": "family",
          "refreshIdleTtl": 1209600,
          "refreshMaxTtl": 2592000,
          "registration": "open",
          "reuseStreak": 3,
          "transport": "cookie",
        },
        "host": "127.0.0.1",
        "isProduction": false,
        "keys": null,
        "logLevel": "info",
        "mail": {
          "from": null,
          "smtpUrl": null,
        },
        "metrics": null,
        "pepper": null,
        "port": 8787,
        "providers": [],
        "publicUrl": null,
        "redisUrl": null,
        "trustProxyHops": 0,
      }
    `)
  })

  it('an empty or blank value is an absent one', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '  ', JWT_PRIVATE_KEYS: '' })).toEqual(loadConfig({}))
  })

  it('the grace is a quarter of a short token, and never more than 30 s', () => {
    expect(loadConfig({ ACCESS_TOKEN_TTL_SECONDS: '60' }).engine.graceSeconds).toBe(15)
    expect(loadConfig({ ACCESS_TOKEN_TTL_SECONDS: '3600' }).engine.graceSeconds).toBe(30)
  })

  it('a public https address makes the cookie secure and names the issuer', () => {
    const { engine } = loadConfig({ PUBLIC_URL: 'https://auth.example.com/' })
    expect(engine).toMatchObject({ issuer: 'https://auth.example.com', cookie: { secure: true } })
  })
})

describe('a bad value', () => {
  it.each([
    ['PORT', '80 80'],
    ['PORT', '65536'],
    ['PORT', '0x10'],
    ['HOST', 'http://a'],
    ['DATABASE_URL', 'mysql://root:hunter2@h/db'],
    ['DATABASE_URL', 'pglite:'],
    ['DATABASE_URL', 'postgres://:hunter2@[/x'],
    ['REDIS_URL', 'http://:hunter2@h'],
    ['ACCESS_TOKEN_TTL_SECONDS', '10m'],
    ['REFRESH_TOKEN_IDLE_DAYS', '0'],
    ['REFRESH_TOKEN_MAX_DAYS', '-1'],
    ['ROTATION_GRACE_SECONDS', '1.5'],
    ['ON_REUSE', 'all'],
    ['JWT_PRIVATE_KEYS', 'hunter2'],
    ['JWT_PRIVATE_KEYS', '{"keys":[]}'],
    ['JWT_PRIVATE_KEYS', '{"keys":[{"kty":"oct","k":"hunter2"}]}'],
    ['JWT_PRIVATE_KEYS', '{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"hunter2"}]}'],
    ['REFRESH_TOKEN_PEPPER', 'hunter2'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'https://app.example.com/'],
    ['ALLOWED_ORIGINS', 'https://app.example.com,null'],
    ['ALLOWED_ORIGINS', 'https://*.example.com'],
    ['ALLOWED_ORIGINS', 'app.example.com'],
    ['ALLOWED_ORIGINS', ','],
    ['COOKIE_SECURE', 'yes'],
    ['COOKIE_SAMESITE', 'Strict'],
    ['COOKIE_DOMAIN', 'https://example.com'],
    ['TOKEN_TRANSPORT', 'header'],
    ['PUBLIC_URL', 'auth.example.com'],
    ['APP_URL', 'javascript:alert(1)'],
    ['SMTP_URL', 'mailto:hunter2'],
    ['MAIL_FROM', 'nobody'],
    ['BREACHED_PASSWORDS_URL', 'pwned'],
    ['ADMIN_EMAIL', 'root'],
    ['ADMIN_PASSWORD', 'hunter2'],
    ['ROLE_PERMISSIONS', '{"editor":"posts:write"}'],
    ['ROLE_PERMISSIONS', 'editor'],
    ['AUDIT_DAYS', '0'],
    ['TRUST_PROXY_HOPS', 'true'],
    ['METRICS_PORT', 'true'],
    ['METRICS_HOST', 'http://a'],
    ['LOG_LEVEL', 'loud'],
  ])('of %s (%s) is named, explained, and answered with a good one', (name, value) => {
    const line = complaint({ [name]: value })
      .split('\n')
      .find((each) => each.startsWith(name))
    expect(line).toMatch(/ must | is /)
    expect(line).toContain(`${name}=`)
    expect(line?.includes(`is "${value}"`)).toBe(!secretVariables.has(name))
    expect(line).not.toContain('hunter2')
  })

  it('does not hide the next one', () => {
    expect(complaint({ PORT: 'x', LOG_LEVEL: 'y', OAUTH_GOOGLE_ISSUER: 'ftp://x' }).split('\n')).toHaveLength(5)
  })

  it.each([
    [{ REFRESH_TOKEN_IDLE_DAYS: '31' }, 'REFRESH_TOKEN_IDLE_DAYS'],
    [{ ROTATION_GRACE_SECONDS: '200' }, 'ROTATION_GRACE_SECONDS'],
    [{ ADMIN_EMAIL: 'admin@example.com' }, 'ADMIN_PASSWORD'],
    [{ COOKIE_SAMESITE: 'none' }, 'COOKIE_SECURE=true'],
    [{ SMTP_URL: 'smtp://localhost' }, 'MAIL_FROM'],
    [{ PORT: '9464', METRICS_PORT: '9464' }, 'METRICS_PORT'],
    [{ OAUTH_GITHUB_CLIENT_ID: 'id' }, 'OAUTH_GITHUB_CLIENT_SECRET'],
  ])('may be good alone and bad in company: %o', (env, mentioned) => {
    expect(complaint(env)).toContain(mentioned)
  })
})

describe('in production', () => {
  it('S42: an issuer over http is refused, a loopback one too, which development may have', () => {
    const acme = {
      OAUTH_ACME_ISSUER: 'http://localhost:9000',
      OAUTH_ACME_CLIENT_ID: 'a',
      OAUTH_ACME_CLIENT_SECRET: 'b',
    }
    expect(loadConfig(acme).providers).toHaveLength(1)
    expect(() => loadConfig({ ...production, ...acme })).toThrow(/OAUTH_ACME_ISSUER must be an https/)
    expect(() => loadConfig({ ...acme, OAUTH_ACME_ISSUER: 'http://issuer.example' })).toThrow(/OAUTH_ACME_ISSUER/)
  })

  it('explicit keys, pepper and https addresses are enough', () => {
    const config = loadConfig(production)
    expect(config.isProduction).toBe(true)
    expect(config.engine.cookie?.secure).toBe(true)
  })

  it.each([
    ['JWT_PRIVATE_KEYS', ''],
    ['REFRESH_TOKEN_PEPPER', ''],
    ['PUBLIC_URL', ''],
    ['PUBLIC_URL', 'http://auth.example.com'],
    ['ALLOWED_ORIGINS', ''],
    ['ALLOWED_ORIGINS', 'https://app.example.com,http://app.example.com'],
    ['APP_URL', 'http://app.example.com'],
    ['COOKIE_SECURE', 'false'],
  ])('%s=%s refuses the start', (name, value) => {
    expect(complaint({ ...production, [name]: value })).toMatch(new RegExp(`^${name} `))
  })

  it('mails need the address of the app for their links (S34)', () => {
    const mails = { SMTP_URL: 'smtp://localhost', MAIL_FROM: 'no-reply@example.com' }
    expect(complaint({ ...production, ...mails })).toMatch(/^APP_URL /)
    expect(loadConfig({ ...production, ...mails, APP_URL: 'https://app.example.com' }).appUrl).toBe(
      'https://app.example.com',
    )
  })

  it.each(['ec', 'ed25519', 'rsa'] as const)('an %s key signs', (type) => {
    const { privateKey } =
      type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : type === 'rsa'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : generateKeyPairSync('ed25519')
    const keys = JSON.stringify([privateKey.export({ format: 'jwk' })])
    expect(loadConfig({ ...production, JWT_PRIVATE_KEYS: keys }).keys).toHaveLength(1)
  })

  it.each([
    ['secp384r1', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' })],
    ['short RSA', () => generateKeyPairSync('rsa', { modulusLength: 1024 })],
  ])('a %s key does not (B13)', (_name, make) => {
    const keys = JSON.stringify([make().privateKey.export({ format: 'jwk' })])
    expect(complaint({ ...production, JWT_PRIVATE_KEYS: keys })).toContain(
      'JWT_PRIVATE_KEYS must hold usable keys only',
    )
  })
})

it('.env.example lists every variable', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  for (const name of Object.keys(examples)) expect(text).toMatch(new RegExp(`^#? ?${name}=`, 'm'))
})
