// Access tokens: signed and verified here only. The secret is everything that a token must not decide by itself (B13, B14).
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { millisecondsOf, type EngineClock } from './clock.js'
import type { JwtSigner } from './jwt-signer.js'
import type { KeySet } from './keys.js'

const type = 'at+jwt'
const maxLength = 8192
const leewaySeconds = 60
const foreignKeys = ['jwk', 'jku', 'x5u', 'x5c']

/** What an access token says beside who issued it and when. */
type AccessClaims = {
  readonly sub: string
  readonly sid: string
  readonly gen: number
  readonly role: string
  /** When whoever opened the session proved themselves, in milliseconds; 0 where the token does not say. */
  readonly authTime: number
  /** How, as RFC 8176 names it. */
  readonly amr: readonly string[]
}

/** A verified token's claims; `expiresAt` in milliseconds. */
type VerifiedClaims = AccessClaims & { readonly expiresAt: number }

/** Signs and verifies. */
export type AccessTokens = {
  readonly sign: (claims: AccessClaims) => Promise<string>
  /** The claims, or null for whatever is not a living access token of ours. */
  readonly verify: (token: string) => Promise<VerifiedClaims | null>
}

/** What every token of this engine has in common. */
export type AccessTokenRules = {
  readonly issuer: string
  readonly audience: string
  /** Seconds. */
  readonly ttl: number
  readonly clock: EngineClock
  /** WebCrypto by jose where absent, which runs anywhere. */
  readonly signer?: JwtSigner | undefined
}

/** Signs with the first key, verifies with any, each by its own algorithm only. */
export function createAccessTokens(keys: Promise<KeySet>, rules: AccessTokenRules): AccessTokens {
  const { issuer, audience, ttl, clock, signer } = rules
  const signing = keys.then((set) => signingBy(set.signer, signer))
  // Whoever signs learns why it cannot be done.
  signing.catch(() => undefined)

  const sign = async ({ authTime, ...claims }: AccessClaims): Promise<string> => {
    const iat = Math.floor(millisecondsOf(clock) / 1000)
    const times = { iat, exp: iat + ttl, auth_time: Math.floor(authTime / 1000) }
    return (await signing)({ ...claims, ...times, iss: issuer, aud: audience, jti: crypto.randomUUID() })
  }

  const verify = async (token: string): Promise<VerifiedClaims | null> => {
    if (token.length > maxLength) return null
    const { algorithms, find } = await keys
    const currentDate = new Date(millisecondsOf(clock))
    try {
      const { payload } = await jwtVerify(
        token,
        (header) => {
          const key = foreignKeys.some((name) => name in header) ? null : find(header.kid ?? '', header.alg)
          if (key === null) throw new errors.JWKSNoMatchingKey()
          return key
        },
        {
          algorithms: [...algorithms],
          typ: type,
          issuer,
          audience,
          currentDate,
          requiredClaims: ['sub', 'sid', 'gen', 'role', 'iat', 'exp', 'jti'],
        },
      )
      return readClaims(payload, currentDate.getTime() / 1000)
    } catch (cause) {
      if (cause instanceof errors.JOSEError) return null
      throw cause
    }
  }

  return { sign, verify }
}

function signingBy({ kid, alg, key, jwk }: KeySet['signer'], signer: JwtSigner | undefined): ReturnType<JwtSigner> {
  const header = { alg, kid, typ: type }
  return signer?.(jwk, header) ?? ((claims) => new SignJWT(claims).setProtectedHeader(header).sign(key))
}

function readClaims(payload: JWTPayload, nowSeconds: number): VerifiedClaims | null {
  const { sub, sid, gen, role, iat, exp, jti, auth_time: authTime = 0, amr = [] } = payload
  if (typeof sub !== 'string' || typeof sid !== 'string' || typeof role !== 'string' || typeof jti !== 'string')
    return null
  if (typeof gen !== 'number' || !Number.isSafeInteger(gen) || gen < 0) return null
  if (typeof iat !== 'number' || iat > nowSeconds + leewaySeconds || typeof exp !== 'number') return null
  if (typeof authTime !== 'number' || !Array.isArray(amr) || amr.some((method) => typeof method !== 'string'))
    return null
  return { sub, sid, gen, role, authTime: authTime * 1000, amr, expiresAt: exp * 1000 }
}
