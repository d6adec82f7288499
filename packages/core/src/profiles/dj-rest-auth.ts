// dj-rest-auth in JWT mode. Its secret: a wrong password is a 400 of `non_field_errors`, and the fields changed names.
import { fields, text, type Profile } from '../index.js'
import { asking, firstTexts, maybeText, post } from './spelling.js'

/**
 * `POST dj-rest-auth/login/` → {access, refresh, user}, before 3.0 {access_token, refresh_token, user};
 * `POST dj-rest-auth/token/refresh/` → {access} or {access, refresh}. `refreshToken: 'cookie'` is for
 * JWT_AUTH_HTTPONLY, where the body's refresh token is empty. JWT_AUTH_COOKIE_USE_CSRF is not spoken.
 * @see https://dj-rest-auth.readthedocs.io/en/latest/api_endpoints.html
 */
export function djRestAuth({
  prefix = 'dj-rest-auth',
  refreshToken = 'body',
}: { readonly prefix?: string; readonly refreshToken?: 'body' | 'cookie' } = {}): Profile<
  Readonly<Record<string, unknown>>
> {
  return {
    name: 'dj-rest-auth',
    bearer: 'header',
    refreshToken,
    register: (input) => post(`${prefix}/registration/`, input),
    login: (credentials) => post(`${prefix}/login/`, credentials),
    refresh: (token) => post(`${prefix}/token/refresh/`, refreshToken === 'body' ? { refresh: token } : {}),
    logout: ({ refreshToken: token }) => post(`${prefix}/logout/`, token === undefined ? {} : { refresh: token }),
    ...asking(`${prefix}/user/`),
    readGrant(body) {
      const { access, access_token, refresh, refresh_token, user } = fields(body)
      return {
        accessToken: text(access ?? access_token, 'access'),
        refreshToken: refreshToken === 'body' ? maybeText(refresh ?? refresh_token) : undefined,
        user,
      }
    },
    readUser: fields,
    isRefused(status, body) {
      const { code } = fields(body)
      if (status !== 401 || code !== 'token_not_valid') return false
      return refreshToken === 'cookie' ? 'no-session' : 'expired'
    },
    readProblem(status, body) {
      const { detail, non_field_errors } = fields(body)
      const wrong = Array.isArray(non_field_errors) ? maybeText(non_field_errors[0]) : undefined
      return {
        code: status === 400 && wrong !== undefined ? 'invalid_credentials' : undefined,
        message: wrong ?? maybeText(detail),
        fieldErrors: firstTexts(body),
      }
    },
  }
}
