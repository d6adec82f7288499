// Component tests in React: somebody is signed in from the first render. Its secret is what is awaited before, and undone after it.
import { createAuthClient, type AuthClient, type AuthClientOptions } from '@latchkey/core'
import { AuthProvider } from '@latchkey/react'
import { render, type RenderOptions, type RenderResult } from '@testing-library/react'
import { createElement, Fragment, useEffect, type PropsWithChildren, type ReactNode } from 'react'
import type { MockAuth } from './mock-auth.js'

/** Beside Testing Library's own options. */
export type RenderWithAuthOptions = RenderOptions & {
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
 * Renders inside an `<AuthProvider>` whose client has looked for its session: no component sees `pending`.
 * The client talks to the mock, knows no other tab unless `client.tabs` says so, and is disposed of with the page.
 */
export async function renderWithAuth(
  ui: ReactNode,
  { mock, as, client, wrapper: Outer = Fragment, ...options }: RenderWithAuthOptions,
): Promise<RenderedWithAuth> {
  if (as !== undefined) await mock.as(as)
  const auth = createAuthClient({ baseURL: mock.baseURL, fetch: mock.fetch, tabs: false, ...client })
  await auth.restore()
  const Page = ({ children }: PropsWithChildren) => {
    useEffect(() => () => auth.dispose(), [])
    return createElement(Outer, null, createElement(AuthProvider, { client: auth }, children))
  }
  return { ...render(ui, { wrapper: Page, ...options }), auth }
}
