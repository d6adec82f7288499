// Payload CMS. Its secret: the token in hand buys the next one, which comes as `refreshedToken`, while it still lives.
import { fields, text, type Profile } from '../index.js'
import { asking, maybeNumber, maybeText, named, post, secondsUntil, type NamePassword } from './spelling.js'
import { bearing } from './without-refresh.js'

/** The user as its collection has it. */
export type PayloadUser = { readonly id: number | string; readonly email?: string }

/**
 * `POST api/users/login` {email, password} → {message, user, token, exp}; `POST api/users/refresh-token` with the
 * token → {message, user, refreshedToken, exp}. The scheme is `JWT`. With `bearer: 'cookie'` the HttpOnly cookie
 * `payload-token` bears it instead (`csrf` in Payload's config has to name the page), also where
 * `removeTokenFromResponses` hides the tokens.
 * @see https://payloadcms.com/docs/authentication/operations
 */
export function payload({
  collection = 'users',
  bearer = 'header',
}: { readonly collection?: string; readonly bearer?: 'header' | 'cookie' } = {}): Profile<
  PayloadUser,
  NamePassword<'email'>
> {
  const attach = bearing('JWT')
  const inCookie = bearer === 'cookie'
  const prefix = `api/${encodeURIComponent(collection)}`
  return {
    name: 'payload',
    bearer,
    refreshToken: inCookie ? 'cookie' : 'access',
    ...(!inCookie && { attach }),
    register: (input) => post(prefix, input),
    login: (credentials) => post(`${prefix}/login`, named(credentials, 'email')),
    refresh: (token) => post(`${prefix}/refresh-token`, undefined, token === undefined ? undefined : attach(token)),
    logout: () => post(`${prefix}/logout`),
    ...asking(`${prefix}/me`),
    readGrant(body, headers) {
      const { token, refreshedToken, user, exp } = fields(body)
      const epoch = maybeNumber(exp)
      return {
        accessToken: inCookie ? null : text(refreshedToken ?? token, 'token'),
        expiresIn: inCookie && epoch !== undefined ? secondsUntil(epoch * 1000, headers) : undefined,
        user,
      }
    },
    readUser(body) {
      const user = fields(fields(body)['user'] ?? body)
      if (typeof user['id'] !== 'number') text(user['id'], 'user.id')
      return user as PayloadUser
    },
    isRefused(status, body) {
      const isRefused = (status === 401 || status === 403) && messageOf(body) !== undefined
      return isRefused && (inCookie ? 'no-session' : 'expired')
    },
    readProblem: (_status, body) => ({ message: messageOf(body) }),
  }
}

function messageOf(body: unknown): string | undefined {
  const { errors } = fields(body)
  return Array.isArray(errors) ? maybeText(fields(errors[0])['message']) : undefined
}
