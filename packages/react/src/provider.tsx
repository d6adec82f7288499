// How a client reaches the components below; its secret is the context, and what is shared for one client.
import { AuthError, type Session } from '@latchkey/core'
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react'
import { createAuthView, type AuthView } from './auth.js'
import type { RegisteredClient, RegisteredUser } from './register.js'

type Binding = { readonly client: RegisteredClient; readonly view: AuthView<RegisteredUser> }

const BindingContext = createContext<Binding | null>(null)

/** What `<AuthProvider>` takes. */
export type AuthProviderProps = {
  /** Made once, outside of every component; where its user is not `LatchkeyUser`, name that in `Register`. */
  readonly client: RegisteredClient
  /**
   * Where a framework's server knows who asks: shown by the server and by the first render of the browser, and until
   * the client knows better. Only its first value counts.
   */
  readonly initialSession?: Session<RegisteredUser> | undefined
  readonly children?: ReactNode
}

/**
 * Gives a client to the hooks and gates below it.
 * It fetches nothing: call `client.restore()` once, where the client is made. It disposes nothing either.
 */
export function AuthProvider({ client, initialSession, children }: AuthProviderProps): ReactNode {
  const [given] = useState(initialSession)
  const binding = useMemo(() => ({ client, view: createAuthView(client, given) }), [client, given])
  return <BindingContext.Provider value={binding}>{children}</BindingContext.Provider>
}

/** The nearest provider's client and view. */
export function useBinding(): Binding {
  const binding = useContext(BindingContext)
  if (binding === null) {
    throw new AuthError(
      'misconfigured',
      'A Latchkey hook or gate found no client: render it inside <AuthProvider client={…}>.',
    )
  }
  return binding
}

/**
 * The nearest provider's client; it never causes a render.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useAuthClient(): RegisteredClient {
  return useBinding().client
}
