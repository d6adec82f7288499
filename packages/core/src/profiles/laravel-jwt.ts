// Laravel with a JWT guard. Its secret: no refresh token; the last access token, spent or not, buys the next one.
import { fields, text, type Profile } from '../index.js'
import { readLaravel } from './laravel-problem.js'
import { bearer, maybeNumber, maybeText, post, type AnyUser, type EmailPassword } from './spelling.js'

/**
 * `POST api/auth/login` {email, password} → {access_token, token_type, expires_in};
 * `POST api/auth/refresh` with the expired token as the bearer → the same, the old one being blacklisted.
 * `POST api/auth/me`, `POST api/auth/logout`.
 * @see https://laravel-jwt-auth.readthedocs.io/en/latest/quick-start/
 */
export function laravelJwt({
  prefix = 'api/auth',
  me = `${prefix}/me`,
}: {
  readonly prefix?: string
  /** A POST. */
  readonly me?: string
} = {}): Profile<AnyUser, EmailPassword> {
  return {
    name: 'laravel-jwt',
    bearer: 'header',
    refreshToken: 'access',
    register: (input) => post(`${prefix}/register`, input),
    login: (credentials) => post(`${prefix}/login`, credentials),
    refresh: (token) => post(`${prefix}/refresh`, undefined, bearer(token)),
    logout: () => post(`${prefix}/logout`),
    me: () => post(me),
    readGrant(body) {
      const { access_token, expires_in, user } = fields(body)
      return { accessToken: text(access_token, 'access_token'), expiresIn: maybeNumber(expires_in), user }
    },
    readUser: fields,
    isRefused(status, body) {
      const { message, error } = fields(body)
      const said = maybeText(message) ?? maybeText(error)
      if (status !== 401 || said === undefined) return false
      return /blacklisted/i.test(said) ? 'revoked' : 'expired'
    },
    readProblem: readLaravel,
  }
}
