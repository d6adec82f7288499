// `JWT_PRIVATE_KEYS` as text. Its secret: which keys may sign, proven by loading each of them.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { z } from 'zod'

/** A JWK set or an array of JWKs, as JSON; the first key is private and signs, every key must load (B13, B16). */
export const signingKeys = z
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
