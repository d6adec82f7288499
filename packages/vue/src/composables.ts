// The composables; their secret is that each ref changes only when what it shows does.
import type { AuthClient, EndReason, RefreshState, Session } from '@latchkey/core'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useAtom } from './use-atom.js'
import { useAuthClient } from './plugin.js'
import type { RegisteredClient, RegisteredUser } from './register.js'

/** What `useAuth` returns: refs that a silent refresh leaves alone, and the actions. */
export type Auth<User> = {
  readonly status: ComputedRef<Session<User>['status']>
  readonly isPending: ComputedRef<boolean>
  readonly isAuthenticated: ComputedRef<boolean>
  /** Null while nobody is signed in, or nobody has looked yet. */
  readonly user: ComputedRef<User | null>
  /** Why nobody is signed in; null while somebody is, or nobody has looked yet. */
  readonly reason: ComputedRef<EndReason | null>
} & Pick<AuthClient<User>, 'register' | 'login' | 'verifyMfa' | 'logout' | 'hasRole' | 'can'>

/**
 * Who is signed in, as refs, with the actions; `hasRole` and `can` are reactive in templates and computeds.
 * For types that narrow by `status`, see `useSession`.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useAuth(): Auth<RegisteredUser> {
  const client = useAuthClient()
  const session = useAtom(client.$session)
  const status = computed(() => session.value.status)
  const user = computed(() => userOf(session.value))
  const isAuthenticated = computed(() => status.value === 'authenticated')
  /** Asks again when the user changes, and denies until the session is known. */
  const allowed = (ask: () => boolean) => user.value !== null && ask()
  return {
    status,
    user,
    isAuthenticated,
    isPending: computed(() => status.value === 'pending'),
    reason: computed(() => (session.value.status === 'unauthenticated' ? session.value.reason : null)),
    register: client.register,
    login: client.login,
    verifyMfa: client.verifyMfa,
    logout: client.logout,
    hasRole: (role) => allowed(() => client.hasRole(role)),
    can: (permission) => allowed(() => client.can(permission)),
  }
}

/**
 * The user; null while nobody is signed in, or nobody has looked yet.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useUser(): ComputedRef<RegisteredUser | null> {
  const session = useAtom(useAuthClient().$session)
  return computed(() => userOf(session.value))
}

/**
 * Whether the user has that role; false while nobody is signed in. It changes only when the answer turns.
 * For what to show: the backend decides.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useHasRole(role: MaybeRefOrGetter<string>): ComputedRef<boolean> {
  return useAnswer((client) => client.hasRole(toValue(role)))
}

/**
 * Whether the user has that permission; false while nobody is signed in. It changes only when the answer turns.
 * For what to show: the backend decides.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useCan(permission: MaybeRefOrGetter<string>): ComputedRef<boolean> {
  return useAnswer((client) => client.can(toValue(permission)))
}

/**
 * The whole session, narrowed by its `status`; the access token's `expiresAt` makes it change on every refresh.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useSession(): ComputedRef<Session<RegisteredUser>> {
  return useAtom(useAuthClient().$session)
}

/**
 * How refreshing goes: `failing` says that the server cannot be reached while the user stays signed in.
 * Apart from `useAuth`, so that a refresh, and one that fails, renders only who shows it.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useRefreshState(): ComputedRef<RefreshState> {
  return useAtom(useAuthClient().$refresh)
}

/** Asked again on every change of the session: a refresh may bring other claims for the same user. */
function useAnswer(ask: (client: RegisteredClient) => boolean): ComputedRef<boolean> {
  const client = useAuthClient()
  const session = useAtom(client.$session)
  return computed(() => session.value.status === 'authenticated' && ask(client))
}

function userOf<User>(session: Session<User>): User | null {
  return session.status === 'authenticated' ? session.user : null
}
