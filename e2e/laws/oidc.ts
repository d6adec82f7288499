// A real authorization server that wants proof of possession: oidc-provider, which asks for its own nonce each time.
import { once } from 'node:events'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { freePort } from '../browsers/port.js'

export const clientId = 'a-page'
const redirectUri = 'https://app.example/callback'
const scope = 'openid offline_access'

export type OidcServer = {
  readonly issuer: string
  /** What an authorization would have led back with: a code, and the verifier that belongs to it. */
  readonly authorize: (account: string) => Promise<{ readonly code: string; readonly code_verifier: string }>
  /** The headers of every request, oldest first. */
  readonly heard: { readonly path: string; readonly authorization: string; readonly dpop: string; status: number }[]
  /** Ends the life of every access token. */
  readonly expire: () => void
  readonly close: () => Promise<void>
}

/** Access tokens are bound to a key, refresh tokens rotate, and the reuse of one ends the grant. */
export async function openOidcServer(): Promise<OidcServer> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  let expired: unknown = null
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [redirectUri],
        dpop_bound_access_tokens: true,
      },
    ],
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    rotateRefreshToken: true,
    clientBasedCORS: () => true,
    ttl: { AccessToken: 600, Grant: 3_600, RefreshToken: 3_600, IdToken: 600, AuthorizationCode: 60 },
  })
  const heard: OidcServer['heard'] = []
  const answer = provider.callback()
  const server = createServer((request, response) => {
    const { authorization = '', dpop = '' } = request.headers
    const one = { path: request.url ?? '', authorization, dpop: String(dpop), status: 0 }
    heard.push(one)
    response.once('finish', () => void (one.status = response.statusCode))
    if (authorization !== '' && authorization === expired) {
      response.writeHead(401, { 'WWW-Authenticate': 'DPoP error="invalid_token", algs="ES256"' }).end()
    } else void answer(request, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')

  return {
    issuer,
    heard,
    expire: () => void (expired = heard.findLast(({ authorization }) => authorization !== '')?.authorization),
    async authorize(accountId) {
      const grant = new provider.Grant({ accountId, clientId })
      grant.addOIDCScope(scope)
      const verifier = randomBytes(32).toString('base64url')
      const client = await provider.Client.find(clientId)
      if (client === undefined) throw new Error('The provider does not know its only client.')
      const code = new provider.AuthorizationCode({
        accountId,
        client,
        gty: 'authorization_code',
        redirectUri,
        scope,
        grantId: await grant.save(),
        codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
        codeChallengeMethod: 'S256',
      })
      return { code: await code.save(), code_verifier: verifier }
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

export { redirectUri }
