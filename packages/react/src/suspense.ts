// Waiting for the session by suspending; its secret is one wait a client, however often React starts over.
import { AuthError } from '@latchkey/core'
import type { Auth, SettledAuth } from './auth.js'
import { useWholeAuth } from './hooks.js'
import { useAuthClient } from './provider.js'
import type { RegisteredClient, RegisteredUser } from './register.js'

type Wait = { readonly over: Promise<void>; failure: unknown }

/** Not in a component, nor in the provider: React throws away what has not been mounted when it suspends. */
const waits = new WeakMap<RegisteredClient, Wait>()

/**
 * As `useAuth`, and never pending: until somebody has looked for a session, the nearest `<Suspense>` shows its fallback.
 * It waits for `client.ready()`, which starts the look if nobody did, and lasts while the server cannot be reached.
 * On a server it leaves a boundary to the browser, unless `client.restore()` was awaited before the render.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`; `disposed` where the client was meanwhile.
 */
export function useAuthSuspense(): SettledAuth<RegisteredUser> {
  const client = useAuthClient()
  const auth = useWholeAuth('current')
  if (isSettled(auth)) return auth
  if (typeof window === 'undefined') {
    throw new AuthError('misconfigured', 'On a server, render useAuthSuspense after client.restore().')
  }
  const { failure, over } = waitFor(client)
  // oxlint-disable-next-line typescript/only-throw-error -- how a component suspends in React 18 and 19
  throw failure ?? over
}

function waitFor(client: RegisteredClient): Wait {
  let wait = waits.get(client)
  if (wait === undefined) {
    // Never rejects: React would render again at once, and be thrown the same promise.
    const over = client.ready().then(
      () => undefined,
      (failure: unknown) => void (began.failure = failure),
    )
    const began: Wait = { over, failure: null }
    waits.set(client, (wait = began))
  }
  return wait
}

function isSettled<User>(auth: Auth<User>): auth is SettledAuth<User> {
  return !auth.isPending
}
