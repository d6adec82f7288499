// The one error that Latchkey throws; its secret is how it is recognised across bundles and realms.

/** Everything that can go wrong, as a stable name to `switch` on. */
export type AuthErrorCode =
  | 'invalid_credentials'
  | 'session_ended'
  | 'unreachable'
  | 'rate_limited'
  | 'protocol_error'
  | 'not_replayable'
  | 'account_changed'
  | 'step_up_required'
  | 'email_taken'
  | 'weak_password'
  | 'invalid_input'
  | 'mfa_invalid'
  | 'passkey_cancelled'
  | 'misconfigured'
  | 'disposed'

/** What an `AuthError` carries beside its message; never a token, a password or a cookie. */
export type AuthErrorDetails = {
  /** HTTP status, where a reply came. */
  readonly status?: number | undefined
  /** Milliseconds to wait, where the server named a time. */
  readonly retryAfter?: number | undefined
  /** Messages by field of the form that was sent. */
  readonly fieldErrors?: Readonly<Record<string, string>> | undefined
  readonly cause?: unknown
}

/** The error of every failing call of the client: `code` says which, `message` what failed, why, and what to do. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  declare readonly code: AuthErrorCode
  /** True where the same call may succeed later without anybody changing anything. */
  declare readonly retryable: boolean
  declare readonly status: number | undefined
  declare readonly retryAfter: number | undefined
  declare readonly fieldErrors: Readonly<Record<string, string>> | undefined

  constructor(code: AuthErrorCode, message: string, details: AuthErrorDetails = {}) {
    const { status, retryAfter, fieldErrors, ...cause } = details
    super(message, cause)
    const retryable = code === 'unreachable' || code === 'rate_limited'
    Object.assign(this, { code, retryable, status, retryAfter, fieldErrors })
  }
}

/** True for an `AuthError` of any copy of this package, also one from another bundle or realm; narrows to `code` if given. */
export function isAuthError(error: unknown, code?: AuthErrorCode): error is AuthError {
  const suspect = error as Partial<AuthError> | null | undefined
  return (
    suspect?.name === 'AuthError' && typeof suspect.code === 'string' && (code === undefined || suspect.code === code)
  )
}

/** Another account is there: nothing of the old one is sent as the new one. */
export const accountChanged = (): AuthError =>
  new AuthError('account_changed', 'Another account signed in: nothing was sent as it.')
