// Sign-in with any OpenID Connect issuer. Its secret: what of the protocol is checked, which openid-client does (B32).
import { type Handshake, type Provider, ProviderFailed, type ProviderUser } from '@latchkey/engine'
import * as oidc from 'openid-client'
import { z } from 'zod'
import { createBackChannel, ForbiddenPlace, isLoopback } from './back-channel.js'

/** A client that is registered at an issuer. */
export type ClientOptions = {
  /** The provider's name in this server's paths. */
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Replaces the way out, for tests. */
  readonly fetch?: typeof globalThis.fetch
}

const claims = z.object({
  email: z.string().optional().catch(undefined),
  email_verified: z
    .union([z.boolean(), z.literal('true').transform(() => true)])
    .optional()
    .catch(undefined),
  name: z.string().optional().catch(undefined),
})

/** Seconds that one call to the provider may take. */
const patience = 8

/**
 * Authorization code with PKCE S256, state, nonce and `iss` (RFC 9207); the ID token's signature is checked too. The
 * issuer's document is read at the first sign-in, and again after a failure.
 */
export function createOidcProvider(options: ClientOptions): Provider {
  const { name, issuer, clientId, clientSecret, fetch = createBackChannel(issuer) } = options
  const isLocal = isLoopback(new URL(issuer))
  let known: Promise<oidc.Configuration> | null = null

  const discover = (): Promise<oidc.Configuration> => {
    known ??= oidc
      .discovery(new URL(issuer), clientId, undefined, oidc.ClientSecretBasic(clientSecret), {
        [oidc.customFetch]: (url, init) => fetch(url, init as RequestInit),
        execute: [oidc.enableNonRepudiationChecks, ...(isLocal ? [oidc.allowInsecureRequests] : [])],
        timeout: patience,
      })
      .catch((cause: unknown) => {
        known = null
        throw cause
      })
    return known
  }

  return {
    name,
    begin: ({ redirectUri, state, nonce, codeVerifier }) =>
      telling(async () => {
        const configuration = await discover()
        const url = oidc.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: 'openid email profile',
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
        })
        return url.href
      }),
    finish: (handshake, returned) => telling(async () => finish(await discover(), handshake, returned)),
  }
}

async function finish(
  configuration: oidc.Configuration,
  { redirectUri, state, nonce, codeVerifier }: Handshake,
  returned: Readonly<Record<string, string>>,
): Promise<ProviderUser> {
  const url = new URL(redirectUri)
  url.search = new URLSearchParams(returned).toString()
  const tokens = await oidc.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: codeVerifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  const token = tokens.claims()
  if (token === undefined) throw new ProviderFailed('refused', 'The provider sent no ID token.')
  const { sub: subject, iss } = token
  const inToken = claims.parse(token)
  const asks = inToken.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
  const { email, email_verified, name } = asks
    ? claims.parse(await oidc.fetchUserInfo(configuration, tokens.access_token, subject))
    : inToken
  return { issuer: iss, subject, email: email ?? null, emailVerified: email_verified === true, name: name ?? null }
}

/** What goes wrong, without a word of what was sent: it may hold a code (B38). */
async function telling<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof ProviderFailed) throw cause
    if (isNetwork(cause)) throw new ProviderFailed('unreachable', 'The provider cannot be reached.')
    throw new ProviderFailed('refused', `The provider's answer does not hold: ${codeOf(cause)}.`)
  }
}

/** A refused place is the provider's fault, and a `fetch` that failed is nobody's. */
function isNetwork(cause: unknown): boolean {
  if (cause instanceof ForbiddenPlace) return false
  if (cause instanceof Error && cause.cause instanceof ForbiddenPlace) return false
  return (cause instanceof TypeError && cause.message === 'fetch failed') || codeOf(cause) === 'OAUTH_TIMEOUT'
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unexpected'
