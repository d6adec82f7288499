// The session as components see it; its secret is which changes are worth a render.
import {
  can,
  hasRole,
  type AuthClient,
  type AuthError,
  type EndReason,
  type RefreshState,
  type Session,
} from '@latchkey/core'

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

/** Who is signed in, and what they may do: what a gate is judged by. */
export type Identity<User> = AuthState<User> & AuthActions<User>

/** How refreshing goes. Whoever reads one of these renders when it changes, and nobody else does. */
export type Refreshing = {
  readonly refreshState: RefreshState
  /** Why the server gives no usable answer to a refresh; null while it does. The session stays meanwhile. */
  readonly error: AuthError | null
}

/** What `useAuth` returns: the state, discriminated on `status`, the actions, and how refreshing goes. */
export type Auth<User> = Identity<User> & Refreshing

/** What somebody has looked for, and therefore is never pending. */
export type Settled<Of> = Of & { readonly isPending: false }

/** An `Auth` whose session somebody has looked for. */
export type SettledAuth<User> = Settled<Auth<User>>

/** A client's session as components see it, in the functions that React subscribes with. */
export type AuthView<User> = {
  readonly listen: (changed: () => void) => () => void
  /** The client's session; while that is pending, the one that the provider was given. */
  readonly session: () => Session<User>
  /** What a server renders, and a browser until it has taken that over. */
  readonly firstSession: () => Session<User>
  /** The very same object until status, user or reason changes. */
  readonly current: () => Identity<User>
  readonly first: () => Identity<User>
}

/** A view of the client's session; it subscribes to nothing by itself. */
export function createAuthView<User>(client: AuthClient<User>, given?: Session<User>): AuthView<User> {
  const { $session, register, login, verifyMfa, logout } = client
  const actions = { register, login, verifyMfa, logout }

  const toIdentity = (session: Session<User>): Identity<User> => {
    const state = stateOf(session)
    // A client that is pending knows nobody's claims; of nobody everything is denied.
    const isOurs = session === given || !state.isAuthenticated
    const checks = isOurs
      ? {
          hasRole: (role: string) => hasRole(state.user, role),
          can: (permission: string) => can(state.user, permission),
        }
      : { hasRole: client.hasRole, can: client.can }
    return { ...actions, ...checks, ...state }
  }

  const session = () => {
    const known = $session.get()
    return known.status === 'pending' && given !== undefined ? given : known
  }
  const firstSession = given ?? $session.init ?? $session.get()
  const first = toIdentity(firstSession)
  let latest = first
  const current = () => {
    const now = session()
    const next = stateOf(now)
    if (next.status !== latest.status || next.user !== latest.user || next.reason !== latest.reason) {
      latest = toIdentity(now)
    }
    return latest
  }
  return {
    listen: (changed) => $session.listen(changed),
    session,
    firstSession: () => firstSession,
    current,
    first: () => first,
  }
}

const nobody = { isPending: false, isAuthenticated: false, user: null, reason: null } as const

function stateOf<User>(session: Session<User>): AuthState<User> {
  if (session.status === 'pending') return { ...nobody, status: 'pending', isPending: true }
  if (session.status === 'unauthenticated') return { ...nobody, status: session.status, reason: session.reason }
  return { ...nobody, status: session.status, isAuthenticated: true, user: session.user }
}
