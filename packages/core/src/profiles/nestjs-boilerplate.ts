// The NestJS boilerplate of brocoders. Its secret: a wrong password is a 422 whose `errors` name the field and a key.
import { fields, text, type Profile } from '../index.js'
import { asking, bearer, firstTexts, maybeText, post, type AnyUser, type EmailPassword } from './spelling.js'

const wrong: ReadonlySet<unknown> = new Set(['notFound', 'incorrectPassword'])

/**
 * `POST api/v1/auth/email/login` {email, password} → {token, refreshToken, tokenExpires, user};
 * `POST api/v1/auth/refresh` with `Authorization: Bearer <refresh token>` → {token, refreshToken, tokenExpires}.
 * @see https://github.com/brocoders/nestjs-boilerplate src/auth/auth.controller.ts
 */
export function nestjsBoilerplate({ prefix = 'api/v1/auth' }: { readonly prefix?: string } = {}): Profile<
  AnyUser,
  EmailPassword
> {
  return {
    name: 'nestjs-boilerplate',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(`${prefix}/email/register`, input),
    login: (credentials) => post(`${prefix}/email/login`, credentials),
    refresh: (token) => post(`${prefix}/refresh`, undefined, bearer(token)),
    logout: () => post(`${prefix}/logout`),
    ...asking(`${prefix}/me`),
    readGrant(body) {
      const { token, refreshToken, user } = fields(body)
      return { accessToken: text(token, 'token'), refreshToken: maybeText(refreshToken), user }
    },
    readUser: fields,
    isRefused: (status, body) => status === 401 && fields(body)['statusCode'] === 401,
    readProblem(status, body) {
      const { errors, message } = fields(body)
      const { email, password } = fields(errors)
      const isWrong = wrong.has(email) || wrong.has(password)
      const isTaken = email === 'emailAlreadyExists'
      return {
        code: status !== 422 ? undefined : isWrong ? 'invalid_credentials' : isTaken ? 'email_taken' : undefined,
        message: maybeText(message),
        fieldErrors: firstTexts(errors),
      }
    },
  }
}
