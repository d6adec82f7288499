// The signing keys; their secret is which algorithm each may sign with, decided by the key and never by a token (B13).
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'

/** A public key as the JWKS publishes it. */
type PublicJwk = {
  readonly kty: string
  readonly kid: string
  readonly alg: string
  readonly use: 'sig'
  readonly [member: string]: string
}

/** One key to sign with, and all that verify. */
export type KeySet = {
  readonly algorithms: readonly string[]
  readonly signer: { readonly kid: string; readonly alg: string; readonly key: CryptoKey; readonly jwk: JsonWebKey }
  /** The public key of that id, if that algorithm is its own. */
  readonly find: (kid: string, alg: string) => CryptoKey | null
  readonly jwks: { readonly keys: readonly PublicJwk[] }
}

/** A fresh private ES256 key with its thumbprint as `kid`. */
export async function generateSigningKey(): Promise<JsonWebKey & { readonly kid: string }> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...(jwk as JsonWebKey), kid: await calculateJwkThumbprint(jwk), alg: 'ES256' }
}

/**
 * Imports the keys: the first signs and must be private; of all others the public part is enough, so that a key can be
 * published before it signs and kept after (B16).
 * @throws TypeError where a key is none of EC P-256, Ed25519 and RSA, or the first is not private.
 */
export async function createKeySet(given: readonly JsonWebKey[]): Promise<KeySet> {
  const keys = await Promise.all(given.map(importKey))
  const [first] = keys
  const [jwk] = given
  if (first === undefined || jwk?.d === undefined) {
    throw new TypeError('The first of the signing keys must be a private JWK: make one with generateSigningKey().')
  }
  const { kid, alg } = first.published
  return {
    algorithms: [...new Set(keys.map(({ published }) => published.alg))],
    signer: { kid, alg, key: await importFor(jwk, alg), jwk },
    find: (wanted, by) => keys.find(({ published }) => published.kid === wanted && published.alg === by)?.key ?? null,
    jwks: { keys: keys.map(({ published }) => published) },
  }
}

async function importKey(given: JsonWebKey): Promise<{ readonly published: PublicJwk; readonly key: CryptoKey }> {
  const alg = algorithmOf(given)
  const { kty = '', crv, x, y, n, e } = given
  const parts = Object.entries({ crv, x, y, n, e }).filter((part): part is [string, string] => part[1] !== undefined)
  const open: JWK = { kty, ...Object.fromEntries(parts) }
  const named = (given as { readonly kid?: unknown }).kid
  const kid = typeof named === 'string' ? named : await calculateJwkThumbprint(open)
  const published: PublicJwk = { kty, ...Object.fromEntries(parts), kid, alg, use: 'sig' }
  return { published, key: await importFor(open, alg) }
}

function algorithmOf({ kty, crv }: JsonWebKey): string {
  if (kty === 'EC' && crv === 'P-256') return 'ES256'
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA'
  if (kty === 'RSA') return 'RS256'
  throw new TypeError(`A signing key is ${kty ?? 'of no type'} ${crv ?? ''}: use EC P-256, OKP Ed25519 or RSA.`)
}

/** What a JWK says of its own use does not count: a key signs and verifies what its type can. */
async function importFor({ key_ops: _operations, use: _use, ...jwk }: JWK, alg: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, alg)
  if (key instanceof Uint8Array) throw new TypeError('A signing key is symmetric: use EC P-256, OKP Ed25519 or RSA.')
  return key
}
