// The session as components see it; its secret is which changes are worth a render.
import type { AuthClient, EndReason, Session } from '@latchkey/core'

/** Who is signed in, narrowed by `status`; it holds nothing that a silent refresh changes. */
export type AuthState<User> =
  | {
      readonly status: 'pending'
      readonly isPending: true
      readonly isAuthenticated: false
      readonly user: null
      readonly reason: null
    }
  | {
      readonly status: 'authenticated'
      readonly isPending: false
      readonly isAuthenticated: true
      readonly user: User
      readonly reason: null
    }
  | {
      readonly status: 'unauthenticated'
      readonly isPending: false
      readonly isAuthenticated: false
      readonly user: null
      readonly reason: EndReason
    }

/** What a component can do about the session; the same functions for the life of the client. */
export type AuthActions<User> = Pick<
  AuthClient<User>,
  'register' | 'login' | 'verifyMfa' | 'logout' | 'hasRole' | 'can'
>

/** What `useAuth` returns: the state, discriminated on `status`, and the actions. */
export type Auth<User> = AuthState<User> & AuthActions<User>

/** An `Auth` whose session somebody has looked for: never pending. */
export type SettledAuth<User> = Auth<User> & { readonly isPending: false }

/** A client's session as a store of `Auth`, in the three functions that React subscribes with. */
export type AuthView<User> = {
  readonly listen: (changed: () => void) => () => void
  /** The very same object until status, user or reason changes. */
  readonly current: () => Auth<User>
  /** What a server renders, and a browser until it has taken that over. */
  readonly initial: () => Auth<User>
}

/** A view of the client's session; it subscribes to nothing by itself. */
export function createAuthView<User>(client: AuthClient<User>): AuthView<User> {
  const { $session, register, login, verifyMfa, logout } = client
  const bearing = { register, login, verifyMfa, logout, hasRole: client.hasRole, can: client.can }
  const bare = { ...bearing, hasRole: deny, can: deny }

  const toAuth = (session: Session<User>): Auth<User> =>
    session.status === 'authenticated' ? { ...bearing, ...stateOf(session) } : { ...bare, ...stateOf(session) }

  const initial = toAuth($session.init ?? $session.get())
  let latest = initial
  const current = () => {
    const next = stateOf($session.get())
    if (next.status !== latest.status || next.user !== latest.user || next.reason !== latest.reason) {
      latest = toAuth($session.get())
    }
    return latest
  }
  return { listen: (changed) => $session.listen(changed), current, initial: () => initial }
}

/** Before anybody has looked, as when nobody is signed in, nothing is allowed. */
const deny = () => false

function stateOf<User>(session: Session<User>): AuthState<User> {
  const nobody = { isPending: false, isAuthenticated: false, user: null, reason: null } as const
  if (session.status === 'pending') return { ...nobody, status: 'pending', isPending: true }
  if (session.status === 'unauthenticated') return { ...nobody, status: session.status, reason: session.reason }
  return { ...nobody, status: session.status, isAuthenticated: true, user: session.user }
}
