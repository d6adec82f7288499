// Laravel Sanctum for single-page apps. Its secret: a session cookie and no token at all, a CSRF cookie first, and 419.
import { fields, text, type Profile } from '../index.js'
import { csrfCookie } from './csrf-cookie.js'
import { readLaravel, type LaravelUser } from './laravel-problem.js'
import { get, post, type EmailPassword } from './spelling.js'

/**
 * `GET sanctum/csrf-cookie`, then `POST login` {email, password} → 204 and a session cookie (Breeze; Fortify: 200, or
 * {two_factor: true}, which `POST two-factor-challenge` {code} completes). Nothing is refreshed: `GET api/user` tells
 * whether the session is still there, at boot and after a 401 or 419. The page has to be on the API's domain or a
 * sibling of it (SESSION_DOMAIN), or it cannot read `XSRF-TOKEN`; `baseURL` is the root, not `/api`.
 * @see https://laravel.com/docs/sanctum#spa-authentication
 */
export function sanctumSpa({
  prefix = '',
  me = 'api/user',
  csrf = 'sanctum/csrf-cookie',
  cookies,
}: {
  /** Before `login`, `register` and `logout`; none by default. */
  readonly prefix?: string
  readonly me?: string
  readonly csrf?: string
  /** The page's cookies, for tests. */
  readonly cookies?: () => string
} = {}): Profile<LaravelUser, EmailPassword> {
  const under = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`)
  return {
    name: 'sanctum-spa',
    bearer: 'cookie',
    refreshToken: 'cookie',
    ...csrfCookie({
      cookie: 'XSRF-TOKEN',
      header: 'X-XSRF-TOKEN',
      path: csrf,
      isMismatch: ({ status }) => status === 419,
      cookies,
    }),
    register: (input) => post(under('register'), input),
    login: (credentials) => post(under('login'), credentials),
    verifyMfa: ({ code }) => post(under('two-factor-challenge'), { code }),
    refresh: () => get(me),
    logout: () => post(under('logout')),
    me: () => get(me),
    // Login, register and the second factor tell nobody's name: who it is, the user's route says.
    readGrant: (body) => ({ accessToken: null, user: fields(body)['email'] === undefined ? null : body }),
    readMfa: (body) => (fields(body)['two_factor'] === true ? { challenge: 'session', methods: ['totp'] } : null),
    readUser(body) {
      const user = fields(body)
      text(user['email'], 'email')
      return user as LaravelUser
    },
    isRefused: (status, body) => status === 401 && fields(body)['message'] !== undefined && 'no-session',
    readProblem: readLaravel,
    isExpiry: ({ status }) => status === 419,
  }
}
