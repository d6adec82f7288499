// Guards for TanStack Router; their secret is that they know the router by its shape only.
import { returnTo, type AuthClient } from '@latchkey/core'
import { isAllowed, onTurn, type GuardOptions } from './guard.js'

export type { GuardOptions } from './guard.js'

/** What a guard asks of `redirect`: the login page, with the way back in its search. */
export type Detour = { readonly to: string; readonly search: { readonly returnTo: string } }

/** A guard's options, and the router's own `redirect`, because this package does not depend on it. */
export type RequireAuthBeforeOptions = GuardOptions & {
  /** `(detour) => redirect(detour)`, with `redirect` from `@tanstack/react-router`. */
  readonly redirect: (detour: Detour) => unknown
}

/** Thrown by a guard to a signed-in user who lacks the role or the permission: for the route's `errorComponent`. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden'
  readonly status = 403

  constructor() {
    super('This page asks for a role or a permission that the user does not have.')
  }
}

/**
 * A `beforeLoad` that lets only signed-in users through: `beforeLoad: requireAuthBefore(client, { redirect, role })`.
 * It waits for `client.ready()`, which in a browser looks for a session where nobody has.
 * The login page goes back with `router.history.push(returnTo(search.returnTo))`, `returnTo` being core's.
 * It guards navigations; add `followSession` for a session that ends while its page is open.
 * @throws `redirect`'s to the login page; `Forbidden` where the role or the permission lacks.
 */
export function requireAuthBefore(
  client: AuthClient<unknown>,
  options: RequireAuthBeforeOptions,
): (context: { readonly location: { readonly href: string } }) => Promise<void> {
  const { redirect, loginPath = '/login' } = options
  return async ({ location }) => {
    const session = await client.ready()
    // oxlint-disable-next-line typescript/only-throw-error -- the router's redirects are responses, to be thrown
    if (session.status !== 'authenticated')
      throw redirect({ to: loginPath, search: { returnTo: returnTo(location.href) } })
    if (!isAllowed(client, options)) throw new Forbidden()
  }
}

/**
 * Runs a router's guards again when a session ends, or becomes another one, while a page is open.
 * Returns the unsubscribe.
 */
export function followSession(
  client: AuthClient<unknown>,
  router: { readonly invalidate: () => Promise<void> },
): () => void {
  return onTurn(client, () => void router.invalidate())
}
