// Payload CMS. Its secret: the token in hand buys the next one, which comes as `refreshedToken`, while it still lives.
import { fields, text, type Profile } from '../index.js'
import { asking, bearer, maybeText, named, post } from './spelling.js'

/** The user as its collection has it. */
export type PayloadUser = { readonly id: number | string; readonly email?: string }

/**
 * `POST api/users/login` {email, password} → {message, user, token, exp}; `POST api/users/refresh-token` with the
 * token → {message, user, refreshedToken, exp}. Not for `removeTokenFromResponses`, which hides the tokens.
 * @see https://payloadcms.com/docs/authentication/operations
 */
export function payload({ collection = 'users' }: { readonly collection?: string } = {}): Profile<PayloadUser> {
  const prefix = `api/${encodeURIComponent(collection)}`
  return {
    name: 'payload',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(prefix, input),
    login: (credentials) => post(`${prefix}/login`, named(credentials, 'email')),
    refresh: (token) => post(`${prefix}/refresh-token`, undefined, bearer(token)),
    logout: () => post(`${prefix}/logout`),
    ...asking(`${prefix}/me`),
    readGrant(body) {
      const { token, refreshedToken, user } = fields(body)
      const held = text(refreshedToken ?? token, 'token')
      return { accessToken: held, refreshToken: held, user }
    },
    readUser(body) {
      const user = fields(fields(body)['user'] ?? body)
      if (typeof user['id'] !== 'number') text(user['id'], 'user.id')
      return user as PayloadUser
    },
    isRefused: (status, body) => (status === 401 || status === 403) && messageOf(body) !== undefined,
    readProblem: (_status, body) => ({ message: messageOf(body) }),
  }
}

function messageOf(body: unknown): string | undefined {
  const { errors } = fields(body)
  return Array.isArray(errors) ? maybeText(fields(errors[0])['message']) : undefined
}
