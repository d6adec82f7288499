// The face of @latchkey/vue.
export { createLatchkey, useAuthClient, type LatchkeyOptions } from './plugin.js'
export type { CanDirective } from './can.js'
export { useAuth, useCan, useHasRole, useRefreshState, useSession, useUser, type Auth } from './composables.js'
export { Protect, Show, SignedIn, SignedOut, type GateSlots, type ProtectProps, type ShowProps } from './show.js'
export type { Checks } from './binding.js'
export type { Gate, GateSubject } from './gate.js'
export type { Register, RegisteredClient, RegisteredUser, UserOf } from './register.js'
