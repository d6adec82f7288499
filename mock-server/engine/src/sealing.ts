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

/** Seals by a key that is derived from the pepper: neither the store nor a copy of it can read. */
export function createSealing(pepper: string): Sealing {
  const key = deriveKey(pepper)
  const by = (iv: Uint8Array<ArrayBuffer>, place: string) => ({ name: 'AES-GCM', iv, additionalData: bytesOf(place) })
  return {
    seal: async (text, place) => {
      const iv = crypto.getRandomValues(new Uint8Array(ivLength))
      const sealed = await crypto.subtle.encrypt(by(iv, place), await key, bytesOf(text))
      return [version, base64url(iv), base64url(sealed)].join('.')
    },
    open: async (sealed, place) => {
      const [mark, iv = '', body = ''] = sealed.split('.')
      if (mark !== version) return null
      try {
        const opened = await crypto.subtle.decrypt(by(fromBase64url(iv), place), await key, fromBase64url(body))
        return new TextDecoder().decode(opened)
      } catch (cause) {
        if (cause instanceof DOMException) return null
        throw cause
      }
    },
  }
}

async function deriveKey(pepper: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', bytesOf(pepper), 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: bytesOf('latchkey sealing 1') }
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}
