// Refresh tokens: 256 bits, and how each derives its successor. Its secret is that neither store nor pepper alone can.
import { base64url, bytesOf, randomText, sha256 } from './encoding.js'

/** Where in a family a successor stands. */
type Place = { readonly familyId: string; readonly generation: number }

/** Makes first tokens, and derives the rest. */
export type RefreshTokens = {
  readonly first: () => string
  /** What a successor is derived with; it names the pepper, so that a changed pepper is noticed. */
  readonly nonce: () => Promise<string>
  /** The successor of the token at its place; null where the nonce was made with another pepper. */
  readonly successor: (predecessor: string, nonce: string, place: Place) => Promise<string | null>
}

/** base64url of SHA-256: all that a store ever sees of a token. */
export const digest = (token: string): Promise<string> => sha256(token)

/** Makes and derives refresh tokens: the same predecessor, nonce and place give the same successor, for ever. */
export function createRefreshTokens(pepper: string): RefreshTokens {
  const key = crypto.subtle.importKey('raw', bytesOf(pepper), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const pepperId = sha256(`latchkey pepper id\0${pepper}`).then((hash) => hash.slice(0, 8))
  return {
    first: () => randomText(256),
    nonce: async () => `${await pepperId}.${randomText(128)}`,
    successor: async (predecessor, nonce, { familyId, generation }) => {
      if (!nonce.startsWith(`${await pepperId}.`)) return null
      const message = ['rt1', familyId, generation, predecessor, nonce].join('\0')
      return base64url(await crypto.subtle.sign('HMAC', await key, bytesOf(message)))
    },
  }
}
