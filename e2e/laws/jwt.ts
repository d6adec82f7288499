// A second reader of access tokens, on WebCrypto alone: the laws do not trust the engine to check itself.

const base64url = (part: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))

const part = (token: string, at: number): string => token.split('.')[at] ?? ''

const read = (token: string, at: number): Readonly<Record<string, unknown>> =>
  JSON.parse(new TextDecoder().decode(base64url(part(token, at)))) as Record<string, unknown>

export const headerOf = (token: string): Readonly<Record<string, unknown>> => read(token, 0)
export const claimsOf = (token: string): Readonly<Record<string, unknown>> => read(token, 1)

const encode = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const encodeJson = (value: unknown): string => encode(new TextEncoder().encode(JSON.stringify(value)))

const es256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** True where the public key signed the token (ES256). */
export async function isSignedBy(token: string, publicKey: JsonWebKey): Promise<boolean> {
  const key = await crypto.subtle.importKey('jwk', publicKey, es256, false, ['verify'])
  const signed = new TextEncoder().encode(`${part(token, 0)}.${part(token, 1)}`)
  return crypto.subtle.verify(es256, key, base64url(part(token, 2)), signed)
}

/** The token with parts of its header and claims replaced, under its old signature. */
export function altered(token: string, change: { readonly header?: object; readonly claims?: object }): string {
  const header = encodeJson({ ...headerOf(token), ...change.header })
  const claims = encodeJson({ ...claimsOf(token), ...change.claims })
  return `${header}.${claims}.${part(token, 2)}`
}

/** The token, signed anew as HS256 with the public key's text as the secret: the classic confusion of algorithms. */
export async function signedWithPublicKey(token: string, publicKey: JsonWebKey): Promise<string> {
  const secret = new TextEncoder().encode(JSON.stringify(publicKey))
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign'])
  const text = `${encodeJson({ ...headerOf(token), alg: 'HS256' })}.${part(token, 1)}`
  return `${text}.${encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))))}`
}

/** The token, signed by a key that is in no JWKS, under the `kid` of the real one. */
export async function signedByStranger(token: string): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(es256, false, ['sign', 'verify'])
  const text = `${part(token, 0)}.${part(token, 1)}`
  const signature = await crypto.subtle.sign(es256, privateKey, new TextEncoder().encode(text))
  return `${text}.${encode(new Uint8Array(signature))}`
}
