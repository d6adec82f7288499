// Django REST framework with SimpleJWT. Its secret: slashes at the end, and a refresh token that comes back only if it rotates.
import { fields, text, type Profile } from '../index.js'
import { readDjango } from './django-problem.js'
import { asking, maybeText, named, post, type AnyUser, type NamePassword } from './spelling.js'

const refusals: ReadonlySet<unknown> = new Set([
  'token_not_valid',
  'no_active_account',
  'user_not_found',
  'user_inactive',
])

/**
 * `POST api/token/` {username, password} → {access, refresh}; `POST api/token/refresh/` {refresh} → {access} or, with
 * ROTATE_REFRESH_TOKENS, {access, refresh}. Without `me` the user is the token's claims, `user_id` among them.
 * SimpleJWT has no other routes: name those of your project in `me`, `register` and `logoutAll`.
 * @see examples/backends/django, https://django-rest-framework-simplejwt.readthedocs.io (5.2 was run)
 */
export function simpleJwt<Field extends string = 'username'>({
  prefix = 'api/token',
  usernameField,
  me,
  register,
  logoutAll,
}: {
  readonly prefix?: string
  /** The user model's USERNAME_FIELD. Default: `username`. */
  readonly usernameField?: Field
  readonly me?: string
  readonly register?: string
  /** Signs out everywhere, by the access token. */
  readonly logoutAll?: string
} = {}): Profile<AnyUser, NamePassword<Field>> {
  return {
    name: 'simplejwt',
    bearer: 'header',
    refreshToken: 'body',
    ...(register !== undefined && { register: (input) => post(register, input) }),
    login: (credentials) => post(`${prefix}/`, named(credentials, usernameField ?? 'username')),
    refresh: (token) => post(`${prefix}/refresh/`, { refresh: token }),
    logout: ({ everywhere, refreshToken }) =>
      everywhere && logoutAll !== undefined ? post(logoutAll) : post(`${prefix}/blacklist/`, { refresh: refreshToken }),
    ...asking(me),
    readGrant(body) {
      const { access, refresh } = fields(body)
      return { accessToken: text(access, 'access'), refreshToken: maybeText(refresh) }
    },
    readUser: fields,
    isRefused(status, body) {
      const { code, detail } = fields(body)
      if (status !== 401 || !refusals.has(code)) return false
      return /blacklisted|revoked/.test(maybeText(detail) ?? '') ? 'revoked' : 'expired'
    },
    readProblem: readDjango,
  }
}
