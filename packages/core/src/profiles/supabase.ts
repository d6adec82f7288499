// Supabase Auth (GoTrue). Its secret: one token route with `grant_type` in the query, an `apikey` on every call, refusals as 400.
import { fields, text, type EndReason, type Profile } from '../index.js'
import { get, maybeNumber, maybeText, post, type EmailPassword } from './spelling.js'

/** The user as GoTrue tells it. */
export type SupabaseUser = { readonly id: string; readonly email?: string; readonly role?: string }

const refusals: ReadonlyMap<unknown, EndReason> = new Map([
  ['refresh_token_not_found', 'expired'],
  ['refresh_token_already_used', 'revoked'],
  ['session_not_found', 'revoked'],
  ['session_expired', 'expired'],
  ['user_not_found', 'revoked'],
  ['user_banned', 'revoked'],
])

const codes: ReadonlyMap<unknown, string> = new Map([
  ['invalid_credentials', 'invalid_credentials'],
  ['user_already_exists', 'email_taken'],
  ['email_exists', 'email_taken'],
  ['weak_password', 'weak_password'],
])

/**
 * `POST auth/v1/token?grant_type=password` {email, password} → {access_token, expires_in, refresh_token, user};
 * `POST auth/v1/token?grant_type=refresh_token` {refresh_token} → the same.
 * @see https://github.com/supabase/auth openapi.yaml, internal/api/apierrors/errorcode.go
 */
export function supabase({
  apikey,
  prefix = 'auth/v1',
}: {
  readonly apikey: string
  readonly prefix?: string
}): Profile<SupabaseUser, EmailPassword> {
  const headers = { apikey }
  const token = (grant_type: string, json: unknown) => ({
    ...post(`${prefix}/token`, json, headers),
    query: { grant_type },
  })
  return {
    name: 'supabase',
    bearer: 'header',
    refreshToken: 'body',
    register: (input) => post(`${prefix}/signup`, input, headers),
    login: (credentials) => token('password', credentials),
    refresh: (refresh_token) => token('refresh_token', { refresh_token }),
    logout: ({ everywhere }) => ({
      ...post(`${prefix}/logout`, undefined, headers),
      query: { scope: everywhere ? 'global' : 'local' },
    }),
    me: () => get(`${prefix}/user`, headers),
    readGrant(body) {
      const { access_token, refresh_token, expires_in, user } = fields(body)
      return {
        accessToken: text(access_token, 'access_token'),
        refreshToken: maybeText(refresh_token),
        expiresIn: maybeNumber(expires_in),
        user,
      }
    },
    readUser(body) {
      const user = fields(body)
      text(user['id'], 'user.id')
      return user as SupabaseUser
    },
    isRefused: (status, body) =>
      (status === 400 || status === 401 || status === 403) && (refusals.get(codeOf(body)) ?? false),
    readProblem(_status, body) {
      const { msg, message } = fields(body)
      return { code: codes.get(codeOf(body)), message: maybeText(msg) ?? maybeText(message) }
    },
  }
}

/** `error_code`, or `code` from the API version of 2024 on. */
const codeOf = (body: unknown): unknown => fields(body)['error_code'] ?? fields(body)['code']
