// FastAPI with both tokens in HttpOnly cookies. Its secret: nothing in any answer speaks of the expiry; the app has to.
import type { Profile } from '../index.js'
import { fastapiCookie, type FastapiCookieOptions, type FastapiUser } from './fastapi-cookie.js'
import { post, type EmailPassword } from './spelling.js'

/**
 * `POST auth/login` {email, password} → {message} and two HttpOnly cookies, `access_token` and `refresh_token`;
 * `POST auth/refresh` → {message} and both anew. Silent refreshes go by `lifetime`, 900 seconds unless told otherwise.
 * @see examples/backends/fastapi/cookie_only.py
 */
export function fastapiCookieOnly({
  prefix = 'auth',
  me = 'users/me',
  lifetime = 900,
}: FastapiCookieOptions = {}): Profile<FastapiUser, EmailPassword> {
  return {
    ...fastapiCookie({ prefix, me, lifetime }),
    name: 'fastapi-cookie-only',
    bearer: 'cookie',
    logout: ({ everywhere }) => post(`${prefix}/${everywhere ? 'logout-all' : 'logout'}`),
    readGrant: () => ({ accessToken: null }),
  }
}
