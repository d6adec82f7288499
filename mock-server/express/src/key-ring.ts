// A set of signing keys over time. Its secret: every key is published before it signs and after it has signed (B16).
import { generateKeyPairSync, randomUUID } from 'node:crypto'

/** How many retired keys stay published: a token lives shorter than the time between two rotations. */
const kept = 2
const secretParts = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])

/** A fresh private ES256 key. */
export function makeKey(): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  // A random id is enough, and the next key must not be guessable from the last.
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'ES256' } as JsonWebKey
}

/** Two fresh keys: the first signs, the second is published to sign after the next rotation. */
export const makeKeys = (): readonly JsonWebKey[] => [makeKey(), makeKey()]

/** A set after a rotation; `signsAnew` is false where the set had no key that was published to be next, and now has one. */
export type Rotated = { readonly keys: readonly JsonWebKey[]; readonly signsAnew: boolean }

/**
 * The key that was published to be next signs, a fresh one is published, and the one that signed stays, by its public part.
 * Processes that have the old set verify what those with the new one sign, so they may be restarted one by one.
 */
export function rotateKeys([signer, ...others]: readonly JsonWebKey[]): Rotated {
  if (signer === undefined) return { keys: makeKeys(), signsAnew: true }
  const [next] = others
  const isPublished = next?.d !== undefined
  if (!isPublished) return { keys: [signer, makeKey(), ...others.slice(0, kept)], signsAnew: false }
  const retired = [signer, ...others.slice(1)].slice(0, kept).map(publicPart)
  return { keys: [next, makeKey(), ...retired], signsAnew: true }
}

const publicPart = (key: JsonWebKey): JsonWebKey =>
  Object.fromEntries(Object.entries(key).filter(([name]) => !secretParts.has(name)))
