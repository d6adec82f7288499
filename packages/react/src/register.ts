// What an app's user looks like: the one place where an app tells the hooks its own type.
import type { LatchkeyUser } from '@latchkey/core'

/**
 * Empty on purpose: an app whose backend has users of another shape names that once, and every hook knows it.
 *
 * ```ts
 * declare module '@latchkey/react' {
 *   interface Register { user: MyUser }
 * }
 * ```
 */
export interface Register {}

/** The user that a `Register` names, else the one of Latchkey's own server. */
export type UserOf<Registered> = Registered extends { readonly user: infer User } ? User : LatchkeyUser

/** The user that the hooks return: the app's own as it is named in `Register`, else that of Latchkey's own server. */
export type RegisteredUser = UserOf<Register>
