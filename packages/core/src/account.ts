// What an account page calls, by Latchkey's own routes; its secret is their paths.
import { AuthError, type AuthClient, type WireCall } from './index.js'

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

export type Account = {
  readonly verifyEmail: (token: string) => Promise<void>
  readonly resendVerification: () => Promise<void>
  readonly forgotPassword: (email: string) => Promise<void>
  readonly resetPassword: (input: { readonly token: string; readonly password: string }) => Promise<void>
  readonly changePassword: (input: { readonly currentPassword: string; readonly newPassword: string }) => Promise<void>
  readonly sessions: {
    readonly list: () => Promise<readonly Device[]>
    readonly revoke: (id: string) => Promise<void>
    /** Ends every session but this one. */
    readonly revokeOthers: () => Promise<void>
  }
}

/**
 * The account calls of Latchkey's own server, with the client's token.
 * @throws as the client's calls do: `invalid_input`, `weak_password`, `step_up_required`, `unreachable`
 */
export function createAccount(auth: Pick<AuthClient<never>, 'send'>): Account {
  const headers = { 'X-Latchkey': '1' }
  const call = async (method: WireCall['method'], path: string, json?: unknown): Promise<unknown> =>
    auth.send({ method, path: `auth/${path}`, headers, ...(json !== undefined && { json }) })
  const post = async (path: string, json?: unknown): Promise<void> => void (await call('POST', path, json))
  return {
    verifyEmail: (token) => post('email/verify', { token }),
    resendVerification: () => post('email/resend'),
    forgotPassword: (email) => post('password/forgot', { email }),
    resetPassword: (input) => post('password/reset', input),
    changePassword: ({ currentPassword, newPassword }) =>
      post('password/change', { current_password: currentPassword, new_password: newPassword }),
    sessions: {
      list: async () => ((await call('GET', 'sessions')) as { readonly sessions: readonly Device[] }).sessions,
      revoke: async (id) => void (await call('DELETE', `sessions/${segment(id)}`)),
      revokeOthers: async () => void (await call('DELETE', 'sessions')),
    },
  }
}

/** One path segment. URL parsers resolve `.` and `..`, percent-encoded too, so no encoding makes an id of them (CVE-2025-48370). */
function segment(id: string): string {
  if (!/^\.{0,2}$/.test(id)) return encodeURIComponent(id)
  throw new AuthError('invalid_input', `${id || 'An empty text'} is no id of a session. Take it from sessions.list().`)
}
