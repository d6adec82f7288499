// FastAPI takes the refresh token from the query. Its secret: the user is in the JWT's `sub`, for there is no such route.
import { fields, text, type Profile } from '../index.js'
import { isTokenRefused, readDetail } from './fastapi-detail.js'
import { living, maybeText, post, type EmailPassword } from './spelling.js'

/** The user as the access token tells it. */
export type FastapiSubject = { readonly email: string }

/**
 * `POST auth/login` {email, password} → {access_token, refresh_token, token_type};
 * `POST auth/refresh?token=<refresh token>` → the same, both new. No logout route, no user route.
 * A token in a URL lands in the logs of every proxy: prefer a backend that takes it in the body.
 * @see examples/backends/fastapi/query.py
 */
export function fastapiQuery({
  prefix = 'auth',
  lifetime,
}: { readonly prefix?: string; readonly lifetime?: number } = {}): Profile<FastapiSubject, EmailPassword> {
  return {
    name: 'fastapi-query',
    bearer: 'header',
    refreshToken: 'body',
    ...living(lifetime),
    register: (input) => post(`${prefix}/register`, input),
    login: (credentials) => post(`${prefix}/login`, credentials),
    refresh: (token = '') => ({ method: 'POST', path: `${prefix}/refresh`, query: { token } }),
    readGrant(body) {
      const { access_token, refresh_token } = fields(body)
      return { accessToken: text(access_token, 'access_token'), refreshToken: maybeText(refresh_token) }
    },
    readUser: (claims) => ({ email: text(fields(claims)['sub'], 'sub') }),
    isRefused: isTokenRefused,
    readProblem: readDetail,
  }
}
