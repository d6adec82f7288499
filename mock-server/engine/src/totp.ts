// Time-based codes (RFC 6238). Its secret: a code is a time step, and a step is a number that can be used up.
import { Secret, TOTP } from 'otpauth'
import { renderSVG } from 'uqr'

/** Seconds that one code stands for. */
const period = 30
/** Steps before and after the present one that still count: clocks of phones differ. */
const tolerance = 1

/** What an authenticator app is given, once. */
export type TotpInvitation = {
  /** base32. */
  readonly secret: string
  /** `otpauth://totp/…`. */
  readonly uri: string
  /** The URI as a QR code: an SVG as a `data:` URI. */
  readonly qr: string
}

const totp = (secret: string, issuer = '', label = '') =>
  new TOTP({ issuer, label, secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period })

/** A secret of 160 bits. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32

/** The secret in the forms in which people take it to an authenticator. */
export function inviteToTotp(secret: string, issuer: string, label: string): TotpInvitation {
  const uri = totp(secret, issuer, label).toString()
  return { secret, uri, qr: `data:image/svg+xml,${encodeURIComponent(renderSVG(uri))}` }
}

const stepAt = (now: number): number => Math.floor(now / 1000 / period)

/** The step that the code stands for near `now`; null where it is wrong. */
export function stepOf(secret: string, code: string, now: number): number | null {
  const delta = totp(secret).validate({ token: code, timestamp: now, window: tolerance })
  return delta === null ? null : stepAt(now) + delta
}
