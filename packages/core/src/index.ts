// The face of @latchkey/core: re-exports only.
export { createAuthClient } from './client.js'
export { type AuthClient, type AuthClientOptions } from './auth-client.js'
export { type AuthFetch } from './auth-fetch.js'
export { can, hasRole } from './access.js'
export { type Clock, systemClock } from './clock.js'
export { type EndReason } from './end-reason.js'
export { AuthError, isAuthError, type AuthErrorCode, type AuthErrorDetails } from './errors.js'
export { type AuthEvent } from './events.js'
export { type IdleOptions } from './idle.js'
export { type Page } from './page.js'
export {
  fields,
  latchkey,
  text,
  type Credentials,
  type Entry,
  type LatchkeyUser,
  type MfaAnswer,
  type Profile,
  type WireCall,
  type WireFailure,
  type WireGrant,
  type WireProblem,
} from './profile.js'
export { type RefreshState } from './core.js'
export { returnTo } from './return-to.js'
export { defaultBuffer, type Proactive } from './scheduler.js'
export { transition, type Session, type SessionEvent } from './session.js'
export { type AuthenticatedSession, type LoginResult, type RegisterResult } from './sign-in.js'
export { type StepUp, type StepUps } from './step-up.js'
export { memoryStorage, type TokenStorage } from './storage.js'
export { webStorage } from './web-storage.js'
