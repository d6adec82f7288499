// Bytes and text: base64url, SHA-256, randomness. Its secret is that WebCrypto alone does it, in Node and in browsers.

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

/** SHA-256 of the text, in base64url. */
export const sha256 = async (text: string): Promise<string> =>
  base64url(await crypto.subtle.digest('SHA-256', bytesOf(text)))

/** The bytes of a base64url text. @throws DOMException where it is none. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))
