// The face of @latchkey/engine: re-exports only.
export { newAccount, type NewAccount } from './accounts/account.js'
export { canonicalEmail } from './accounts/email.js'
export type { IsBreached, Passwords } from './accounts/password.js'
export type { Authorize, Demand, Principal } from './authorize.js'
export type { AuditEntry, AuditQuery, AuditStore } from './audit-store.js'
export type { ChangeAccount } from './change-account.js'
export type { EngineClock } from './clock.js'
export { actsOnCookie } from './csrf.js'
export { type Bearer, createDenylist, type Denial, type Denylist, type DenylistOptions } from './denylist.js'
export { deviceName } from './device-name.js'
export { createEngine, type Engine } from './engine.js'
export type { EngineEvent, EngineEventType } from './event.js'
export type { Identities, Identity } from './identity.js'
export type { JwtHeader, JwtSigner } from './jwt-signer.js'
export { generateSigningKey } from './keys.js'
export type { FactorChange, Mail, Mailer, Sighting } from './mail.js'
export type { Challenge, FactorStore, Totp, TryBudget } from './factor-store.js'
export type { Passkey, PasskeyStore } from './passkey-store.js'
export { createMemoryStore } from './memory-store.js'
export { type Handshake, type Provider, ProviderFailed, type ProviderUser } from './provider.js'
export type { Call, CookieAct, LimitClass, Method, Needs, Reply, RouteContract } from './route.js'
export { routes, type RouteName } from './route-table.js'
export type { EngineOptions } from './settings.js'
export type { Slip, Slips } from './slip.js'
export {
  AccountGone,
  EmailTaken,
  StoreUnavailable,
  type Account,
  type Family,
  type FamilyChange,
  type Held,
  type RefreshToken,
  type Step,
  type Store,
  type Ticket,
  type TicketChange,
} from './store.js'
export type { SweepRule, SweepStore } from './sweep-store.js'
export {
  adminUserSchema,
  auditEntrySchema,
  grantSchema,
  identitySchema,
  mfaRequiredSchema,
  passkeySchema,
  problemSchema,
  sessionSchema,
  userSchema,
} from './wire.js'
