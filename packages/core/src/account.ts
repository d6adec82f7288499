// What an account page calls, by Latchkey's own routes; its secret is their paths.
import { createElsewhere, type Identity, type LeaveOptions, type Returned, type Scope } from './elsewhere.js'
import type { AuthClient, LatchkeyUser, WireCall } from './index.js'
import { segment } from './path-segment.js'

/** A signed-in device. Times are ISO 8601. */
export type Device = {
  readonly id: string
  /** “Firefox on Linux”; null where the user agent is none that is known. */
  readonly device: string | null
  readonly user_agent: string | null
  readonly ip: string | null
  readonly created_at: string
  readonly last_used_at: string
  readonly current: boolean
}

/** What an authenticator app is given, once. */
export type TotpInvitation = {
  /** base32, for those who type it. */
  readonly secret: string
  /** `otpauth://totp/…` */
  readonly uri: string
  /** The URI as a QR code: an SVG in a `data:` URI, for an `img`. */
  readonly qr: string
}

/** The second factor of the account: codes of an authenticator app. Changes want a recent login: `step_up_required`. */
export type MfaAccount = {
  readonly status: () => Promise<{ readonly totp: boolean; readonly backupCodesLeft: number }>
  readonly enroll: () => Promise<TotpInvitation>
  /** Turns it on, ends every other session, and answers ten backup codes: shown once. @throws `mfa_invalid` */
  readonly confirm: (code: string) => Promise<readonly string[]>
  readonly disable: () => Promise<void>
  /** Ten new backup codes; the old ones no longer work. */
  readonly regenerateBackupCodes: () => Promise<readonly string[]>
}

export type { Identity, Returned } from './elsewhere.js'

export type Account<User = LatchkeyUser> = {
  readonly verifyEmail: (token: string) => Promise<void>
  readonly resendVerification: () => Promise<void>
  /** Sends the new address a link, and tells the old one. Wants a recent login: `step_up_required`. */
  readonly changeEmail: (email: string) => Promise<void>
  /** Moves the account by the token of that link, and ends every other session; for whoever is signed in to it only. */
  readonly confirmEmailChange: (token: string) => Promise<void>
  readonly forgotPassword: (email: string) => Promise<void>
  readonly resetPassword: (input: { readonly token: string; readonly password: string }) => Promise<void>
  readonly changePassword: (input: { readonly currentPassword: string; readonly newPassword: string }) => Promise<void>
  /**
   * Deletes the account for good, and signs out here and in every tab. Wants a recent login: `step_up_required`. The last
   * admin is refused by status 409.
   */
  readonly deleteAccount: () => Promise<void>
  readonly sessions: {
    readonly list: () => Promise<readonly Device[]>
    readonly revoke: (id: string) => Promise<void>
    /** Ends every session but this one. */
    readonly revokeOthers: () => Promise<void>
  }
  readonly mfa: MfaAccount
  /** The names of the providers that people may sign in with. */
  readonly providers: () => Promise<readonly string[]>
  /** Leaves the page for a provider, which sends the browser back to `returnTo` in the app. */
  readonly loginWith: (provider: string, options?: LeaveOptions) => Promise<void>
  /**
   * What a provider's return brought to this page: call it at boot, before other scripts see the address, from which it
   * is gone at once. Null where this is no return; then, and after a failure, `restore()` as ever. @throws as `login` does,
   * and `step_up_required` where a link wants a fresher login: after one, call it again, and it links
   */
  readonly returned: () => Promise<Returned<User> | null>
  /** Other places to sign in. Changes want a recent login: `step_up_required`. */
  readonly identities: {
    readonly list: () => Promise<readonly Identity[]>
    /** Leaves the page, as `loginWith` does; `returned()` then links, and answers `linked`. */
    readonly link: (provider: string, options?: LeaveOptions) => Promise<void>
    /** By the id in `list()`. @throws `protocol_error` with status 409 where no other way to sign in is left */
    readonly unlink: (id: string) => Promise<void>
  }
}

/**
 * The account calls of Latchkey's own server, with the client's token.
 * @throws as the client's calls do: `invalid_input`, `weak_password`, `step_up_required`, `unreachable`
 */
export function createAccount<User>(
  auth: Pick<AuthClient<User>, 'send' | 'baseURL' | 'login' | 'logout' | 'restore'>,
  scope: Scope = globalThis,
): Account<User> {
  const elsewhere = createElsewhere(auth, scope)
  const headers = { 'X-Latchkey': '1' }
  const call = async (method: WireCall['method'], path: string, json?: unknown): Promise<unknown> =>
    auth.send({ method, path: `auth/${path}`, headers, ...(json !== undefined && { json }) })
  const post = async (path: string, json?: unknown): Promise<void> => void (await call('POST', path, json))
  const backupCodes = async (path: string, json?: unknown): Promise<readonly string[]> =>
    ((await call('POST', path, json)) as { readonly backup_codes: readonly string[] }).backup_codes
  return {
    verifyEmail: (token) => post('email/verify', { token }),
    resendVerification: () => post('email/resend'),
    changeEmail: (email) => post('email/change', { email }),
    confirmEmailChange: (token) => post('email/change/confirm', { token }),
    forgotPassword: (email) => post('password/forgot', { email }),
    resetPassword: (input) => post('password/reset', input),
    changePassword: ({ currentPassword, newPassword }) =>
      post('password/change', { current_password: currentPassword, new_password: newPassword }),
    async deleteAccount() {
      await auth.send({ method: 'DELETE', path: 'auth/me', headers, query: { confirm: 'true' } })
      await auth.logout()
    },
    sessions: {
      list: async () => ((await call('GET', 'sessions')) as { readonly sessions: readonly Device[] }).sessions,
      revoke: async (id) => void (await call('DELETE', `sessions/${segment(id, 'sessions.list()')}`)),
      revokeOthers: async () => void (await call('DELETE', 'sessions')),
    },
    mfa: {
      async status() {
        const { totp, backup_codes_left } = (await call('GET', 'mfa')) as { totp: boolean; backup_codes_left: number }
        return { totp, backupCodesLeft: backup_codes_left }
      },
      enroll: async () => (await call('POST', 'mfa/totp/enroll')) as TotpInvitation,
      confirm: (code) => backupCodes('mfa/totp/confirm', { code }),
      disable: async () => void (await call('DELETE', 'mfa/totp')),
      regenerateBackupCodes: () => backupCodes('mfa/backup-codes'),
    },
    providers: async () => ((await call('GET', 'oauth')) as { readonly providers: readonly string[] }).providers,
    loginWith: (provider, options) => elsewhere.leave(provider, 'sign-in', options),
    returned: elsewhere.returned,
    identities: {
      list: async () => ((await call('GET', 'identities')) as { readonly identities: readonly Identity[] }).identities,
      link: (provider, options) => elsewhere.leave(provider, 'link', options),
      unlink: async (id) => void (await call('DELETE', `identities/${segment(id, 'identities.list()')}`)),
    },
  }
}
