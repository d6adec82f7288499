// The whole contract, in one table.
import type { RouteContract } from './route.js'
import { deleteMe } from './routes/account-deletion.js'
import { endUserSessions, updateUser, users } from './routes/admin.js'
import { audit } from './routes/audit.js'
import { identities, linkIdentity, oauthLogin, unlinkIdentity } from './routes/identities.js'
import { changeEmail, confirmEmailChange } from './routes/email-change.js'
import { resendVerification, verifyEmail } from './routes/email-proof.js'
import { changePassword, forgotPassword, resetPassword } from './routes/new-password.js'
import { healthz, jwks, readyz } from './routes/operation.js'
import { endOtherSessions, endSession, me, sessions, updateMe } from './routes/own-account.js'
import { ack, refresh } from './routes/refreshing.js'
import { backupCodes, confirmTotp, disableTotp, enrollTotp, factors } from './routes/second-factor.js'
import { verifyMfa } from './routes/mfa-step.js'
import { askPasskey, loginByPasskey } from './routes/passkey-sign-in.js'
import { invitePasskey, passkeys, registerPasskey, removePasskey, renamePasskey } from './routes/passkeys.js'
import { login, register } from './routes/sign-in.js'
import { oauthCallback, oauthProviders, oauthStart } from './routes/sign-in-elsewhere.js'
import { logout, logoutAll } from './routes/sign-out.js'
import type { Route } from './visit.js'

const byName = {
  register,
  login,
  refresh,
  ack,
  logout,
  logoutAll,
  me,
  updateMe,
  sessions,
  endSession,
  endOtherSessions,
  verifyEmail,
  resendVerification,
  changeEmail,
  confirmEmailChange,
  forgotPassword,
  resetPassword,
  changePassword,
  verifyMfa,
  factors,
  enrollTotp,
  confirmTotp,
  disableTotp,
  backupCodes,
  askPasskey,
  loginByPasskey,
  invitePasskey,
  registerPasskey,
  passkeys,
  renamePasskey,
  removePasskey,
  oauthProviders,
  oauthStart,
  oauthCallback,
  oauthLogin,
  identities,
  linkIdentity,
  unlinkIdentity,
  users,
  updateUser,
  endUserSessions,
  audit,
  jwks,
  healthz,
  readyz,
  deleteMe,
} satisfies Readonly<Record<string, Route>>

/** The names of the routes, as `mock.fault` and `mock.calls` take them. */
export type RouteName = keyof typeof byName

/** Contracts and functions. */
export const routeTable: readonly Route[] = Object.values(byName)

/** The contracts alone: what transports, docs and laws are made from. */
export const routes: readonly RouteContract[] = routeTable.map(({ contract }) => contract)
