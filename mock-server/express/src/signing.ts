// Signs access tokens on the calling thread. Its secret: a signature takes less time than the way to another thread.
import { createPrivateKey, sign } from 'node:crypto'
import type { JwtSigner } from '@latchkey/engine'
import { derToJose } from 'ecdsa-sig-formatter'

/** The digest that each algorithm signs; EdDSA has its own (RFC 7518 §3.3, §3.4, RFC 8037 §3.1). */
const digests: Readonly<Record<string, 'sha256' | null>> = { ES256: 'sha256', EdDSA: null, RS256: 'sha256' }

/**
 * The engine's signer in Node: `bench/` has the figures. Not by a JWT library, for those hand the key over with options,
 * which costs three times the signature (Node 24.21). @throws Error for a key that Node cannot read.
 */
export const signNow: JwtSigner = (jwk, header) => {
  const digest = digests[header.alg]
  if (digest === undefined) throw new TypeError(`A signing key is for ${header.alg}: use ES256, EdDSA or RS256.`)
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' })
  const head = encode(header)
  return (claims) => {
    const text = `${head}.${encode(claims)}`
    const signature = sign(digest, Buffer.from(text), key)
    return `${text}.${header.alg === 'ES256' ? derToJose(signature, 'ES256') : signature.toString('base64url')}`
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
