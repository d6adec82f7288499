// The full-stack FastAPI template. Its secret: a wrong password is a 400, a spent token a 403, and there is no refresh.
import { fields, type Profile } from '../index.js'
import { readFastapiUser, type FastapiUser } from './fastapi-cookie.js'
import { readDetail } from './fastapi-detail.js'
import { maybeText, passwordForm, post, type NamePassword } from './spelling.js'
import { withoutRefresh } from './without-refresh.js'

/**
 * `POST api/v1/login/access-token` form username, password → {access_token, token_type}; `GET api/v1/users/me`.
 * Its 403 is for missing privileges too, so the session ends by the token's own expiry and never by a 403.
 * @see https://github.com/fastapi/full-stack-fastapi-template backend/app/api/routes/login.py
 */
export function fastapiTemplate({
  prefix = 'api/v1',
  lifetime = 691_200,
}: {
  readonly prefix?: string
  /** Seconds; eight days by default, as the template has it. */ readonly lifetime?: number
} = {}): Profile<FastapiUser, NamePassword> {
  return {
    name: 'fastapi-template',
    bearer: 'header',
    ...withoutRefresh({ me: `${prefix}/users/me`, lifetime, readToken: (body) => fields(body)['access_token'] }),
    register: (input) => post(`${prefix}/users/signup`, input),
    login: (credentials) => ({
      method: 'POST',
      path: `${prefix}/login/access-token`,
      form: passwordForm(credentials),
    }),
    readUser: readFastapiUser,
    isRefused: (status, body) => (status === 401 || status === 403) && maybeText(fields(body)['detail']) !== undefined,
    readProblem: readDetail,
  }
}
