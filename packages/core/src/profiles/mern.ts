// Express and a refresh cookie, as the MERN tutorials have it. Its secret: 403 is the spent token, 401 the missing one.
import { fields, text, type Profile } from '../index.js'
import { asking, get, maybeText, named, post, type AnyUser, type NamePassword } from './spelling.js'

/**
 * `POST auth` {username, password} → {accessToken} and an HttpOnly cookie `jwt`; `GET auth/refresh` → {accessToken};
 * `POST auth/logout`. An API's 403 means a spent token and is refreshed. Its refusals have to be JSON, {message}, or
 * `plainText` be set. Without `me` the user is the token's claims.
 * @see https://github.com/gitdagray/mern_stack_course controllers/authController.js
 */
export function mern<Field extends string = 'username'>({
  prefix = 'auth',
  usernameField,
  passwordField = 'password',
  refreshPath = `${prefix}/refresh`,
  logoutPath = `${prefix}/logout`,
  me,
  plainText = false,
}: {
  readonly prefix?: string
  /** Default: `username`. */
  readonly usernameField?: Field
  readonly passwordField?: string
  readonly refreshPath?: string
  readonly logoutPath?: string
  readonly me?: string
  /** Takes the plain text of `res.sendStatus(401)` for the backend's own no, which a proxy's may look like too. */
  readonly plainText?: boolean
} = {}): Profile<AnyUser, NamePassword<Field>> {
  return {
    name: 'mern',
    bearer: 'header',
    refreshToken: 'cookie',
    login(credentials) {
      const { password, ...rest } = named(credentials, usernameField ?? 'username')
      return post(prefix, { ...rest, [passwordField]: rest[passwordField] ?? password })
    },
    refresh: () => get(refreshPath),
    logout: () => post(logoutPath),
    ...asking(me),
    ...(plainText && {
      readText: (content) => (/^(?:Unauthorized|Forbidden|OK)$/.test(content) ? { message: content } : undefined),
    }),
    readGrant: (body) => ({ accessToken: text(fields(body)['accessToken'], 'accessToken') }),
    readUser: (body) => fields(fields(body)['UserInfo'] ?? body),
    isRefused: (status, body) =>
      (status === 401 || status === 403) && maybeText(fields(body)['message']) !== undefined ? 'no-session' : false,
    readProblem: (_status, body) => ({ message: maybeText(fields(body)['message']) }),
    isExpiry: ({ status }) => status === 403,
  }
}
