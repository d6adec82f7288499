// The gates as elements; their secret is that one renders again only when its verdict turns.
import type { ReactNode } from 'react'
import { judge, type Gate } from './gate.js'
import { useSelected } from './hooks.js'
import type { RegisteredUser } from './register.js'

/** What every gate shows, and instead of it. */
export type GateProps = {
  readonly children?: ReactNode
  /** Shown where the gate is closed. */
  readonly fallback?: ReactNode
  /** Shown until somebody has looked for a session, on a server always. */
  readonly pending?: ReactNode
}

/** What `<Show>` takes. */
export type ShowProps = GateProps & { readonly when: Gate<RegisteredUser> }

/**
 * Shows its children to whom `when` lets in, `fallback` to others, `pending` until that is known.
 * It hides, it does not protect: whoever may not see a thing must not get it from the server either.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function Show({ when, children, fallback, pending }: ShowProps): ReactNode {
  const verdict = useSelected((auth) => judge(when, auth))
  return { open: children, closed: fallback, pending }[verdict]
}

/** `<Show when="signed-in">`. */
export function SignedIn(props: GateProps): ReactNode {
  return <Show when="signed-in" {...props} />
}

/** `<Show when="signed-out">`. */
export function SignedOut(props: GateProps): ReactNode {
  return <Show when="signed-out" {...props} />
}

/** What `<Protect>` takes: with neither role nor permission it asks for any signed-in user. */
export type ProtectProps = GateProps & {
  readonly role?: string | undefined
  readonly permission?: string | undefined
}

/** `<Show when={{ role, permission }}>`: hides from whoever lacks the role or the permission. */
export function Protect({ role, permission, ...shown }: ProtectProps): ReactNode {
  const asked = permission === undefined ? role !== undefined && { role } : { role, permission }
  return <Show when={asked || 'signed-in'} {...shown} />
}
