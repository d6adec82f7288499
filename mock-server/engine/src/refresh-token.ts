// Refresh tokens: 256 bits, and how each derives its successor. Its secret is that neither store nor pepper alone can.
import { bytesOf, hmacBy, randomText, sha256 } from './encoding.js'

/** Where in a family a successor stands. */
type Place = { readonly familyId: string; readonly generation: number }

/** Makes first tokens, and derives the rest. */
export type RefreshTokens = {
  readonly first: () => string
  /** What a successor is derived with; it names the pepper, so that another one can take over. */
  readonly nonce: () => Promise<string>
  /** The successor of the token at its place; null where the pepper that the nonce names is gone. */
  readonly successor: (predecessor: string, nonce: string, place: Place) => Promise<string | null>
}

/** base64url of SHA-256: all that a store ever sees of a token. */
export const digest = (token: string): Promise<string> => sha256(token)

/**
 * Makes and derives refresh tokens: the same predecessor, nonce and place give the same successor, for ever. The first
 * pepper derives what is new; the others only what they derived before, so that a pepper can be changed without a logout.
 */
export function createRefreshTokens(peppers: readonly string[]): RefreshTokens {
  const known = Promise.all(peppers.map(readPepper))
  return {
    first: () => randomText(256),
    nonce: async () => `${(await known)[0]?.id ?? ''}.${randomText(128)}`,
    successor: async (predecessor, nonce, { familyId, generation }) => {
      const pepper = (await known).find(({ id }) => nonce.startsWith(`${id}.`))
      if (pepper === undefined) return null
      const message = ['rt1', familyId, generation, predecessor, nonce].join('\0')
      return pepper.derive(message)
    },
  }
}

/** What a pepper derives, and the name by which nonces tell it from others: no hint at the pepper itself. */
async function readPepper(pepper: string): Promise<{ readonly id: string; readonly derive: (text: string) => string }> {
  const id = (await sha256(`latchkey pepper id\0${pepper}`)).slice(0, 8)
  return { id, derive: hmacBy(bytesOf(pepper)) }
}
