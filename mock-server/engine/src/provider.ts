// The port through which others say who somebody is. Its secret: protocol and network are whoever's who fills it in.

/** What a provider says of who signed in there; all of it was checked by the one who says it. */
export type ProviderUser = {
  /** Exactly as the provider names itself: an `https://` address. */
  readonly issuer: string
  /** The provider's own and unchanging name of the person. */
  readonly subject: string
  readonly email: string | null
  /** Whether the provider itself has proven the address. */
  readonly emailVerified: boolean
  readonly name: string | null
}

/** One sign-in on its way, the same at its beginning and its end; known to this server and this browser only. */
export type Handshake = {
  /** Where the provider sends the browser back: this server's public address, whatever a request says of its host. */
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  /** PKCE (RFC 7636): only its SHA-256 goes out, at the beginning. */
  readonly codeVerifier: string
}

/** A place where people sign in, under a name that stands in paths. */
export type Provider = {
  readonly name: string
  /** The address to send the browser to. @throws ProviderFailed where the provider cannot be asked. */
  readonly begin: (handshake: Handshake) => Promise<string>
  /** Who signed in, by the parameters of the browser's return. @throws ProviderFailed for whatever does not hold. */
  readonly finish: (handshake: Handshake, returned: Readonly<Record<string, string>>) => Promise<ProviderUser>
}

/** The provider did not say who it is: it could not be reached, or its word does not hold. Never holds a code or a token. */
export class ProviderFailed extends Error {
  override readonly name = 'ProviderFailed'
  readonly reason: 'unreachable' | 'refused'
  constructor(reason: 'unreachable' | 'refused', message: string) {
    super(message)
    this.reason = reason
  }
}
