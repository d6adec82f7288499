// Rails with devise-jwt. Its secret: the token comes in the answer's `Authorization` header, and there is no refresh.
import { fields, text, type Profile } from '../index.js'
import { firstTexts, get, maybeText, post } from './spelling.js'

/**
 * `POST users/sign_in` {user: {email, password}} → the user, and `Authorization: Bearer <token>`, which another origin
 * sees only where CORS exposes that header. `DELETE users/sign_out`. Devise has no route that tells the user: name yours.
 * @see https://github.com/waiting-for-dev/devise-jwt
 */
export function deviseJwt({
  me,
  scope = 'user',
  prefix = 'users',
}: {
  readonly me: string
  readonly scope?: string
  readonly prefix?: string
}): Profile<Readonly<Record<string, unknown>>> {
  return {
    name: 'devise-jwt',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(prefix, { [scope]: input }),
    login: (credentials) => post(`${prefix}/sign_in`, { [scope]: credentials }),
    refresh: () => get(me),
    logout: () => ({ method: 'DELETE', path: `${prefix}/sign_out` }),
    me: () => get(me),
    readGrant(_body, headers) {
      const [, token] = /^Bearer +(\S+)$/i.exec(headers.get('Authorization') ?? '') ?? []
      return { accessToken: text(token, 'the Authorization header (CORS has to expose it)') }
    },
    readUser: (body) => fields(fields(body)[scope] ?? body),
    isRefused: (status, body) => status === 401 && maybeText(fields(body)['error']) !== undefined,
    readProblem(_status, body) {
      const { error, errors } = fields(body)
      return { message: maybeText(error), fieldErrors: firstTexts(errors) }
    },
  }
}
