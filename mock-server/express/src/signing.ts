// Signs access tokens on the calling thread. Its secret: a signature takes less time than the way to another thread.
import { createPrivateKey, sign } from 'node:crypto'
import type { JwtSigner } from '@latchkey/engine'

/** The digest that each algorithm signs; EdDSA has its own (RFC 7518 §3.3, §3.4, RFC 8037 §3.1). */
const digests: Readonly<Record<string, 'sha256' | null>> = { ES256: 'sha256', EdDSA: null, RS256: 'sha256' }

/** The engine's signer in Node: `bench/` has the figures. @throws Error for a key that Node cannot read. */
export const signNow: JwtSigner = (jwk, header) => {
  const digest = digests[header.alg]
  if (digest === undefined) throw new TypeError(`A signing key is for ${header.alg}: use ES256, EdDSA or RS256.`)
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' })
  const head = encode(header)
  return (claims) => {
    const text = `${head}.${encode(claims)}`
    const signature = sign(digest, Buffer.from(text), key)
    return `${text}.${(header.alg === 'ES256' ? halves(signature) : signature).toString('base64url')}`
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/**
 * The two integers of an ECDSA signature, 32 bytes each, without the DER around them (RFC 7518 §3.4). Node does it as
 * well where it is asked to, but a key with options costs three times the signature (24.21).
 */
function halves(der: Buffer): Buffer {
  const raw = Buffer.alloc(64)
  const [, , , first = 0] = der
  const end = 4 + first
  put(der.subarray(4, end), raw.subarray(0, 32))
  put(der.subarray(end + 2), raw.subarray(32))
  return raw
}

/** To the right: DER leaves out leading zeros, and puts one before a high bit. */
function put(integer: Buffer, half: Buffer): void {
  const digits = integer.subarray(-32)
  digits.copy(half, 32 - digits.length)
}
