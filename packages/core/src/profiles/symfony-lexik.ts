// Symfony with LexikJWT and gesdinet's refresh bundle. Its secret: the refresh token stays the same unless `single_use` is set.
import { fields, text, type Profile } from '../index.js'
import { asking, maybeText, named, post, type AnyUser, type NamePassword } from './spelling.js'

/**
 * `POST api/login_check` {username, password} → {token, refresh_token};
 * `POST api/token/refresh` {refresh_token} → the same. Without `me` the user is the token's claims, `username` and
 * `roles` among them. Errors are {code, message}.
 * @see https://github.com/markitosgv/JWTRefreshTokenBundle, https://github.com/lexik/LexikJWTAuthenticationBundle
 */
export function symfonyLexik<Field extends string = 'username'>({
  prefix = 'api',
  usernameField,
  me,
}: {
  readonly prefix?: string
  /** Default: `username`. */
  readonly usernameField?: Field
  readonly me?: string
} = {}): Profile<AnyUser, NamePassword<Field>> {
  return {
    name: 'symfony-lexik',
    bearer: 'header',
    refreshToken: 'body',
    login: (credentials) => post(`${prefix}/login_check`, named(credentials, usernameField ?? 'username')),
    refresh: (token) => post(`${prefix}/token/refresh`, { refresh_token: token }),
    logout: ({ refreshToken }) => post(`${prefix}/token/invalidate`, { refresh_token: refreshToken }),
    ...asking(me),
    readGrant(body) {
      const { token, refresh_token } = fields(body)
      return { accessToken: text(token, 'token'), refreshToken: maybeText(refresh_token) }
    },
    readUser: fields,
    isRefused: (status, body) => status === 401 && fields(body)['code'] === 401,
    readProblem: (_status, body) => ({ message: maybeText(fields(body)['message']) }),
  }
}
