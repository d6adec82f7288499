// Who passes a gate; its secret is the order of the questions: has anybody looked, who is it, what may they do.
import type { EndReason, Session } from '@latchkey/core'

/** What a function that guards a gate is told, once somebody has looked for a session. */
export type GateSubject<User> = (
  | { readonly isAuthenticated: true; readonly user: User; readonly reason: null }
  | { readonly isAuthenticated: false; readonly user: null; readonly reason: EndReason }
) &
  Checks

/** The questions that a client answers about its user. */
export type Checks = {
  readonly hasRole: (role: string) => boolean
  readonly can: (permission: string) => boolean
}

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
  const subject: GateSubject<User> =
    session.status === 'authenticated'
      ? { isAuthenticated: true, user: session.user, reason: null, ...checks }
      : { isAuthenticated: false, user: null, reason: session.reason, hasRole: deny, can: deny }
  return passes(gate, subject) ? 'open' : 'closed'
}

/** When nobody is signed in, nothing is allowed. */
const deny = () => false

function passes<User>(gate: Gate<User>, subject: GateSubject<User>): boolean {
  if (typeof gate === 'function') return gate(subject)
  if (gate === 'signed-out') return !subject.isAuthenticated
  if (gate === 'signed-in') return subject.isAuthenticated
  return asks(gate) && holds(gate.role, subject.hasRole) && holds(gate.permission, subject.can)
}

/** False for a gate that names nothing, as a misspelt one does in JavaScript: it stays closed. */
function asks({ role, permission }: { readonly role?: string | undefined; readonly permission?: string | undefined }) {
  return role !== undefined || permission !== undefined
}

/** What is not asked for is held. */
function holds(name: string | undefined, check: (name: string) => boolean): boolean {
  return name === undefined || check(name)
}
