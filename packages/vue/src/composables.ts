// The composables; their secret is that each ref changes only when what it shows does.
import type { AuthClient, AuthError, EndReason, RefreshState, Session } from '@latchkey/core'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import { useBinding, useShown, userOf, type Checks } from './binding.js'
import type { RegisteredUser } from './register.js'
import { useAtom } from './use-atom.js'

/** What `useAuth` returns: refs that a silent refresh leaves alone, and the actions. */
export type Auth<User> = {
  readonly status: ComputedRef<Session<User>['status']>
  readonly isPending: ComputedRef<boolean>
  readonly isAuthenticated: ComputedRef<boolean>
  /** Null while nobody is signed in, or nobody has looked yet. */
  readonly user: ComputedRef<User | null>
  /** Why nobody is signed in; null while somebody is, or nobody has looked yet. */
  readonly reason: ComputedRef<EndReason | null>
  /** How refreshing goes. */
  readonly refreshState: ComputedRef<RefreshState>
  /** Why the server gives no usable answer to a refresh; null while it does. The session stays meanwhile. */
  readonly error: ComputedRef<AuthError | null>
} & Pick<AuthClient<User>, 'register' | 'login' | 'verifyMfa' | 'logout' | 'hasRole' | 'can'>

/**
 * Who is signed in, as refs, with the actions; `hasRole` and `can` are reactive in templates and computeds.
 * For types that narrow by `status`, see `useSession`.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useAuth(): Auth<RegisteredUser> {
  const { client, session, checks } = useShown()
  const refresh = useAtom(client.$refresh)
  const status = computed(() => session.value.status)
  const user = computed(() => userOf(session.value))
  const answers = computed(() => checks(session.value))
  /** Asks again when the user changes: who answers for a signed-in one stays the same. */
  const asked = () => {
    void user.value
    return answers.value
  }
  return {
    status,
    user,
    isAuthenticated: computed(() => status.value === 'authenticated'),
    isPending: computed(() => status.value === 'pending'),
    reason: computed(() => (session.value.status === 'unauthenticated' ? session.value.reason : null)),
    refreshState: computed(() => refresh.value),
    error: computed(() => refresh.value.error),
    register: client.register,
    login: client.login,
    verifyMfa: client.verifyMfa,
    logout: client.logout,
    hasRole: (role) => asked().hasRole(role),
    can: (permission) => asked().can(permission),
  }
}

/**
 * The user; null while nobody is signed in, or nobody has looked yet.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useUser(): ComputedRef<RegisteredUser | null> {
  const { session } = useShown()
  return computed(() => userOf(session.value))
}

/**
 * Whether the user has that role; false while nobody is signed in. It changes only when the answer turns.
 * For what to show: the backend decides.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useHasRole(role: MaybeRefOrGetter<string>): ComputedRef<boolean> {
  return useAnswer((checks) => checks.hasRole(toValue(role)))
}

/**
 * Whether the user has that permission; false while nobody is signed in. It changes only when the answer turns.
 * For what to show: the backend decides.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useCan(permission: MaybeRefOrGetter<string>): ComputedRef<boolean> {
  return useAnswer((checks) => checks.can(toValue(permission)))
}

/**
 * The whole session, narrowed by its `status`; the access token's `expiresAt` makes it change on every refresh.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useSession(): ComputedRef<Session<RegisteredUser>> {
  return useShown().session
}

/**
 * How refreshing goes: `failing` says that the server cannot be reached while the user stays signed in.
 * Apart from `useAuth`, so that a refresh, and one that fails, renders only who shows it.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useRefreshState(): Readonly<ShallowRef<RefreshState>> {
  return useAtom(useBinding().client.$refresh)
}

/** Asked again on every change of the session: a refresh may bring other claims for the same user. */
function useAnswer(ask: (checks: Checks) => boolean): ComputedRef<boolean> {
  const { session, checks } = useShown()
  return computed(() => ask(checks(session.value)))
}
