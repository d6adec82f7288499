// Strapi 5 with `jwtManagement: 'refresh'`. Its secret: the refresh token goes into a cookie where a request header asks so.
import { fields, text, type Profile } from '../index.js'
import { asking, maybeText, named, post, type NamePassword } from './spelling.js'
import { withoutRefresh } from './without-refresh.js'

/** The user as Strapi tells it. */
export type StrapiUser = { readonly id: number; readonly username: string; readonly email: string }

/**
 * `POST api/auth/local` {identifier, password} → {jwt, refreshToken, user}, the refresh token in an HttpOnly cookie
 * instead with `x-strapi-refresh-cookie: httpOnly`; `POST api/auth/refresh` {refreshToken}, or the cookie → {jwt}.
 * A wrong password is a 400. `refreshToken: 'none'` is for Strapi 4, and 5 without `jwtManagement`: its token lives for
 * 30 days, and so does the session.
 * @see https://docs.strapi.io/cms/features/users-permissions
 */
export function strapi({
  prefix = 'api',
  refreshToken = 'cookie',
}: { readonly prefix?: string; readonly refreshToken?: 'cookie' | 'body' | 'none' } = {}): Profile<
  StrapiUser,
  NamePassword<'identifier'>
> {
  const me = `${prefix}/users/me`
  const headers = refreshToken === 'cookie' ? { 'x-strapi-refresh-cookie': 'httpOnly' } : undefined
  return {
    name: 'strapi',
    bearer: 'header',
    refreshToken: refreshToken === 'cookie' ? 'cookie' : 'body',
    register: (input) => post(`${prefix}/auth/local/register`, input, headers),
    login: (credentials) => post(`${prefix}/auth/local`, named(credentials, 'identifier'), headers),
    refresh: (token) => post(`${prefix}/auth/refresh`, token === undefined ? {} : { refreshToken: token }, headers),
    logout: () => post(`${prefix}/auth/logout`),
    ...asking(me),
    readGrant(body) {
      const { jwt, refreshToken: token, user } = fields(body)
      return {
        accessToken: text(jwt, 'jwt'),
        refreshToken: refreshToken === 'body' ? maybeText(token) : undefined,
        user,
      }
    },
    ...(refreshToken === 'none' && withoutRefresh({ me, readToken: (body) => fields(body)['jwt'] })),
    readUser(body) {
      const user = fields(body)
      text(user['email'], 'user.email')
      return user as StrapiUser
    },
    isRefused(status, body) {
      const { name, message } = fields(fields(body)['error'])
      const isMissing = status === 400 && /refresh token/i.test(maybeText(message) ?? '')
      if (!isMissing && (status !== 401 || name !== 'UnauthorizedError')) return false
      return refreshToken === 'cookie' ? 'no-session' : 'expired'
    },
    readProblem(status, body) {
      const message = maybeText(fields(fields(body)['error'])['message'])
      if (status !== 400 || message === undefined) return { message }
      if (/invalid identifier/i.test(message)) return { code: 'invalid_credentials', message }
      return { code: /already taken/i.test(message) ? 'email_taken' : undefined, message }
    },
  }
}
