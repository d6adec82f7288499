// Spring Security as its best-known JWT tutorial has it. Its secret: the user's fields lie beside the tokens, at the top.
import { fields, text, type Profile } from '../index.js'
import { asking, maybeText, named, post, type NamePassword } from './spelling.js'

/** The user as sign-in tells it; after a reload only what the token's `sub` says, unless `me` names a route. */
export type SpringUser = {
  readonly username: string
  readonly id?: number | string
  readonly email?: string
  readonly roles?: readonly string[]
}

/**
 * `POST api/auth/signin` {username, password} → {accessToken, tokenType, refreshToken, id, username, email, roles};
 * `POST api/auth/refreshtoken` {refreshToken} → {accessToken, refreshToken, tokenType}; a spent one is a 403.
 * @see https://www.bezkoder.com/spring-boot-refresh-token-jwt/
 */
export function springJwt({
  prefix = 'api/auth',
  me,
}: { readonly prefix?: string; readonly me?: string } = {}): Profile<SpringUser, NamePassword> {
  return {
    name: 'spring-jwt',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(`${prefix}/signup`, input),
    login: (credentials) => post(`${prefix}/signin`, named(credentials, 'username')),
    refresh: (token) => post(`${prefix}/refreshtoken`, { refreshToken: token }),
    logout: () => post(`${prefix}/signout`),
    ...asking(me),
    readGrant(body) {
      const { accessToken, token, refreshToken, username } = fields(body)
      return {
        accessToken: text(accessToken ?? token, 'accessToken'),
        refreshToken: maybeText(refreshToken),
        user: username === undefined ? undefined : body,
      }
    },
    readUser(body) {
      const { id, username, sub, email, roles } = fields(body)
      return { id, username: text(username ?? sub, 'username'), email, roles } as SpringUser
    },
    isRefused: (status, body) =>
      (status === 401 || status === 403) && /refresh token/i.test(maybeText(fields(body)['message']) ?? ''),
    readProblem(status, body) {
      const message = maybeText(fields(body)['message'])
      return { code: status === 400 && /already/.test(message ?? '') ? 'email_taken' : undefined, message }
    },
  }
}
