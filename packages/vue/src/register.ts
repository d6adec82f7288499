// What an app's user looks like: the one place where an app tells the composables its own type.
import type { AuthClient, LatchkeyUser } from '@latchkey/core'

/**
 * Empty on purpose: an app whose backend has users of another shape names that once, and every composable knows it.
 *
 * ```ts
 * declare module '@latchkey/vue' {
 *   interface Register { user: MyUser }
 * }
 * ```
 */
export interface Register {}

/** The user that a `Register` names, else the one of Latchkey's own server. */
export type UserOf<Registered> = Registered extends { readonly user: infer User } ? User : LatchkeyUser

/** The user that the composables return: the app's own as it is named in `Register`, else that of Latchkey's own server. */
export type RegisteredUser = UserOf<Register>

/** A client of that user's. */
// oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- the default only until an app registers its own
export type RegisteredClient = AuthClient<RegisteredUser>
