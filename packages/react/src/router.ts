// Guards for react-router; their secret is how the way back survives the detour over the login page.
import { returnTo, type AuthClient } from '@latchkey/core'
import { createElement, type ReactNode } from 'react'
import {
  data,
  Navigate,
  Outlet,
  redirect,
  useHref,
  useLocation,
  useSearchParams,
  type MiddlewareFunction,
} from 'react-router'
import { isAllowed, onTurn, type GuardOptions } from './guard.js'
import { useSelected } from './hooks.js'
import { Protect, type ProtectProps } from './show.js'

export type { GuardOptions } from './guard.js'

/**
 * A middleware that lets only signed-in users through: `{ middleware: [requireAuth(client)] }`.
 * It waits for `client.ready()`, which in a browser looks for a session where nobody has.
 * It guards navigations; add `followSession` for a session that ends while its page is open.
 * @throws a redirect to the login page, or a 403 for the error boundary where the role or the permission lacks.
 */
export function requireAuth(client: AuthClient<unknown>, options: GuardOptions = {}): MiddlewareFunction {
  return async ({ request }) => void (await requireUser(client, request, options))
}

/**
 * The user, for a loader or an action: `const user = await requireUser(client, request)`.
 * It waits for `client.ready()` and guards as `requireAuth` does, for routes that have no middleware.
 * @throws a redirect to the login page, or a 403 for the error boundary where the role or the permission lacks.
 */
export async function requireUser<User>(
  client: AuthClient<User>,
  request: Request,
  options: GuardOptions = {},
): Promise<User> {
  const session = await client.ready()
  if (session.status !== 'authenticated') {
    const { pathname, search } = new URL(request.url)
    throw redirect(detour(options.loginPath, pathname + search))
  }
  if (!isAllowed(client, options)) throw data('Forbidden', { status: 403, statusText: 'Forbidden' })
  return session.user
}

/**
 * Runs a router's guards again when a session ends, or becomes another one, while a page is open.
 * Returns the unsubscribe.
 */
export function followSession(client: AuthClient<unknown>, router: { revalidate(): Promise<void> }): () => void {
  return onTurn(client, () => void router.revalidate())
}

/** What `<RequireAuth>` takes; without children it renders the route's `<Outlet>`. */
export type RequireAuthProps = GuardOptions & ProtectProps

/**
 * The guard as an element, for routers without middleware: goes to the login page as soon as nobody is signed in.
 * `fallback` is for signed-in users who lack the role or the permission.
 */
export function RequireAuth({ loginPath, children, ...gate }: RequireAuthProps): ReactNode {
  const { pathname, search, hash } = useLocation()
  const signedOut = useSelected((auth) => auth.status === 'unauthenticated')
  if (signedOut) return createElement(Navigate, { to: detour(loginPath, pathname + search + hash), replace: true })
  return createElement(Protect, gate, children ?? createElement(Outlet))
}

/** Where a guard's detour came from, for the login page to go back to: a safe path for `navigate`, else the fallback. */
export function useReturnTo(fallback = '/'): string {
  const [search] = useSearchParams()
  const basename = useHref('/').replace(/\/$/, '')
  const path = returnTo(search.get('returnTo'), fallback)
  return basename !== '' && path.startsWith(`${basename}/`) ? path.slice(basename.length) : path
}

function detour(loginPath = '/login', from: string): string {
  const separator = loginPath.includes('?') ? '&' : '?'
  return `${loginPath}${separator}returnTo=${encodeURIComponent(returnTo(from))}`
}
