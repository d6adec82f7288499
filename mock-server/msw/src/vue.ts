// Component tests in Vue: somebody is signed in from the first render. Its secret is what is awaited before, and undone after it.
import { createAuthClient, type AuthClient, type AuthClientOptions } from '@latchkey/core'
import { createLatchkey } from '@latchkey/vue'
import { render, type RenderResult } from '@testing-library/vue'
import type { App } from 'vue'
import type { MockAuth } from './mock-auth.js'

type Component = Parameters<typeof render>[0]
type Options = NonNullable<Parameters<typeof render>[1]>

/** Beside Testing Library's own options. */
export type RenderWithAuthOptions = Options & {
  /** What answers, its handlers in MSW's server. */
  readonly mock: MockAuth
  /** Who is signed in from the start; nobody where absent. */
  readonly as?: string
  /** The client's other options: `idle`, `refresh`, … */
  readonly client?: Omit<AuthClientOptions<never>, 'baseURL' | 'fetch' | 'profile'>
}

/** What Testing Library's `render` answers, and the client that the page is rendered with. */
export type RenderedWithAuth = RenderResult & { readonly auth: AuthClient }

/**
 * Renders in an app with `createLatchkey`, whose client has looked for its session: no component sees `pending`.
 * The client talks to the mock, knows no other tab unless `client.tabs` says so, and is disposed of with the page.
 */
export async function renderWithAuth(
  component: Component,
  { mock, as, client, ...options }: RenderWithAuthOptions,
): Promise<RenderedWithAuth> {
  if (as !== undefined) await mock.as(as)
  const auth = createAuthClient({ baseURL: mock.baseURL, fetch: mock.fetch, tabs: false, ...client })
  await auth.restore()
  const latchkey = {
    install(app: App) {
      app.use(createLatchkey(auth))
      app.onUnmount(() => auth.dispose())
    },
  }
  const plugins = [...(options.global?.plugins ?? []), latchkey]
  return { ...render(component, { ...options, global: { ...options.global, plugins } }), auth }
}
