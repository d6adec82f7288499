// A running OpenID Connect issuer for tests: oidc-provider itself, where whoever comes is signed in at once.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

/** Who is sitting at the issuer. */
type Person = {
  readonly sub: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
}

export type Issuer = {
  readonly url: string
  /** What `OAUTH_<NAME>_…` says of it. */
  readonly env: (name: string) => Readonly<Record<string, string>>
  /** Who signs in there from now on; null cancels. */
  readonly seat: (person: Person | null) => void
  /** Allows this server to send people there. */
  readonly admit: (redirectUri: string) => void
  readonly close: () => Promise<void>
}

const client = { id: 'latchkey', secret: 'a secret of the test alone, of some length' }

/**
 * Starts on a port of loopback, under `localhost` or `127.0.0.1`: to a browser these are two sites. Claims of the address
 * are in the ID token, or only at the userinfo endpoint.
 */
export async function openIssuer({
  inToken = true,
  host = '127.0.0.1',
}: { readonly inToken?: boolean; readonly host?: string } = {}): Promise<Issuer> {
  let seated: Person | null = null
  const redirectUris: string[] = ['https://nowhere.invalid/']
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://${host}:${(server.address() as AddressInfo).port}`

  const provider = new Provider(url, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: redirectUris,
        application_type: 'web',
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !inToken,
    cookies: { keys: ['a key of the test alone'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context, accountId) => {
      const person = people.get(accountId)
      return person === undefined ? undefined : { accountId, claims: async () => ({ ...person }) }
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: async (context) => {
      const { client: asking, session } = context.oidc
      const grant = new context.oidc.provider.Grant({
        clientId: asking?.clientId ?? '',
        accountId: session?.accountId ?? '',
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
    pkce: { required: () => true },
  })
  const people = new Map<string, Person>()
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next()
    await provider.interactionFinished(
      context.req,
      context.res,
      seated === null ? { error: 'access_denied' } : { login: { accountId: seated.sub, remember: false } },
    )
    context.respond = false
  })
  // The address of the test's own server is known only once it listens.
  const find = provider.Client.find.bind(provider.Client)
  provider.Client.find = async (id) => {
    const found = await find(id)
    if (found !== undefined) Object.assign(found, { redirectUris })
    return found
  }
  const answer = provider.callback()
  server.on('request', (request, response) => void answer(request, response))

  return {
    url,
    env: (name) => ({
      [`OAUTH_${name}_ISSUER`]: url,
      [`OAUTH_${name}_CLIENT_ID`]: client.id,
      [`OAUTH_${name}_CLIENT_SECRET`]: client.secret,
    }),
    seat: (person) => {
      seated = person
      if (person !== null) people.set(person.sub, person)
    },
    admit: (redirectUri) => void redirectUris.push(redirectUri),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
