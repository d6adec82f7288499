// Signs access tokens on the calling thread. Its secret: a signature takes less time than the way to another thread.
import { createPrivateKey } from 'node:crypto'
import type { JwtSigner } from '@latchkey/engine'
import { type Algorithm, createSigner } from 'fast-jwt'

const algorithms: Readonly<Record<string, Algorithm>> = { ES256: 'ES256', EdDSA: 'EdDSA', RS256: 'RS256' }

/** The engine's signer in Node: `bench/` has the figures. @throws Error for a key that Node cannot read. */
export const signNow: JwtSigner = (key, { alg, kid, typ }) => {
  const algorithm = algorithms[alg]
  if (algorithm === undefined) throw new TypeError(`A signing key is for ${alg}: use ES256, EdDSA or RS256.`)
  const pem = createPrivateKey({ key: { ...key }, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' })
  const sign = createSigner({ key: pem, algorithm, kid, header: { alg, typ } })
  // The claims' own `iat` stands: it is of the engine's clock.
  return (claims) => sign(claims)
}
