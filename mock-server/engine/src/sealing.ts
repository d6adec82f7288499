// Secrets that must be read again, sealed for the store: AES-GCM. Its secret: a text opens only for the place it was sealed for.
import { base64url, bytesOf, fromBase64url } from './encoding.js'

/** Seals and opens texts. */
export type Sealing = {
  readonly seal: (text: string, place: string) => Promise<string>
  /** The text; null where it was sealed by another pepper, for another place, or not at all. */
  readonly open: (sealed: string, place: string) => Promise<string | null>
}

const version = 's1'
const ivLength = 12

/** Seals by a key that is derived from the first pepper, and opens by any: neither the store nor a copy of it can read. */
export function createSealing(peppers: readonly string[]): Sealing {
  const keys = Promise.all(peppers.map(deriveKey))
  const by = (iv: Uint8Array<ArrayBuffer>, place: string) => ({ name: 'AES-GCM', iv, additionalData: bytesOf(place) })
  return {
    seal: async (text, place) => {
      const iv = crypto.getRandomValues(new Uint8Array(ivLength))
      const [key] = await keys
      if (key === undefined) throw new Error('There is no pepper to seal with: this is a bug of the engine.')
      const sealed = await crypto.subtle.encrypt(by(iv, place), key, bytesOf(text))
      return [version, base64url(iv), base64url(sealed)].join('.')
    },
    open: async (sealed, place) => {
      const [mark, iv = '', body = ''] = sealed.split('.')
      if (mark !== version) return null
      for (const key of await keys) {
        const opened = await decrypt(by(fromBase64url(iv), place), key, fromBase64url(body))
        if (opened !== null) return new TextDecoder().decode(opened)
      }
      return null
    },
  }
}

async function decrypt(by: AesGcmParams, key: CryptoKey, sealed: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | null> {
  try {
    return await crypto.subtle.decrypt(by, key, sealed)
  } catch (cause) {
    if (cause instanceof DOMException) return null
    throw cause
  }
}

async function deriveKey(pepper: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', bytesOf(pepper), 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: bytesOf('latchkey sealing 1') }
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}
