// FastAPI answers in `{statusCode, body}` with both tokens in it. Its secret: the refresh token stays the same for its life.
import { fields, text, type Profile } from '../index.js'
import { isTokenRefused, readDetail } from './fastapi-detail.js'
import { asking, maybeNumber, maybeText, post, type EmailPassword } from './spelling.js'

/** The user as the envelope tells it. */
export type FastapiEnvelopeUser = {
  readonly user_id: number | string
  readonly email: string
  readonly display_name: string | null
  readonly role: string
}

/**
 * `POST auth/login` {email, password} → {statusCode, body: {user_id, email, display_name, role, access_token,
 * refresh_token, token_type, expires_in}}; register and `POST auth/refresh` {refresh_token} answer the same.
 * There is no logout route: signing out is local.
 * @see examples/backends/fastapi/envelope.py
 */
export function fastapiEnvelope({
  prefix = 'auth',
  me = `${prefix}/me`,
}: { readonly prefix?: string; readonly me?: string } = {}): Profile<FastapiEnvelopeUser, EmailPassword> {
  return {
    name: 'fastapi-envelope',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(`${prefix}/register`, input),
    login: (credentials) => post(`${prefix}/login`, credentials),
    refresh: (token) => post(`${prefix}/refresh`, { refresh_token: token }),
    ...asking(me),
    readGrant(body) {
      const content = fields(body)['body']
      const { access_token, refresh_token, expires_in, email } = fields(content)
      return {
        accessToken: text(access_token, 'body.access_token'),
        refreshToken: maybeText(refresh_token),
        expiresIn: maybeNumber(expires_in),
        user: email === undefined ? undefined : content,
      }
    },
    readUser(body) {
      const { user_id, email, display_name, role } = fields(fields(body)['body'] ?? body)
      if (typeof user_id !== 'number') text(user_id, 'user_id')
      return { user_id, email: text(email, 'email'), display_name, role } as FastapiEnvelopeUser
    },
    isRefused: isTokenRefused,
    readProblem: readDetail,
  }
}
