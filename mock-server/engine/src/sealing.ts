// Secrets that must be read again, sealed for the store. Its secret: a text opens only for the place it was sealed for.
// Not by WebCrypto, whose AES aborts the process of Node 24 where a failed job before it left an error behind in the thread.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { base64url, bytesOf, fromBase64url } from './encoding.js'

/** Seals and opens texts. */
export type Sealing = {
  readonly seal: (text: string, place: string) => Promise<string>
  /** The text; null where it was sealed by another pepper, for another place, or not at all. */
  readonly open: (sealed: string, place: string) => Promise<string | null>
  /** The same text, sealed by the pepper in use; null where it is already, or cannot be opened. */
  readonly renew: (sealed: string, place: string) => Promise<string | null>
}

const version = 's1'
const nonceLength = 24
const tagLength = 16

/** Seals by a key that is derived from the first pepper, and opens by any: neither the store nor a copy of it can read. */
export function createSealing(peppers: readonly string[]): Sealing {
  const keys = Promise.all(peppers.map(deriveKey))

  /** Which key opens it, and the text. */
  const unlock = async (
    sealed: string,
    place: string,
  ): Promise<{ readonly at: number; readonly text: string } | null> => {
    const [mark, ...parts] = sealed.split('.')
    const [nonce, body] = parts.map(bytesIn)
    if (mark !== version || nonce?.length !== nonceLength || !body || body.length < tagLength) return null
    for (const [at, key] of (await keys).entries()) {
      const opened = decrypt(xchacha20poly1305(key, nonce, bytesOf(place)), body)
      if (opened !== null) return { at, text: new TextDecoder().decode(opened) }
    }
    return null
  }

  const sealing: Sealing = {
    seal: async (text, place) => {
      const [key] = await keys
      if (key === undefined) throw new Error('There is no pepper to seal with: this is a bug of the engine.')
      const nonce = crypto.getRandomValues(new Uint8Array(nonceLength))
      const sealed = xchacha20poly1305(key, nonce, bytesOf(place)).encrypt(bytesOf(text))
      return [version, base64url(nonce), base64url(sealed)].join('.')
    },
    open: async (sealed, place) => (await unlock(sealed, place))?.text ?? null,
    renew: async (sealed, place) => {
      const opened = await unlock(sealed, place)
      return opened === null || opened.at === 0 ? null : sealing.seal(opened.text, place)
    },
  }
  return sealing
}

/** With everything of the right length it throws for one reason: the tag is not of this key, place and text. */
function decrypt(cipher: ReturnType<typeof xchacha20poly1305>, body: Uint8Array): Uint8Array | null {
  try {
    return cipher.decrypt(body)
  } catch {
    return null
  }
}

function bytesIn(text: string): Uint8Array | null {
  try {
    return fromBase64url(text)
  } catch (cause) {
    if (cause instanceof DOMException) return null
    throw cause
  }
}

async function deriveKey(pepper: string): Promise<Uint8Array> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const master = await crypto.subtle.importKey('raw', bytesOf(pepper), hmac, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', master, bytesOf('latchkey sealing 1')))
}
