// FastAPI's OAuth2PasswordRequestForm. Its secret: login is a form whose `username` is the email; JSON there is a 422.
import type { Profile } from '../index.js'
import { fastapiCookie, type FastapiCookieOptions, type FastapiUser } from './fastapi-cookie.js'
import { passwordForm, type NamePassword } from './spelling.js'

/**
 * `POST auth/token` form username, password → {access_token, token_type} and an HttpOnly cookie `refresh_token`; all
 * else as `fastapiCookie`, the user at `GET users/me`.
 * @see https://fastapi.tiangolo.com/tutorial/security/simple-oauth2/, examples/backends/fastapi/form.py
 */
export function fastapiForm({ prefix = 'auth', me = 'users/me', ...options }: FastapiCookieOptions = {}): Profile<
  FastapiUser,
  NamePassword
> {
  return {
    ...fastapiCookie({ prefix, me, ...options }),
    name: 'fastapi-form',
    login: (credentials) => ({ method: 'POST', path: `${prefix}/token`, form: passwordForm(credentials) }),
  }
}
