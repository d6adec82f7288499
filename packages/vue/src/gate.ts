// Who passes a gate; its secret is the order of the questions: has anybody looked, who is it, what may they do.
import type { EndReason, Session } from '@latchkey/core'
import type { Checks } from './binding.js'

/** What a function that guards a gate is told, once somebody has looked for a session. */
export type GateSubject<User> = (
  | { readonly isAuthenticated: true; readonly user: User; readonly reason: null }
  | { readonly isAuthenticated: false; readonly user: null; readonly reason: EndReason }
) &
  Checks

/** What a gate asks for. A role and a permission together ask for both; a function is asked once somebody has looked. */
export type Gate<User> =
  | 'signed-in'
  | 'signed-out'
  | { readonly role: string; readonly permission?: string | undefined }
  | { readonly permission: string; readonly role?: string | undefined }
  | ((subject: GateSubject<User>) => boolean)

/** Pending until somebody has looked for a session; closed wherever a gate is not certainly open. */
export type Verdict = 'pending' | 'open' | 'closed'

/** Judges one gate; pure, and cheap enough to be asked on every change of the session. */
export function judge<User>(gate: Gate<User>, session: Session<User>, checks: Checks): Verdict {
  if (session.status === 'pending') return 'pending'
  const nobody = { isAuthenticated: false, user: null, reason: null } as const
  const subject: GateSubject<User> =
    session.status === 'authenticated'
      ? { ...nobody, ...checks, isAuthenticated: true, user: session.user }
      : { ...nobody, ...checks, reason: session.reason }
  return passes(gate, subject) ? 'open' : 'closed'
}

function passes<User>(gate: Gate<User>, subject: GateSubject<User>): boolean {
  if (typeof gate === 'function') return gate(subject)
  if (gate === 'signed-out') return !subject.isAuthenticated
  if (gate === 'signed-in') return subject.isAuthenticated
  const { role, permission } = gate
  // A gate that names nothing, as a misspelt one does in JavaScript, stays closed.
  if (role === undefined && permission === undefined) return false
  return (role === undefined || subject.hasRole(role)) && (permission === undefined || subject.can(permission))
}
