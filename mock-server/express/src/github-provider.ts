// Sign-in with GitHub, which speaks OAuth without OpenID Connect. Its secret: which of a person's addresses is theirs.
import { ArcticFetchError, CodeChallengeMethod, OAuth2Client } from 'arctic'
import { type Provider, ProviderFailed, type ProviderUser } from '@latchkey/engine'
import { z } from 'zod'
import { createBackChannel } from './back-channel.js'
import type { ClientOptions } from './oidc-provider.js'

/** Where GitHub answers; another one in tests, or an Enterprise Server of your own. */
export type GitHubPlaces = { readonly authorize: string; readonly token: string; readonly api: string }

const githubPlaces: GitHubPlaces = {
  authorize: 'https://github.com/login/oauth/authorize',
  token: 'https://github.com/login/oauth/access_token',
  api: 'https://api.github.com',
}

/** GitHub's issuer: what `OAUTH_<NAME>_ISSUER` names to mean it. */
export const githubIssuer = 'https://github.com'

const person = z.object({ id: z.int(), name: z.string().nullable().optional() })
const addresses = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

/** Milliseconds that one call may take. */
const patience = 8_000

/** Authorization code with PKCE S256 and state; the subject is GitHub's number of the person, never the login name, which changes hands. */
export function createGitHubProvider(options: ClientOptions, places: GitHubPlaces = githubPlaces): Provider {
  const { name, issuer, clientId, clientSecret, fetch = createBackChannel(places.api) } = options
  const clientFor = (redirectUri: string) => new OAuth2Client(clientId, clientSecret, redirectUri)

  const ask = async <Schema extends z.ZodType>(path: string, token: string, schema: Schema) => {
    const response = await fetch(places.api + path, {
      headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}`, 'user-agent': 'latchkey' },
      signal: AbortSignal.timeout(patience),
    })
    if (response.ok) return schema.parse(await response.json())
    await response.body?.cancel()
    throw new ProviderFailed(response.status >= 500 ? 'unreachable' : 'refused', 'GitHub refused its own token.')
  }

  return {
    name,
    begin: async ({ redirectUri, state, codeVerifier }) => {
      const client = clientFor(redirectUri)
      const scopes = ['read:user', 'user:email']
      const s256 = CodeChallengeMethod.S256
      return client.createAuthorizationURLWithPKCE(places.authorize, state, s256, codeVerifier, scopes).href
    },
    finish: ({ redirectUri, codeVerifier }, { code, error }) =>
      telling(async () => {
        if (code === undefined || error !== undefined) throw new ProviderFailed('refused', 'GitHub sent no code.')
        const tokens = await clientFor(redirectUri).validateAuthorizationCode(places.token, code, codeVerifier)
        const token = tokens.accessToken()
        const [user, emails] = await Promise.all([ask('/user', token, person), ask('/user/emails', token, addresses)])
        return userOf(issuer, user, emails)
      }),
  }
}

function userOf(issuer: string, user: z.output<typeof person>, emails: z.output<typeof addresses>): ProviderUser {
  const primary = emails.find((each) => each.primary)
  return {
    issuer,
    subject: String(user.id),
    email: primary?.email ?? null,
    emailVerified: primary?.verified === true,
    name: user.name ?? null,
  }
}

/** What goes wrong, without a word of what was sent: it may hold a code or a token (B38). */
async function telling(work: () => Promise<ProviderUser>): Promise<ProviderUser> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof ProviderFailed) throw cause
    const isNetwork = cause instanceof ArcticFetchError || cause instanceof TypeError || isTimeout(cause)
    throw isNetwork
      ? new ProviderFailed('unreachable', 'GitHub cannot be reached.')
      : new ProviderFailed('refused', 'The answer of GitHub does not hold.')
  }
}

const isTimeout = (cause: unknown): boolean => cause instanceof DOMException && cause.name === 'TimeoutError'
