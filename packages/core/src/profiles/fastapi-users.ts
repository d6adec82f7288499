// fastapi-users. Its secret: there is no refresh; the session lives as its token does, in a header or in a cookie.
import { fields, type Profile } from '../index.js'
import { readFastapiUser, type FastapiUser } from './fastapi-cookie.js'
import { isCookieRefused, isTokenRefused, readDetail } from './fastapi-detail.js'
import { passwordForm, post, type NamePassword } from './spelling.js'
import { withoutRefresh } from './without-refresh.js'

const codes: ReadonlyMap<unknown, string> = new Map([
  ['LOGIN_BAD_CREDENTIALS', 'invalid_credentials'],
  ['REGISTER_USER_ALREADY_EXISTS', 'email_taken'],
  ['REGISTER_INVALID_PASSWORD', 'weak_password'],
])

/**
 * `POST auth/jwt/login` form username, password → {access_token, token_type}; `GET users/me`. With `bearer: 'cookie'`
 * (CookieTransport) the answer is an empty 204 and an HttpOnly cookie; name the backend too, often `cookie`.
 * @see https://fastapi-users.github.io/fastapi-users/latest/usage/routes/
 */
export function fastapiUsers({
  prefix = 'auth',
  backend = 'jwt',
  me = 'users/me',
  bearer = 'header',
  lifetime,
}: {
  readonly bearer?: 'header' | 'cookie'
  readonly prefix?: string
  readonly backend?: string
  readonly me?: string
  /** Seconds, as JWTStrategy has it: its tokens say `exp` and no `iat`. */
  readonly lifetime?: number
} = {}): Profile<FastapiUser, NamePassword> {
  return {
    name: 'fastapi-users',
    ...withoutRefresh({ me, lifetime, readToken: (body) => fields(body)['access_token'] }),
    bearer,
    ...(bearer === 'cookie' && {
      refreshToken: 'cookie',
      readGrant: (body) => ({ accessToken: null, user: fields(body)['email'] === undefined ? undefined : body }),
    }),
    register: (input) => post(`${prefix}/register`, input),
    login: (credentials) => ({
      method: 'POST',
      path: `${prefix}/${backend}/login`,
      form: passwordForm(credentials),
    }),
    logout: () => post(`${prefix}/${backend}/logout`),
    readUser: readFastapiUser,
    isRefused: bearer === 'cookie' ? isCookieRefused : isTokenRefused,
    readProblem(status, body) {
      const { detail } = fields(body)
      const code = codes.get(fields(detail)['code'] ?? detail)
      return code === undefined ? readDetail(status, body) : { code }
    },
  }
}
