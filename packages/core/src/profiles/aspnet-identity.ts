// ASP.NET Core's MapIdentityApi. Its secret: opaque tokens, and problems whose `detail` is one word of SignInResult.
import { fields, text, type Profile } from '../index.js'
import { asking, firstTexts, maybeNumber, maybeText, post, type EmailPassword } from './spelling.js'

/** The user as `GET manage/info` tells it. */
export type AspnetUser = { readonly email: string; readonly isEmailConfirmed: boolean }

/**
 * `POST login` {email, password, twoFactorCode?} → {tokenType, accessToken, expiresIn, refreshToken};
 * `POST refresh` {refreshToken} → the same. No logout route. A refused refresh is a 401 *without a body*, which no
 * client can tell from a proxy's: add `app.UseStatusCodePages()` and `AddProblemDetails()`, and it is problem+json.
 * @see https://learn.microsoft.com/aspnet/core/security/authentication/identity-api-authorization
 */
export function aspnetIdentity({ prefix = '' }: { readonly prefix?: string } = {}): Profile<AspnetUser, EmailPassword> {
  const under = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`)
  return {
    name: 'aspnet-identity',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(under('register'), input),
    login: (credentials) => post(under('login'), credentials),
    refresh: (token) => post(under('refresh'), { refreshToken: token }),
    ...asking(under('manage/info')),
    readGrant(body) {
      const { accessToken, refreshToken, expiresIn } = fields(body)
      return {
        accessToken: text(accessToken, 'accessToken'),
        refreshToken: maybeText(refreshToken),
        expiresIn: maybeNumber(expiresIn),
      }
    },
    readUser(body) {
      const { email, isEmailConfirmed } = fields(body)
      return { email: text(email, 'email'), isEmailConfirmed: isEmailConfirmed === true }
    },
    isRefused: (status, body) => status === 401 && fields(body)['status'] === 401,
    readProblem(_status, body) {
      const { title, detail, errors } = fields(body)
      const isSecond = detail === 'RequiresTwoFactor'
      const isTaken = Object.hasOwn(fields(errors), 'DuplicateUserName')
      return {
        code: isSecond ? 'mfa_invalid' : isTaken ? 'email_taken' : undefined,
        message: maybeText(detail) ?? maybeText(title),
        fieldErrors: firstTexts(errors),
      }
    },
  }
}
