// fastapi-users with bearer transport and a JWT strategy. Its secret: there is no refresh; the session lives as its token does.
import { fields, text, type Profile } from '../index.js'
import { readFastapiUser, type FastapiUser } from './fastapi-cookie.js'
import { isTokenRefused, readDetail } from './fastapi-detail.js'
import { get, living, passwordForm, post } from './spelling.js'

const codes: ReadonlyMap<unknown, string> = new Map([
  ['LOGIN_BAD_CREDENTIALS', 'invalid_credentials'],
  ['REGISTER_USER_ALREADY_EXISTS', 'email_taken'],
  ['REGISTER_INVALID_PASSWORD', 'weak_password'],
])

/**
 * `POST auth/jwt/login` form username, password → {access_token, token_type}; `GET users/me`. A refresh is never asked
 * for, as nothing is held that could be spent; where an old one rests in storage, the user's route answers 401.
 * @see https://fastapi-users.github.io/fastapi-users/latest/usage/routes/
 */
export function fastapiUsers({
  prefix = 'auth',
  backend = 'jwt',
  me = 'users/me',
  lifetime,
}: {
  readonly prefix?: string
  readonly backend?: string
  readonly me?: string
  /** Seconds, as JWTStrategy has it: its tokens say `exp` and no `iat`. */
  readonly lifetime?: number
} = {}): Profile<FastapiUser> {
  return {
    name: 'fastapi-users',
    bearer: 'header',
    refreshToken: 'body',
    ...living(lifetime),
    register: (input) => post(`${prefix}/register`, input),
    login: (credentials) => ({
      method: 'POST',
      path: `${prefix}/${backend}/login`,
      form: passwordForm(credentials),
    }),
    refresh: () => get(me),
    logout: () => post(`${prefix}/${backend}/logout`),
    me: () => get(me),
    readGrant: (body) => ({ accessToken: text(fields(body)['access_token'], 'access_token') }),
    readUser: readFastapiUser,
    isRefused: isTokenRefused,
    readProblem(status, body) {
      const { detail } = fields(body)
      const code = codes.get(fields(detail)['code'] ?? detail)
      return code === undefined ? readDetail(status, body) : { code }
    },
  }
}
