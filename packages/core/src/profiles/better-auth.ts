// Better Auth. Its secret: no refresh at all; asking for the session makes it live longer, and a 200 of `null` means there is none.
import { fields, text, type Profile } from '../index.js'
import { bearer, get, maybeText, post, secondsUntil, type EmailPassword } from './spelling.js'

/** The user as Better Auth tells it. */
export type BetterAuthUser = {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly emailVerified: boolean
}

const codes: Readonly<Record<string, string>> = {
  INVALID_EMAIL_OR_PASSWORD: 'invalid_credentials',
  USER_ALREADY_EXISTS: 'email_taken',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'email_taken',
  PASSWORD_TOO_SHORT: 'weak_password',
  PASSWORD_TOO_LONG: 'weak_password',
  PASSWORD_COMPROMISED: 'weak_password',
  INVALID_CODE: 'mfa_invalid',
  INVALID_BACKUP_CODE: 'mfa_invalid',
}

/**
 * `POST api/auth/sign-in/email` {email, password} → {token, user} and an HttpOnly session cookie; `GET
 * api/auth/get-session` → {session, user} or `null`. With `bearer: 'header'` and the bearer plugin the session token
 * travels in `Authorization` instead, taken from the header `set-auth-token`, which CORS has to expose.
 * `trustedOrigins` has to name the page. Two factors (TOTP) are spoken; `rememberMe` is a field of the login.
 * @see https://www.better-auth.com/docs/concepts/session-management (1.6.34 was run)
 */
export function betterAuth({
  prefix = 'api/auth',
  bearer: borne = 'cookie',
}: { readonly prefix?: string; readonly bearer?: 'cookie' | 'header' } = {}): Profile<BetterAuthUser, EmailPassword> {
  const inCookie = borne === 'cookie'
  return {
    name: 'better-auth',
    bearer: borne,
    refreshToken: inCookie ? 'cookie' : 'access',
    ...(!inCookie && { lifetime: Infinity }),
    register: (input) => post(`${prefix}/sign-up/email`, input),
    login: (credentials) => post(`${prefix}/sign-in/email`, credentials),
    verifyMfa: ({ code }) => post(`${prefix}/two-factor/verify-totp`, { code }),
    refresh: (token) => get(`${prefix}/get-session`, token === undefined ? undefined : bearer(token)),
    // Without a body the server takes no JSON POST.
    logout: () => post(`${prefix}/sign-out`, {}),
    me: () => get(`${prefix}/get-session`),
    statusOf: (status, body) => (body === null ? 401 : status),
    readGrant(body, headers, presented) {
      const { session, token, user } = fields(body)
      // Signing up where the address has to be verified first brings a user and a token of null.
      const isIn = session !== undefined || maybeText(token) !== undefined
      return {
        accessToken: inCookie
          ? null
          : (maybeText(headers.get('set-auth-token')) ?? presented ?? maybeText(token) ?? null),
        expiresIn: secondsUntil(fields(session)['expiresAt'], headers),
        user: isIn ? user : undefined,
      }
    },
    // The cookie of the first step is what the second one answers.
    readMfa: (body) =>
      fields(body)['twoFactorRedirect'] === true ? { challenge: 'cookie', methods: methodsOf(body) } : null,
    readUser(body) {
      const user = fields(fields(body)['user'] ?? body)
      text(user['id'], 'user.id')
      return user as BetterAuthUser
    },
    isRefused: (status, body) => status === 401 && body === null && (inCookie ? 'no-session' : 'expired'),
    readProblem(_status, body) {
      const { code, message } = fields(body)
      return { code: codes[String(code)], message: maybeText(message) }
    },
  }
}

function methodsOf(body: unknown): readonly string[] {
  const { twoFactorMethods } = fields(body)
  return Array.isArray(twoFactorMethods) ? twoFactorMethods.map(String) : ['totp']
}
