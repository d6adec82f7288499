// TanStack Query beside a session; its secret is when what was fetched belongs to somebody else.
import type { AuthClient } from '@latchkey/core'
import { onTurn } from './guard.js'

/**
 * Empties the cache when the user signs out, is signed out, or becomes another one: nobody is shown another's answers.
 * A silent refresh, and the first look for a session, leave it alone. Returns the unsubscribe.
 */
export function clearOnAccountChange(
  queryClient: { readonly clear: () => void },
  auth: Pick<AuthClient<unknown>, '$session'>,
): () => void {
  return onTurn(auth, (wasSignedIn) => {
    if (wasSignedIn) queryClient.clear()
  })
}
