// Gin with appleboy/gin-jwt. Its secret: the token in hand buys the next one within MaxRefresh, by a GET.
import { fields, text, type Profile } from '../index.js'
import {
  asking,
  bearer,
  get,
  maybeText,
  named,
  post,
  secondsUntil,
  type AnyUser,
  type NamePassword,
} from './spelling.js'

/**
 * `POST login` {username, password} → {code, token, expire}; `GET refresh_token` with the token → the same;
 * `POST logout`. Without `me` the user is the token's claims. Errors are {code, message}. Version 2.
 * @see https://github.com/appleboy/gin-jwt/tree/v2
 */
export function ginJwt<Field extends string = 'username'>({
  loginPath = 'login',
  refreshPath = 'refresh_token',
  logoutPath = 'logout',
  usernameField,
  me,
}: {
  readonly loginPath?: string
  readonly refreshPath?: string
  readonly logoutPath?: string
  /** Default: `username`. */
  readonly usernameField?: Field
  readonly me?: string
} = {}): Profile<AnyUser, NamePassword<Field>> {
  return {
    name: 'gin-jwt',
    bearer: 'header',
    refreshToken: 'access',
    login: (credentials) => post(loginPath, named(credentials, usernameField ?? 'username')),
    refresh: (token) => get(refreshPath, bearer(token)),
    logout: () => post(logoutPath),
    ...asking(me),
    readGrant(body, headers) {
      const { token, expire } = fields(body)
      return { accessToken: text(token, 'token'), expiresIn: secondsUntil(expire, headers) }
    },
    readUser: fields,
    isRefused: (status, body) => (status === 401 || status === 403) && fields(body)['code'] === status,
    readProblem: (_status, body) => ({ message: maybeText(fields(body)['message']) }),
  }
}
