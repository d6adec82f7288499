// Gin with appleboy/gin-jwt. Its secret: the token in hand buys the next one within MaxRefresh, by a GET.
import { fields, text, type Profile } from '../index.js'
import { asking, bearer, get, maybeText, named, post } from './spelling.js'

/**
 * `POST login` {username, password} → {code, token, expire}; `GET refresh_token` with the token → the same;
 * `POST logout`. Without `me` the user is the token's claims. Errors are {code, message}. Version 2.
 * @see https://github.com/appleboy/gin-jwt/tree/v2
 */
export function ginJwt({
  loginPath = 'login',
  refreshPath = 'refresh_token',
  logoutPath = 'logout',
  usernameField = 'username',
  me,
}: {
  readonly loginPath?: string
  readonly refreshPath?: string
  readonly logoutPath?: string
  readonly usernameField?: string
  readonly me?: string
} = {}): Profile<Readonly<Record<string, unknown>>> {
  return {
    name: 'gin-jwt',
    bearer: 'header',
    refreshToken: 'body',
    login: (credentials) => post(loginPath, named(credentials, usernameField)),
    refresh: (token) => get(refreshPath, bearer(token)),
    logout: () => post(logoutPath),
    ...asking(me),
    readGrant(body) {
      const token = text(fields(body)['token'], 'token')
      return { accessToken: token, refreshToken: token }
    },
    readUser: fields,
    isRefused: (status, body) => (status === 401 || status === 403) && fields(body)['code'] === status,
    readProblem: (_status, body) => ({ message: maybeText(fields(body)['message']) }),
  }
}
