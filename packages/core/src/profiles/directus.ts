// Directus. Its secret: everything is under `data`, `expires` is milliseconds, and errors carry `extensions.code`.
import { fields, text, type Profile } from '../index.js'
import { asking, maybeNumber, maybeText, post, type AnyUser, type EmailPassword } from './spelling.js'

const codes: ReadonlyMap<unknown, string> = new Map([
  ['INVALID_CREDENTIALS', 'invalid_credentials'],
  ['INVALID_OTP', 'mfa_invalid'],
  ['RECORD_NOT_UNIQUE', 'email_taken'],
])
const refusals: ReadonlySet<unknown> = new Set([
  'INVALID_CREDENTIALS',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
  'USER_SUSPENDED',
])

/**
 * `POST auth/login` {email, password, otp?, mode} → {data: {access_token, expires, refresh_token?}};
 * `POST auth/refresh` {refresh_token, mode: 'json'} or, the refresh token being in an HttpOnly cookie, {mode: 'cookie'}.
 * With `session` one HttpOnly cookie is both tokens.
 * @see https://docs.directus.io/reference/authentication.html (12.4.0 was run)
 */
export function directus({
  refreshToken: wanted = 'cookie',
}: { readonly refreshToken?: 'cookie' | 'body' | 'session' } = {}): Profile<AnyUser, EmailPassword> {
  const mode = wanted === 'body' ? 'json' : wanted
  const refreshToken = wanted === 'body' ? 'body' : 'cookie'
  const credential = (token?: string): object => (token === undefined ? { mode } : { refresh_token: token, mode })
  return {
    name: 'directus',
    bearer: wanted === 'session' ? 'cookie' : 'header',
    refreshToken,
    register: (input) => post('users/register', input),
    login: (credentials) => post('auth/login', { ...credentials, mode }),
    refresh: (token) => post('auth/refresh', credential(token)),
    logout: ({ refreshToken: token }) => post('auth/logout', credential(token)),
    ...asking('users/me'),
    readGrant(body) {
      const { access_token, expires, refresh_token } = fields(fields(body)['data'])
      const ms = maybeNumber(expires)
      return {
        accessToken: wanted === 'session' ? null : text(access_token, 'data.access_token'),
        refreshToken: refreshToken === 'body' ? maybeText(refresh_token) : undefined,
        expiresIn: ms === undefined ? undefined : ms / 1000,
      }
    },
    readUser: (body) => fields(fields(body)['data'] ?? body),
    isRefused(status, body) {
      const { code } = problemOf(body)
      if (refreshToken === 'cookie' && status === 400 && code === 'INVALID_PAYLOAD') return 'no-session'
      if ((status !== 401 && status !== 403) || !refusals.has(code)) return false
      return refreshToken === 'cookie' ? 'no-session' : 'expired'
    },
    readProblem(_status, body) {
      const { code, message } = problemOf(body)
      return { code: codes.get(code), message: maybeText(message) }
    },
  }
}

function problemOf(body: unknown): { readonly code: unknown; readonly message: unknown } {
  const { errors } = fields(body)
  const { message, extensions } = fields(Array.isArray(errors) ? errors[0] : undefined)
  return { code: fields(extensions)['code'], message }
}
