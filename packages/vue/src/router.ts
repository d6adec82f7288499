// Guards for vue-router; their secret is that they know the router by its shape only.
import { returnTo, type AuthClient } from '@latchkey/core'

/**
 * What a route's `meta` says to the guard; whatever of it is there asks for a signed-in user.
 * To have it checked: `declare module 'vue-router' { interface RouteMeta extends AuthRouteMeta {} }`.
 */
export interface AuthRouteMeta {
  readonly requiresAuth?: boolean
  /** One of these is enough; an empty list lets nobody in. A child route's list replaces its parent's, as all `meta`. */
  readonly roles?: readonly string[]
  /** All of these are needed. */
  readonly permissions?: readonly string[]
}

/** Where the guard sends those whom it does not let in. */
export type AuthGuardOptions = {
  /** Where nobody is signed in; `?returnTo=` is added to it. Default: `/login`. */
  readonly loginPath?: string
  /** Where the role or a permission lacks. Default: none, the navigation is cancelled. */
  readonly forbiddenPath?: string
}

/** What the guard reads of the route that a navigation goes to. */
export type GuardedRoute = { readonly fullPath: string; readonly meta: object }

/**
 * A guard that keeps routes to whom their `meta` names: `router.beforeEach(createAuthGuard(client))`.
 * At the first such route it waits for `client.ready()`, which in a browser looks for a session where nobody has.
 * The login page goes back with `router.replace(returnTo(route.query.returnTo))`, `returnTo` being core's.
 * It guards navigations; add `followSession` for a session that ends while its page is open.
 */
export function createAuthGuard(
  client: AuthClient<unknown>,
  { loginPath = '/login', forbiddenPath }: AuthGuardOptions = {},
): (to: GuardedRoute) => Promise<boolean | string> {
  let looked: Promise<unknown> | null = null
  return async ({ fullPath, meta }) => {
    const { requiresAuth = false, roles, permissions }: AuthRouteMeta = meta
    if (!requiresAuth && roles === undefined && permissions === undefined) return true
    await (looked ??= client.ready())
    if (client.$session.get().status !== 'authenticated') return detour(loginPath, fullPath)
    const isOne = roles === undefined || roles.some((role) => client.hasRole(role))
    const mayAll = permissions === undefined || permissions.every((permission) => client.can(permission))
    return (isOne && mayAll) || (forbiddenPath ?? false)
  }
}

/** What `followSession` needs of a router: where it is, and how to go there again. */
export type FollowingRouter = {
  readonly isReady: () => Promise<unknown>
  readonly currentRoute: { readonly value: { readonly path: string; readonly query: object; readonly hash: string } }
  readonly replace: (to: { path: string; query: never; hash: string; force: true }) => Promise<unknown>
}

/**
 * Runs a router's guards again when a session ends, or becomes another one, while a page is open.
 * Returns the unsubscribe.
 */
export function followSession(client: AuthClient<unknown>, router: FollowingRouter): () => void {
  // Before the first page is there, the router takes itself for being at `/`.
  let isThere = false
  const there = router.isReady().then(() => void (isThere = true))
  const again = (): void => {
    const { path, query, hash } = router.currentRoute.value
    void router.replace({ path, query: query as never, hash, force: true })
  }
  return client.$session.listen(({ generation }, before) => {
    if (before === undefined || before.status === 'pending' || before.generation === generation) return
    // At once where that can be: a navigation that the app begins beside the logout wins then.
    if (isThere) again()
    else void there.then(again)
  })
}

function detour(loginPath: string, from: string): string {
  const separator = loginPath.includes('?') ? '&' : '?'
  return `${loginPath}${separator}returnTo=${encodeURIComponent(returnTo(from))}`
}
