// Laravel with a JWT guard. Its secret: no refresh token; the last access token, spent or not, buys the next one.
import { fields, text, type Profile } from '../index.js'
import { bearer, firstTexts, maybeNumber, maybeText, post } from './spelling.js'

/**
 * `POST api/auth/login` {email, password} → {access_token, token_type, expires_in};
 * `POST api/auth/refresh` with the expired token as the bearer → the same. The client keeps that token where it keeps
 * refresh tokens. `POST api/auth/me`, `POST api/auth/logout`.
 * @see https://laravel-jwt-auth.readthedocs.io/en/latest/quick-start/
 */
export function laravelJwt({ prefix = 'api/auth' }: { readonly prefix?: string } = {}): Profile<
  Readonly<Record<string, unknown>>
> {
  return {
    name: 'laravel-jwt',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(`${prefix}/register`, input),
    login: (credentials) => post(`${prefix}/login`, credentials),
    refresh: (token) => post(`${prefix}/refresh`, undefined, bearer(token)),
    logout: ({ refreshToken }) => post(`${prefix}/logout`, undefined, bearer(refreshToken)),
    me: () => post(`${prefix}/me`),
    readGrant(body) {
      const { access_token, expires_in, user } = fields(body)
      const token = text(access_token, 'access_token')
      return { accessToken: token, refreshToken: token, expiresIn: maybeNumber(expires_in), user }
    },
    readUser: fields,
    isRefused(status, body) {
      const { message, error } = fields(body)
      const said = maybeText(message) ?? maybeText(error)
      if (status !== 401 || said === undefined) return false
      return /blacklisted/i.test(said) ? 'revoked' : 'expired'
    },
    readProblem(_status, body) {
      const { message, error, errors } = fields(body)
      return { message: maybeText(message) ?? maybeText(error), fieldErrors: firstTexts(errors) }
    },
  }
}
