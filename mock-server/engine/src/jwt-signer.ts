// The port of whoever signs JWTs. Its secret: nothing but that there may be another way than WebCrypto's.
import type { JWTPayload } from 'jose'

/** What a token is signed as. */
export type JwtHeader = { readonly alg: string; readonly kid: string; readonly typ: string }

/** Turns claims into a signed JWT: called once with the private key, then for every token. */
export type JwtSigner = (key: JsonWebKey, header: JwtHeader) => (claims: JWTPayload) => string | Promise<string>
