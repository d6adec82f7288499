// PocketBase. Its secret: no refresh token; the token in hand buys the next one, and a wrong password is a 400.
import { fields, text, type Profile } from '../index.js'
import { maybeText, named, post, type NamePassword } from './spelling.js'
import { bearing } from './without-refresh.js'

/** The record of the `users` collection. */
export type PocketbaseUser = { readonly id: string; readonly email?: string; readonly verified?: boolean }

/**
 * `POST api/collections/users/auth-with-password` {identity, password} → {token, record};
 * `POST api/collections/users/auth-refresh` with the token → the same. No logout route, and no scheme before the token.
 * @see https://pocketbase.io/docs/api-records/#auth-with-password
 */
export function pocketbase({ collection = 'users' }: { readonly collection?: string } = {}): Profile<
  PocketbaseUser,
  NamePassword<'identity'>
> {
  const attach = bearing('')
  const prefix = `api/collections/${encodeURIComponent(collection)}`
  return {
    name: 'pocketbase',
    bearer: 'header',
    refreshToken: 'access',
    attach,
    register: (input) => post(`${prefix}/records`, input),
    login: (credentials) => post(`${prefix}/auth-with-password`, named(credentials, 'identity')),
    refresh: (token = '') => post(`${prefix}/auth-refresh`, undefined, attach(token)),
    readGrant(body) {
      const { token, record } = fields(body)
      return { accessToken: text(token, 'token'), user: record }
    },
    readUser(body) {
      const user = fields(body)
      text(user['id'], 'record.id')
      return user as PocketbaseUser
    },
    isRefused(status, body) {
      const { status: told, code = told, message } = fields(body)
      return (status === 401 || status === 403) && code === status && maybeText(message) !== undefined
    },
    readProblem(status, body) {
      const { message, data } = fields(body)
      const wrong = Object.entries(fields(data)).flatMap(([field, problem]) => {
        const said = maybeText(fields(problem)['message'])
        return said === undefined ? [] : [[field, said] as const]
      })
      return {
        code: status === 400 && wrong.length === 0 ? 'invalid_credentials' : undefined,
        message: maybeText(message),
        fieldErrors: wrong.length === 0 ? undefined : Object.fromEntries(wrong),
      }
    },
  }
}
