// Who passes a gate; its secret is the order of the questions: has anybody looked, who is it, what may they do.
import type { Identity, Settled } from './auth.js'

/** What a gate asks for. A role and a permission together ask for both; a function is asked once somebody has looked. */
export type Gate<User> =
  | 'signed-in'
  | 'signed-out'
  | { readonly role: string; readonly permission?: string | undefined }
  | { readonly permission: string; readonly role?: string | undefined }
  | ((auth: Settled<Identity<User>>) => boolean)

/** Pending until somebody has looked for a session; closed wherever a gate is not certainly open. */
export type Verdict = 'pending' | 'open' | 'closed'

/** Judges one gate; pure, and cheap enough to be asked on every change of the session. */
export function judge<User>(gate: Gate<User>, auth: Identity<User>): Verdict {
  if (auth.isPending) return 'pending'
  return passes(gate, auth) ? 'open' : 'closed'
}

function passes<User>(gate: Gate<User>, auth: Settled<Identity<User>>): boolean {
  if (typeof gate === 'function') return gate(auth)
  if (gate === 'signed-out') return !auth.isAuthenticated
  if (gate === 'signed-in') return auth.isAuthenticated
  const { role, permission } = gate
  // A gate that names nothing, as a misspelt one does in JavaScript, stays closed.
  if (role === undefined && permission === undefined) return false
  return (role === undefined || auth.hasRole(role)) && (permission === undefined || auth.can(permission))
}
