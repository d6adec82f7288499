// What the guards of every router share; its secret is which changes of a session are worth asking them again.
import type { AuthClient } from '@latchkey/core'

/** Whom a guard lets in, and where it sends those whom it does not. */
export type GuardOptions = {
  readonly role?: string | undefined
  readonly permission?: string | undefined
  /** Where nobody is signed in; `?returnTo=` is added to it. Default: `/login`. */
  readonly loginPath?: string
}

/** Whether the user has all that a guard asks for; what it does not ask for is held. */
export function isAllowed(
  client: Pick<AuthClient<unknown>, 'hasRole' | 'can'>,
  { role, permission }: GuardOptions,
): boolean {
  return (role === undefined || client.hasRole(role)) && (permission === undefined || client.can(permission))
}

/**
 * Calls `turned` when a known session ends, begins, or becomes another one; a silent refresh is none of these.
 * `wasSignedIn` says whether there was somebody before. Returns the unsubscribe.
 */
export function onTurn(
  { $session }: Pick<AuthClient<unknown>, '$session'>,
  turned: (wasSignedIn: boolean) => void,
): () => void {
  return $session.listen(({ generation }, before) => {
    if (before !== undefined && before.status !== 'pending' && before.generation !== generation) {
      turned(before.status === 'authenticated')
    }
  })
}
