// From the configuration to providers that can be asked. Its secret: which issuer speaks which protocol.
import type { Provider } from '@latchkey/engine'
import { createGitHubProvider, githubIssuer } from './github-provider.js'
import { createOidcProvider } from './oidc-provider.js'
import type { ProviderVariables } from './providers.js'

/** One provider for each that is configured; none is asked before somebody signs in there. */
export const openProviders = (configured: readonly ProviderVariables[]): readonly Provider[] =>
  configured.map((each) =>
    each.issuer.replace(/\/+$/, '') === githubIssuer
      ? createGitHubProvider({ ...each, issuer: githubIssuer })
      : createOidcProvider(each),
  )
