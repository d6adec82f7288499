// Waiting for the session by suspending; its secret is that a server, where nobody looks for one, does not wait for ever.
import { AuthError } from '@latchkey/core'
import { useBinding } from './binding.js'
import { useAuth, type Auth } from './composables.js'
import type { RegisteredUser } from './register.js'

/**
 * As `useAuth`, and never pending: `const { user } = await useAuthSuspense()` in an async `setup`, below a `<Suspense>`.
 * It waits for `client.ready()`, which starts the look for a session if nobody did.
 * @throws AuthError `misconfigured` on a server that knows of no session, or in an app without `createLatchkey`.
 */
export function useAuthSuspense(): Promise<Auth<RegisteredUser>> {
  const auth = useAuth()
  const { client } = useBinding()
  if (!auth.isPending.value) return Promise.resolve(auth)
  if (typeof window !== 'undefined') return client.ready().then(() => auth)
  throw new AuthError(
    'misconfigured',
    'On a server nobody looks for a session: useAuthSuspense needs createLatchkey(client, { initialSession }) there.',
  )
}
