// All there is to know about an access token. Its secrets: jwt-decode's gaps, and an expiry that needs no right clock.
import { jwtDecode } from 'jwt-decode'
import type { Clock } from './clock.js'
import { AuthError } from './errors.js'

/** Claims of a JWT as read, not verified: hints for the client, never a basis for a decision on access. */
export type Claims = Readonly<Record<string, unknown>>

/** An access token in hand. Its text is null where it travels in a cookie that the page cannot see. */
export type AccessToken = {
  readonly value: string | null
  readonly claims: Claims
  /** Milliseconds from receipt to expiry; null where nobody said. */
  readonly lifetime: number | null
  readonly receivedAt: { readonly wall: number; readonly monotonic: number }
}

/** What a reply says of the token's life: seconds from `expires_in`, and its `Date` header in milliseconds; NaN says nothing. */
export type Expiry = {
  readonly expiresIn?: number | undefined
  readonly date?: number | undefined
  /** The token was not issued just now, or lives until it is refused: its age is unknown. */
  readonly ageless?: boolean
}

/** What may follow `Bearer `: anything else makes a `Headers` object throw a TypeError that quotes the token. Servers stop at 8 to 16 KiB. */
const sendable = /^[!-~]{1,16384}$/
/** Longest token that is decoded (RFC 7519 sets none). */
const decodedLimit = 8_192
const tenYears = 3.2e11

/**
 * The token as held from now on. Not verified: the signature is the backend's business.
 * Lifetime: `expires_in`, else `exp - iat`, else `exp` minus the reply's `Date`, never against the device's clock.
 * @throws `protocol_error` where the token is empty, too long or no header text, or nothing at all speaks of an expiry.
 * @see RFC 6749 §5.1, RFC 7519 §4.1
 */
export function holdToken(value: string | null, expiry: Expiry, receivedAt: AccessToken['receivedAt']): AccessToken {
  // A cookie that the page cannot see is taken for a token without claims.
  const text = value ?? '-'
  if (!sendable.test(text)) {
    throw new AuthError('protocol_error', 'The server’s access token cannot be sent in a header. Check the profile.')
  }
  const claims = readClaims(text)
  const lifetime = lifetimeOf(expiry, claims)
  if (lifetime === null && value !== null && !expiry.ageless && !seconds(claims['exp'])) {
    throw new AuthError(
      'protocol_error',
      'The reply names no expiry: no expires_in, no exp. Set the profile’s lifetime.',
    )
  }
  return { value, claims, lifetime, receivedAt }
}

/** The claims, or an empty object for anything but a three-part JWT of a plain object: such a token is opaque. */
export function readClaims(token: string): Claims {
  if (token.length > decodedLimit || token.split('.', 4).length !== 3) return {}
  try {
    const claims = jwtDecode<unknown>(token)
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as Claims) : {}
  } catch {
    return {}
  }
}

/** Milliseconds that the token is still good for, by the earlier of both clocks; `Infinity` where its expiry is unknown. */
export function timeLeft(token: AccessToken, clock: Clock): number {
  if (token.lifetime === null) return Infinity
  const { wall, monotonic } = token.receivedAt
  return token.lifetime - Math.max(clock.now() - wall, clock.monotonic() - monotonic)
}

/** Whether a bearer token may go there: over TLS, or to this very machine (RFC 6750 §5.3). */
export function mayTravel(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Wall-clock milliseconds of the expiry on this device; null where it is unknown. */
export function expiresAt(token: AccessToken): number | null {
  return token.lifetime === null ? null : token.receivedAt.wall + token.lifetime
}

/** True where `candidate` was issued after `held`: by generation, else by `iat`. False where neither tells. */
export function isNewer(candidate: Claims, held: Claims): boolean {
  for (const claim of ['gen', 'iat']) {
    const [a, b] = [candidate[claim], held[claim]]
    if (typeof a === 'number' && typeof b === 'number' && a !== b) return a > b
  }
  return false
}

function lifetimeOf({ expiresIn, date = NaN, ageless }: Expiry, claims: Claims): number | null {
  const issued = ageless ? NaN : seconds(claims['iat']) * 1000
  const lifetime = seconds(expiresIn) * 1000 || seconds(claims['exp']) * 1000 - (issued || date)
  return lifetime > 0 ? Math.min(lifetime, tenYears) : null
}

/** NaN for what is no time: whatever is reckoned with it says nothing either. */
function seconds(claim: unknown): number {
  return Number.isFinite(claim) && (claim as number) > 0 ? (claim as number) : NaN
}
