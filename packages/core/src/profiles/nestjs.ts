// NestJS with passport-jwt. Its secret: the refresh token travels as the bearer of the refresh call (`jwt-refresh` strategy).
import { fields, text, type Profile } from '../index.js'
import { asking, bearer, maybeText, post, type AnyUser, type NamePassword } from './spelling.js'

/**
 * `POST auth/login` → {access_token} as the docs have it, or {accessToken, refreshToken}; `POST auth/refresh` with
 * `Authorization: Bearer <refresh token>`. Errors are {statusCode, message, error}.
 * @see https://docs.nestjs.com/security/authentication, https://docs.nestjs.com/recipes/passport
 */
export function nestjs({
  prefix = 'auth',
  me = `${prefix}/profile`,
  refreshMethod = 'POST',
}: {
  readonly prefix?: string
  readonly me?: string
  readonly refreshMethod?: 'GET' | 'POST'
} = {}): Profile<AnyUser, NamePassword> {
  return {
    name: 'nestjs',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(`${prefix}/register`, input),
    login: (credentials) => post(`${prefix}/login`, credentials),
    refresh: (token) => ({ method: refreshMethod, path: `${prefix}/refresh`, headers: bearer(token) }),
    logout: () => post(`${prefix}/logout`),
    ...asking(me),
    readGrant(body) {
      const { access_token, accessToken, refresh_token, refreshToken, user } = fields(body)
      return {
        accessToken: text(accessToken ?? access_token, 'access_token'),
        refreshToken: maybeText(refreshToken ?? refresh_token),
        user,
      }
    },
    readUser: fields,
    isRefused: (status, body) => (status === 401 || status === 403) && fields(body)['statusCode'] === status,
    readProblem(status, body) {
      const { message } = fields(body)
      return {
        code: status === 409 ? 'email_taken' : undefined,
        message: maybeText(Array.isArray(message) ? message[0] : message),
      }
    },
  }
}
