// Settings that are good alone and bad in company. Its secret: what needs what, and what production demands.
import type { Variables } from './variables.js'

/** Whether the refresh cookie is for https alone: as set, else where the public address is https. */
export const isSecure = (set: Variables) => set.COOKIE_SECURE ?? set.PUBLIC_URL?.startsWith('https:') ?? false

/** What is wrong with the settings together, a line each. */
export function contradictions(set: Variables): string[] {
  const lines: string[] = []
  const refuse = (isWrong: boolean, line: string) => void (isWrong && lines.push(line))
  const access = set.ACCESS_TOKEN_TTL_SECONDS ?? 600

  refuse(
    (set.REFRESH_TOKEN_IDLE_DAYS ?? 14) > (set.REFRESH_TOKEN_MAX_DAYS ?? 30),
    'REFRESH_TOKEN_IDLE_DAYS is longer than REFRESH_TOKEN_MAX_DAYS. Lower the first or raise the second.',
  )
  refuse(
    (set.ROTATION_GRACE_SECONDS ?? 0) * 4 > access,
    'ROTATION_GRACE_SECONDS is more than a quarter of ACCESS_TOKEN_TTL_SECONDS. Lower the first or raise the second.',
  )
  refuse(
    (set.ADMIN_EMAIL === undefined) !== (set.ADMIN_PASSWORD === undefined),
    'ADMIN_EMAIL and ADMIN_PASSWORD go together. Set both, or neither.',
  )
  refuse(
    set.COOKIE_SAMESITE === 'none' && !isSecure(set),
    'COOKIE_SAMESITE is none, which browsers take from secure cookies only. Set COOKIE_SECURE=true and serve over https.',
  )
  refuse(
    set.SMTP_URL !== undefined && set.MAIL_FROM === undefined,
    'MAIL_FROM is missing: SMTP_URL needs a sender. Set both, or neither.',
  )
  const metricsPort = set.METRICS_PORT ?? 0
  refuse(
    metricsPort !== 0 && metricsPort === (set.PORT ?? 8787),
    'METRICS_PORT is the same as PORT: metrics need a port of their own. Change one of them.',
  )
  return set.NODE_ENV === 'production' ? [...lines, ...unfitForProduction(set)] : lines
}

function unfitForProduction(set: Variables): string[] {
  const make = 'Make one with `npx latchkey-server secrets`.'
  const lines: (string | false)[] = [
    set.JWT_PRIVATE_KEYS === undefined &&
      `JWT_PRIVATE_KEYS is missing: production needs signing keys of its own. ${make}`,
    set.REFRESH_TOKEN_PEPPER === undefined &&
      `REFRESH_TOKEN_PEPPER is missing: production needs a secret of its own. ${make}`,
    !set.PUBLIC_URL?.startsWith('https:') &&
      'PUBLIC_URL must be an https:// address in production. Set it to the address that people reach.',
    set.ALLOWED_ORIGINS === undefined &&
      'ALLOWED_ORIGINS is missing: production needs the exact origins of your apps. List them.',
    set.ALLOWED_ORIGINS?.some((each) => !each.startsWith('https:')) === true &&
      'ALLOWED_ORIGINS must list https:// origins only in production. Remove the others.',
    set.SMTP_URL !== undefined &&
      set.APP_URL === undefined &&
      'APP_URL is missing: SMTP_URL sends mails, and their links need the address of your app. Set both, or neither.',
    set.REGISTRATION === 'private' &&
      set.SMTP_URL === undefined &&
      'SMTP_URL is missing: REGISTRATION=private goes on by mail. Set it, or REGISTRATION=open.',
    set.APP_URL?.startsWith('http:') === true && 'APP_URL must be an https:// address in production. Correct it.',
    set.BREACHED_PASSWORDS_URL?.startsWith('http:') === true &&
      'BREACHED_PASSWORDS_URL must be an https:// address in production. Correct it, or leave it out.',
    set.COOKIE_SECURE === false && 'COOKIE_SECURE must not be false in production. Leave it out.',
  ]
  return lines.filter((line) => line !== false)
}
