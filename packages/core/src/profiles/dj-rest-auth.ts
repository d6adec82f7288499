// dj-rest-auth in its three modes. Its secret: a wrong password is a 400 of `non_field_errors`, and the fields changed names.
import { fields, text, type Profile, type WireProblem } from '../index.js'
import { csrfCookie } from './csrf-cookie.js'
import { readDjango } from './django-problem.js'
import { asking, maybeText, post, secondsUntil, type AnyUser, type NamePassword } from './spelling.js'
import { withoutRefresh } from './without-refresh.js'

/** Where dj-rest-auth is mounted, and where its tokens travel. */
export type DjRestAuthOptions = {
  /** Default: `dj-rest-auth`. */
  readonly prefix?: string
  /** Default: `<prefix>/registration/`. */
  readonly registration?: string
  /** `cookie`: JWT_AUTH_HTTPONLY. `none`: no JWT, but rest_framework.authtoken, which never expires. Default: `body`. */
  readonly refreshToken?: 'body' | 'cookie' | 'none'
  /** `cookie`: the access token is in one too, JWT_AUTH_COOKIE. Default: `header`. */
  readonly bearer?: 'header' | 'cookie'
  /** Seconds, for cookies where no Date can be read. */
  readonly lifetime?: number
  /** A GET that sets `csrftoken`; Django has none of its own. */
  readonly csrf?: string
  /** The page's cookies, for tests. */
  readonly cookies?: () => string
}

/**
 * `POST dj-rest-auth/login/` → {access, refresh, user}, before 3.0 {access_token, refresh_token, user}, or {key};
 * `POST dj-rest-auth/token/refresh/` → {access, access_expiration}. With `bearer: 'cookie'` every request brings `X-CSRFToken`
 * from the cookie (JWT_AUTH_COOKIE_USE_CSRF), fetched from `csrf` where one is named.
 * @see https://dj-rest-auth.readthedocs.io/en/latest/api_endpoints.html
 */
export function djRestAuth({
  prefix = 'dj-rest-auth',
  registration = `${prefix}/registration/`,
  bearer = 'header',
  refreshToken = bearer === 'cookie' ? 'cookie' : 'body',
  lifetime,
  csrf,
  cookies,
}: DjRestAuthOptions = {}): Profile<AnyUser, NamePassword> {
  const isMismatch: Parameters<typeof csrfCookie>[0]['isMismatch'] = ({ status, body }) =>
    status === 403 && /CSRF/.test(maybeText(fields(body)['detail']) ?? '')
  const inBody = refreshToken === 'body'
  const isCookie = bearer === 'cookie'
  const asks = asking(`${prefix}/user/`)
  const shared = {
    name: 'dj-rest-auth',
    register: (input) => post(registration, input),
    login: (credentials) => post(`${prefix}/login/`, credentials),
    logout: ({ refreshToken: token }) => post(`${prefix}/logout/`, inBody ? { refresh: token } : {}),
    readUser: fields,
    readProblem,
  } satisfies Partial<Profile<AnyUser, NamePassword>>
  if (refreshToken === 'none')
    return {
      ...shared,
      bearer: 'header',
      ...withoutRefresh({
        me: `${prefix}/user/`,
        scheme: 'Token',
        lifetime: Infinity,
        readToken: (body) => fields(body)['key'],
      }),
      isRefused: (status, body) => status === 401 && maybeText(fields(body)['detail']) !== undefined,
    }
  return {
    ...shared,
    bearer,
    refreshToken,
    ...(lifetime !== undefined && { lifetime }),
    ...(isCookie && csrfCookie({ cookie: 'csrftoken', header: 'X-CSRFToken', path: csrf, isMismatch, cookies })),
    refresh: (token) => post(`${prefix}/token/refresh/`, inBody ? { refresh: token } : {}),
    ...asks,
    readGrant(body, headers) {
      const { access, access_token, refresh, refresh_token, user, access_expiration, access_token_expiration } =
        fields(body)
      return {
        accessToken: isCookie ? null : text(access ?? access_token, 'access'),
        refreshToken: inBody ? maybeText(refresh ?? refresh_token) : undefined,
        expiresIn: isCookie ? secondsUntil(access_expiration ?? access_token_expiration, headers) : undefined,
        user,
      }
    },
    isRefused(status, body) {
      const { code } = fields(body)
      if (status !== 401 || code !== 'token_not_valid') return false
      return inBody ? 'expired' : 'no-session'
    },
  }
}

function readProblem(status: number, body: unknown): WireProblem {
  const { non_field_errors } = fields(body)
  const wrong = Array.isArray(non_field_errors) ? maybeText(non_field_errors[0]) : undefined
  if (status === 400 && wrong !== undefined) return { code: 'invalid_credentials', message: wrong }
  const problem = readDjango(status, body)
  return status === 403 && /CSRF/.test(problem.message ?? '') ? { ...problem, code: 'csrf' } : problem
}
