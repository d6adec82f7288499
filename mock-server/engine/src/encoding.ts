// Bytes and text: base64url, SHA-256, HMAC, randomness. Its secret is whose work it is: Node's own in Node, ours in browsers.

import { hmac as hmacOf } from '@noble/hashes/hmac.js'
import { sha256 as digestOf } from '@noble/hashes/sha2.js'

/** What of `node:crypto` is used here: a digest costs a tenth of one in JavaScript. */
type NodeCrypto = {
  readonly hash: (algorithm: 'sha256', text: string, encoding: 'base64url') => string
  readonly createSecretKey: (key: Uint8Array) => object
  readonly createHmac: (
    algorithm: 'sha256',
    key: object,
  ) => { readonly update: (text: string) => { readonly digest: (encoding: 'base64url') => string } }
}
type Host = { readonly process?: { readonly getBuiltinModule?: (name: 'node:crypto') => NodeCrypto | undefined } }

/** Absent in browsers, and asked for without an import, so that no bundler stumbles over it. */
const node = (globalThis as Host).process?.getBuiltinModule?.('node:crypto')

const utf8 = new TextEncoder()

/** The text's UTF-8. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => utf8.encode(text)

/** base64url without padding. */
export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const octets = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** As many random bits as asked for, in base64url. */
export const randomText = (bits: number): string => base64url(crypto.getRandomValues(new Uint8Array(bits / 8)))

/** SHA-256 of the text, in base64url; at once, for WebCrypto's way through another thread costs ten times the work. */
export const sha256Now = (text: string): string =>
  node?.hash('sha256', text, 'base64url') ?? base64url(digestOf(bytesOf(text)))

/** The same as a promise. */
export const sha256 = async (text: string): Promise<string> => sha256Now(text)

/** HMAC-SHA-256 by a key, of texts, in base64url. */
export function hmacBy(key: Uint8Array): (text: string) => string {
  if (node === undefined) return (text) => base64url(hmacOf(digestOf, key, bytesOf(text)))
  // Bytes would make a key each time, and five times the work.
  const secret = node.createSecretKey(key)
  return (text) => node.createHmac('sha256', secret).update(text).digest('base64url')
}

/** The bytes of a base64url text. @throws DOMException where it is none. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))
