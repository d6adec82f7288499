// FastAPI, JSON login, refresh token in an HttpOnly cookie. Its secret: registering gives no tokens, and no expires_in comes.
import { fields, text, type Profile } from '../index.js'
import { isCookieRefused, readDetail } from './fastapi-detail.js'
import { asking, living, maybeNumber, post, type EmailPassword } from './spelling.js'

/** The user as `GET /auth/me` tells it. */
export type FastapiUser = { readonly id: number | string; readonly email: string; readonly role?: string }

/** Where the routes are, and how long an access token lives. */
export type FastapiCookieOptions = {
  /** Default: `auth`. */
  readonly prefix?: string
  /** Default: `<prefix>/me`. */
  readonly me?: string
  /**
   * Seconds. Needed where the JWT has no `iat` and the API is on another origin, whose `Date` header pages cannot read:
   * without it the client learns of an expiry by the 401 alone.
   */
  readonly lifetime?: number
}

/**
 * `POST auth/login` {email, password} → {access_token, token_type} and an HttpOnly cookie `refresh_token`, which
 * `POST auth/refresh` rotates.
 * @see examples/backends/fastapi/cookie.py
 */
export function fastapiCookie({ prefix = 'auth', me = `${prefix}/me`, lifetime }: FastapiCookieOptions = {}): Profile<
  FastapiUser,
  EmailPassword
> {
  return {
    name: 'fastapi-cookie',
    bearer: 'header',
    refreshToken: 'cookie',
    ...living(lifetime),
    register: (input) => post(`${prefix}/register`, input),
    login: (credentials) => post(`${prefix}/login`, credentials),
    refresh: () => post(`${prefix}/refresh`),
    logout: () => post(`${prefix}/logout`),
    ...asking(me),
    readGrant(body) {
      const { access_token, expires_in } = fields(body)
      return { accessToken: text(access_token, 'access_token'), expiresIn: maybeNumber(expires_in) }
    },
    readUser: readFastapiUser,
    isRefused: isCookieRefused,
    readProblem: readDetail,
  }
}

/** The user of a FastAPI backend: whatever else it tells, it tells the email. */
export function readFastapiUser(body: unknown): FastapiUser {
  const user = fields(body)
  text(user['email'], 'user.email')
  return user as FastapiUser
}
