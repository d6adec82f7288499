// Rails with devise-jwt. Its secret: the token comes in the answer's `Authorization` header, and there is no refresh.
import { fields, type Profile } from '../index.js'
import { firstTexts, maybeText, post, remove, type AnyUser, type NamePassword } from './spelling.js'
import { withoutRefresh } from './without-refresh.js'

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
}): Profile<AnyUser, NamePassword> {
  return {
    name: 'devise-jwt',
    bearer: 'header',
    ...withoutRefresh({
      me,
      readToken: (_body, headers) => /^Bearer +(\S+)$/i.exec(headers.get('Authorization') ?? '')?.[1],
    }),
    register: (input) => post(prefix, { [scope]: input }),
    login: (credentials) => post(`${prefix}/sign_in`, { [scope]: credentials }),
    logout: () => remove(`${prefix}/sign_out`),
    readUser: (body) => fields(fields(body)[scope] ?? body),
    isRefused: (status, body) => status === 401 && maybeText(fields(body)['error']) !== undefined,
    readProblem(_status, body) {
      const { error, errors } = fields(body)
      return { message: maybeText(error), fieldErrors: firstTexts(errors) }
    },
  }
}
