// An issuer in a test's hands, on loopback: it answers a code with whatever ID token the test forges, by jose alone.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'

export const clientId = 'latchkey'
export const clientSecret = 'a secret of the test alone, of some length'

/** What a forger has: the issuer's key and its public half, a key of their own, and what an honest token says. */
export type Workshop = {
  readonly issuer: string
  readonly nonce: string
  readonly key: CryptoKey
  readonly publicJwk: Readonly<Record<string, unknown>>
  readonly strangers: CryptoKey
  readonly kid: string
}

export type ForgingIssuer = {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  /** The return of the browser that was sent to that address; whoever fetches its tokens gets that ID token. */
  readonly approve: (authorize: URL, forge: (workshop: Workshop) => Promise<string>) => Promise<URL>
  /** How often somebody came for tokens. */
  readonly exchanges: () => number
  readonly close: () => Promise<void>
}

/** Starts on a port of loopback. */
export async function openForgingIssuer(): Promise<ForgingIssuer> {
  const [{ privateKey, publicKey }, { privateKey: strangers }] = await Promise.all([
    generateKeyPair('RS256'),
    generateKeyPair('RS256'),
  ])
  const kid = 'the-only-key'
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  let idToken = ''
  let exchanges = 0

  const server = createServer((request, response) => {
    const say = (body: unknown) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    if (request.url === '/.well-known/openid-configuration') {
      say({
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      })
    } else if (request.url === '/jwks') say({ keys: [publicJwk] })
    else if (request.url === '/token') {
      exchanges += 1
      say({ access_token: 'an access token', token_type: 'Bearer', expires_in: 60, id_token: idToken })
    } else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    env: {
      OAUTH_FORGED_ISSUER: url,
      OAUTH_FORGED_CLIENT_ID: clientId,
      OAUTH_FORGED_CLIENT_SECRET: clientSecret,
    },
    approve: async ({ searchParams }, forge) => {
      const nonce = searchParams.get('nonce') ?? ''
      idToken = await forge({ issuer: url, nonce, key: privateKey, publicJwk, strangers, kid })
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code: 'a-code', state: searchParams.get('state') ?? '' }).toString()
      return back
    },
    exchanges: () => exchanges,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
