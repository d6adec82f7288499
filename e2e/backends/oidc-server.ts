// An OpenID provider with the password grant of RFC 6749 §4.3, for a public client. Its secret: `node-oidc-provider` has none built in.
import { Provider, errors } from 'oidc-provider'
import { serve, type NodeServer } from './node-server.js'

/** Who has an account there: accounts are made elsewhere. */
export const oidcPassword = 'correct horse battery'

/** `lifetime`: seconds of an access token. Refresh tokens rotate, and a second use revokes the grant. */
export const openProvider = (lifetime: number): Promise<NodeServer> =>
  serve((url) => {
    const provider = new Provider(url, {
      clients: [
        {
          client_id: 'web',
          token_endpoint_auth_method: 'none',
          grant_types: ['password', 'refresh_token', 'authorization_code'],
          redirect_uris: ['http://localhost/callback'],
        },
      ],
      clientBasedCORS: () => true,
      features: { revocation: { enabled: true }, devInteractions: { enabled: false } },
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      rotateRefreshToken: true,
      ttl: { AccessToken: lifetime, RefreshToken: 86_400, Grant: 86_400 },
      scopes: ['openid', 'offline_access'],
    })
    provider.registerGrantType(
      'password',
      async (context) => {
        const { client, params } = context.oidc
        const { username, password } = params as { readonly username?: string; readonly password?: string }
        if (password !== oidcPassword || client === undefined || username === undefined)
          throw new errors.InvalidGrant('wrong name or password')
        const grant = new provider.Grant({ accountId: username, clientId: client.clientId })
        const scope = 'openid offline_access'
        grant.addOIDCScope(scope)
        const grantId = await grant.save()
        const issued = { accountId: username, client, grantId, gty: 'password', scope } as const
        const access = new provider.AccessToken({ ...issued })
        const refresh = new provider.RefreshToken({ ...issued })
        context.body = {
          access_token: await access.save(),
          expires_in: access.expiration,
          refresh_token: await refresh.save(),
          token_type: 'Bearer',
          scope,
        }
      },
      ['username', 'password', 'scope'],
    )
    const answer = provider.callback()
    return (request, response) => void answer(request, response)
  })
