// The session machine: what a session is and how one event changes it. Its secret is the generation rule.

import type { EndReason } from './end-reason.js'

/** Who is signed in. `generation` counts sessions: a late result that carries an older one loses. */
export type Session<User> =
  | { readonly status: 'pending'; readonly generation: number }
  | {
      readonly status: 'authenticated'
      readonly generation: number
      readonly user: User
      /** Local milliseconds since the epoch; null where the backend lets the page see no expiry. */
      readonly expiresAt: number | null
    }
  | { readonly status: 'unauthenticated'; readonly generation: number; readonly reason: EndReason }

/** What happened. `refreshed` and `ended` carry the generation that they began in; `granted` starts a new one. */
export type SessionEvent<User> =
  | { readonly type: 'granted'; readonly user: User; readonly expiresAt: number | null }
  | {
      readonly type: 'refreshed'
      readonly generation: number
      readonly user: User
      readonly expiresAt: number | null
      /** True where the answer speaks of another subject than the session held. */
      readonly otherSubject: boolean
    }
  | { readonly type: 'ended'; readonly generation: number; readonly reason: EndReason }

/** The session before anybody has looked. */
export const pendingSession = { status: 'pending', generation: 0 } as const

/**
 * The session after the event; the very same object when nothing changes.
 * Pure: no clock, no store, no network.
 */
export function transition<User>(session: Session<User>, event: SessionEvent<User>): Session<User> {
  if (event.type === 'granted') {
    return authenticated(session.generation + 1, event)
  }
  if (event.generation !== session.generation || session.status === 'unauthenticated') return session
  if (event.type === 'ended') {
    return { status: 'unauthenticated', generation: session.generation + 1, reason: event.reason }
  }
  if (session.status === 'pending' || event.otherSubject) return authenticated(session.generation + 1, event)
  if (event.user === session.user && event.expiresAt === session.expiresAt) return session
  return authenticated(session.generation, event)
}

function authenticated<User>(
  generation: number,
  { user, expiresAt }: { readonly user: User; readonly expiresAt: number | null },
): Session<User> {
  return { status: 'authenticated', generation, user, expiresAt }
}
