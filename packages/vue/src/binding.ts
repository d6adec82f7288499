// How a client reaches the components of an app; its secret is the injection key, and what is shown until the client knows.
import { AuthError, can, hasRole, type Session } from '@latchkey/core'
import { computed, inject, type ComputedRef, type InjectionKey } from 'vue'
import type { RegisteredClient, RegisteredUser } from './register.js'
import { useAtom } from './use-atom.js'

/** The questions about a user. */
export type Checks = {
  readonly hasRole: (role: string) => boolean
  readonly can: (permission: string) => boolean
}

/** A client as components see it. */
export type Binding = {
  readonly client: RegisteredClient
  /** The session as it is shown: while the client's is pending, the one that the plugin was given. */
  readonly shown: (session: Session<RegisteredUser>) => Session<RegisteredUser>
  /** Answers for a session that is shown: false for whom nobody knows. */
  readonly checks: (shown: Session<RegisteredUser>) => Checks
}

const key: InjectionKey<Binding> = Symbol('latchkey')

export { key as bindingKey }

/** A binding; it subscribes to nothing by itself. */
export function createBinding(client: RegisteredClient, given?: Session<RegisteredUser>): Binding {
  return {
    client,
    shown: (session) => (session.status === 'pending' && given !== undefined ? given : session),
    checks(session) {
      // A client that is pending knows nobody's claims; of nobody everything is denied.
      const user = userOf(session)
      if (user !== null && session !== given) return client
      return { hasRole: (role) => hasRole(user, role), can: (permission) => can(user, permission) }
    },
  }
}

/** The user of a session; null where there is none. */
export function userOf<User>(session: Session<User>): User | null {
  return session.status === 'authenticated' ? session.user : null
}

/**
 * The app's binding.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useBinding(): Binding {
  const binding = inject(key, null)
  if (binding === null) {
    throw new AuthError(
      'misconfigured',
      'A Latchkey composable or gate found no client: install it with app.use(createLatchkey(client)).',
    )
  }
  return binding
}

/** The session that is shown, as a ref, and the binding that it is from. */
export function useShown(): Binding & { readonly session: ComputedRef<Session<RegisteredUser>> } {
  const binding = useBinding()
  const session = useAtom(binding.client.$session)
  return { ...binding, session: computed(() => binding.shown(session.value)) }
}
