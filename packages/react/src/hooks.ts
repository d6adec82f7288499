// The hooks; their secret is that each subscribes to as little as its caller shows.
import type { RefreshState, Session } from '@latchkey/core'
import { useMemo, useSyncExternalStore } from 'react'
import type { Auth, Identity } from './auth.js'
import { useBinding } from './provider.js'
import type { RegisteredUser } from './register.js'
import { createWholeAuth } from './whole-auth.js'

/** What `select` makes of the session; renders again only when that, by `Object.is`, is another value. */
export function useSelected<Selected>(select: (auth: Identity<RegisteredUser>) => Selected): Selected {
  const { listen, current, first } = useBinding().view
  return useSyncExternalStore(
    listen,
    () => select(current()),
    () => select(first()),
  )
}

/** The auth of one component; `server` says which of it a server renders. */
export function useWholeAuth(server: 'current' | 'first'): Auth<RegisteredUser> {
  const { client, view } = useBinding()
  const whole = useMemo(() => createWholeAuth(view, client), [view, client])
  return useSyncExternalStore(whole.listen, whole.current, whole[server])
}

/**
 * Who is signed in, discriminated on `status`, with the actions.
 * The very same object until something that the component reads of it changes: a silent refresh renders nobody, except
 * for who reads `refreshState` (or `error`, when that changes).
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useAuth(): Auth<RegisteredUser> {
  return useWholeAuth('first')
}

/**
 * The user; null while nobody is signed in, or nobody has looked yet.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useUser(): RegisteredUser | null {
  return useSelected((auth) => auth.user)
}

/**
 * Whether the user has that role; false while nobody is signed in. It renders only when the answer turns.
 * For what to show: the backend decides.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useHasRole(role: string): boolean {
  return useSelected((auth) => auth.hasRole(role))
}

/**
 * Whether the user has that permission; false while nobody is signed in. It renders only when the answer turns.
 * For what to show: the backend decides.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useCan(permission: string): boolean {
  return useSelected((auth) => auth.can(permission))
}

/**
 * The whole session, the access token's `expiresAt` included: it renders on every refresh.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useSession(): Session<RegisteredUser> {
  const { listen, session, firstSession } = useBinding().view
  return useSyncExternalStore(listen, session, firstSession)
}

/**
 * How refreshing goes: `failing` says that the server cannot be reached while the user stays signed in.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useRefreshState(): RefreshState {
  return useWholeAuth('first').refreshState
}
