// The face of @latchkey/react.
export { AuthProvider, useAuthClient, type AuthProviderProps } from './provider.js'
export { useAuth, useCan, useHasRole, useRefreshState, useSession, useUser } from './hooks.js'
export { useAuthSuspense } from './suspense.js'
export { Protect, Show, SignedIn, SignedOut, type GateProps, type ProtectProps, type ShowProps } from './show.js'
export type { Auth, AuthActions, AuthState, Identity, Refreshing, Settled, SettledAuth } from './auth.js'
export type { Gate } from './gate.js'
export type { Register, RegisteredClient, RegisteredUser, UserOf } from './register.js'
