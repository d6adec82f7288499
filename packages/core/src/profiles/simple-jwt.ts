// Django REST framework with SimpleJWT. Its secret: slashes at the end, and a refresh token that comes back only if it rotates.
import { fields, text, type Profile } from '../index.js'
import { asking, firstTexts, maybeText, named, post } from './spelling.js'

const refusals: ReadonlySet<unknown> = new Set([
  'token_not_valid',
  'no_active_account',
  'user_not_found',
  'user_inactive',
])

/**
 * `POST api/token/` {username, password} → {access, refresh}; `POST api/token/refresh/` {refresh} → {access} or, with
 * ROTATE_REFRESH_TOKENS, {access, refresh}. Without `me` the user is the token's claims, `user_id` among them.
 * @see https://django-rest-framework-simplejwt.readthedocs.io/en/latest/getting_started.html (5.2 was run)
 */
export function simpleJwt({
  prefix = 'api/token',
  usernameField = 'username',
  me,
}: { readonly prefix?: string; readonly usernameField?: string; readonly me?: string } = {}): Profile<
  Readonly<Record<string, unknown>>
> {
  return {
    name: 'simplejwt',
    bearer: 'header',
    refreshToken: 'body',
    login: (credentials) => post(`${prefix}/`, named(credentials, usernameField)),
    refresh: (token) => post(`${prefix}/refresh/`, { refresh: token }),
    logout: ({ refreshToken }) => post(`${prefix}/blacklist/`, { refresh: refreshToken }),
    ...asking(me),
    readGrant(body) {
      const { access, refresh } = fields(body)
      return { accessToken: text(access, 'access'), refreshToken: maybeText(refresh) }
    },
    readUser: fields,
    isRefused(status, body) {
      const { code, detail } = fields(body)
      if (status !== 401 || !refusals.has(code)) return false
      return detail === 'Token is blacklisted' ? 'revoked' : 'expired'
    },
    readProblem(_status, body) {
      const message = maybeText(fields(body)['detail'])
      return { message, fieldErrors: message === undefined ? firstTexts(body) : undefined }
    },
  }
}
