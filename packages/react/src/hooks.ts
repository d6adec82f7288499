// The hooks; their secret is that each subscribes to as little as its caller shows.
import type { RefreshState, Session } from '@latchkey/core'
import { useStore } from '@nanostores/react'
import { useSyncExternalStore } from 'react'
import type { Auth } from './auth.js'
import { useBinding } from './provider.js'
import type { RegisteredUser } from './register.js'

/** What `select` makes of the session; renders again only when that, by `Object.is`, is another value. */
export function useSelected<Selected>(select: (auth: Auth<RegisteredUser>) => Selected): Selected {
  const { listen, current, initial } = useBinding().view
  return useSyncExternalStore(
    listen,
    () => select(current()),
    () => select(initial()),
  )
}

/**
 * Who is signed in, discriminated on `status`, with the actions.
 * The very same object until status, user or reason changes: a silent refresh renders nobody.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useAuth(): Auth<RegisteredUser> {
  return useSelected((auth) => auth)
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
  return useStore(useBinding().client.$session, { ssr: 'initial' })
}

/**
 * How refreshing goes: `failing` says that the server cannot be reached while the user stays signed in.
 * Apart from `useAuth`, so that a refresh, and one that fails, renders only who shows it.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useRefreshState(): RefreshState {
  return useStore(useBinding().client.$refresh, { ssr: 'initial' })
}
