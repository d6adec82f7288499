// Nhost (hasura-auth). Its secret: sign-in wraps the session or a second factor's ticket; a refresh is the session, bare.
import { fields, text, type Profile } from '../index.js'
import { maybeNumber, maybeText, post, type EmailPassword } from './spelling.js'

/** The user as Nhost's session has it. */
export type NhostUser = { readonly id: string; readonly email: string | null; readonly displayName: string }

const codes: ReadonlyMap<unknown, string> = new Map([
  ['invalid-email-password', 'invalid_credentials'],
  ['email-already-in-use', 'email_taken'],
  ['password-too-short', 'weak_password'],
  ['password-in-hibp-database', 'weak_password'],
  ['invalid-totp', 'mfa_invalid'],
  ['invalid-otp', 'mfa_invalid'],
])

/**
 * `POST v1/signin/email-password` → {session: {accessToken, accessTokenExpiresIn, refreshToken, user}} or
 * {session: null, mfa: {ticket}}; `POST v1/token` {refreshToken} → the session object.
 * @see https://docs.nhost.io/reference/auth
 */
export function nhost({ prefix = 'v1' }: { readonly prefix?: string } = {}): Profile<NhostUser, EmailPassword> {
  return {
    name: 'nhost',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(`${prefix}/signup/email-password`, input),
    login: (credentials) => post(`${prefix}/signin/email-password`, credentials),
    verifyMfa: ({ challenge, code }) => post(`${prefix}/signin/mfa/totp`, { ticket: challenge, otp: code }),
    refresh: (token) => post(`${prefix}/token`, { refreshToken: token }),
    logout: ({ everywhere, refreshToken }) => post(`${prefix}/signout`, { refreshToken, all: everywhere }),
    readGrant(body) {
      const { accessToken, accessTokenExpiresIn, refreshToken, user } = fields(fields(body)['session'] ?? body)
      return {
        accessToken: text(accessToken, 'accessToken'),
        refreshToken: maybeText(refreshToken),
        expiresIn: maybeNumber(accessTokenExpiresIn),
        user: user ?? undefined,
      }
    },
    readMfa(body) {
      const challenge = maybeText(fields(fields(body)['mfa'])['ticket'])
      return challenge === undefined ? null : { challenge, methods: ['totp'] }
    },
    readUser(body) {
      const user = fields(body)
      text(user['id'], 'user.id')
      return user as NhostUser
    },
    isRefused: (status, body) => status === 401 && fields(body)['error'] === 'invalid-refresh-token',
    readProblem(_status, body) {
      const { error, message } = fields(body)
      return { code: codes.get(error), message: maybeText(message) }
    },
  }
}
