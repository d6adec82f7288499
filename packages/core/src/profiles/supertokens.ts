// SuperTokens, by its own routes. Its secret: every answer is a 200 with a `status`, and who it is stands in a header, `front-token`.
import { fields, text, type Profile, type WireCall } from '../index.js'
import { bearer, maybeNumber, maybeText, post, secondsUntil, type EmailPassword } from './spelling.js'

/** Who the session is of, and what the access token says beside. */
export type SupertokensUser = { readonly id: string; readonly payload: Readonly<Record<string, unknown>> }

const meanings: Readonly<Record<string, number>> = {
  WRONG_CREDENTIALS_ERROR: 401,
  SIGN_IN_NOT_ALLOWED: 403,
  SIGN_UP_NOT_ALLOWED: 403,
  EMAIL_ALREADY_EXISTS_ERROR: 409,
  FIELD_ERROR: 422,
  GENERAL_ERROR: 400,
}

/**
 * `POST auth/signin` {formFields: [{id, value}]} → {status, user} and the headers `front-token` and, unless the tokens are in
 * HttpOnly cookies, `st-access-token` and `st-refresh-token`; `POST auth/session/refresh`. Those headers have to be
 * exposed by CORS (`supertokens.getAllCORSHeaders()`). Anti-CSRF by `rid` is spoken, `VIA_TOKEN` is not.
 * @see https://github.com/supertokens/supertokens-node lib/ts/recipe/session/{cookieAndHeaders,utils}.ts
 */
export function supertokens({
  prefix = 'auth',
  bearer: borne = 'cookie',
}: { readonly prefix?: string; readonly bearer?: 'cookie' | 'header' } = {}): Profile<SupertokensUser, EmailPassword> {
  const headers = { rid: 'anti-csrf', 'st-auth-mode': borne }
  const form = (path: string, typed: object): WireCall =>
    post(`${prefix}/${path}`, { formFields: Object.entries(typed).map(([id, value]) => ({ id, value })) })
  const inCookies = borne === 'cookie'
  return {
    name: 'supertokens',
    bearer: borne,
    refreshToken: inCookies ? 'cookie' : 'body',
    attach: (token) => ({ ...headers, ...(token !== null && bearer(token)) }),
    register: (input) => form('signup', input),
    login: (credentials) => form('signin', credentials),
    refresh: (token) => post(`${prefix}/session/refresh`, undefined, inCookies ? undefined : bearer(token)),
    logout: () => post(`${prefix}/signout`),
    statusOf: (status, body) => meanings[String(fields(body)['status'])] ?? status,
    readGrant(_body, headers) {
      const front = readFrontToken(headers)
      const { iat, exp } = fields(front['up'])
      const [issued, expires] = [maybeNumber(iat), maybeNumber(exp)]
      return {
        accessToken: inCookies ? null : text(headers.get('st-access-token'), 'st-access-token (CORS has to expose it)'),
        refreshToken: maybeText(headers.get('st-refresh-token')),
        expiresIn:
          issued !== undefined && expires !== undefined ? expires - issued : secondsUntil(front['ate'], headers),
        user: front,
      }
    },
    readUser(front) {
      const { uid, up } = fields(front)
      return { id: text(uid, 'uid'), payload: fields(up) }
    },
    isRefused(status, body) {
      const { message } = fields(body)
      if (status !== 401) return false
      if (message === 'token theft detected') return 'revoked'
      return message === 'unauthorised' && (inCookies ? 'no-session' : 'expired')
    },
    readProblem(_status, body) {
      const { message, reason, formFields } = fields(body)
      const wrong = Array.isArray(formFields) ? formFields.map(fields) : []
      const fieldErrors = Object.fromEntries(wrong.map(({ id, error }) => [String(id), String(error)]))
      const isTaken = /already exists/i.test(fieldErrors['email'] ?? '')
      return {
        code: isTaken ? 'email_taken' : fieldErrors['password'] === undefined ? undefined : 'weak_password',
        message: maybeText(message) ?? maybeText(reason) ?? Object.values(fieldErrors)[0],
        fieldErrors: wrong.length === 0 ? undefined : fieldErrors,
      }
    },
  }
}

/** Base64 of JSON: `uid`, `ate` (the expiry, epoch milliseconds) and `up`, the token's payload. */
function readFrontToken(headers: Headers): Readonly<Record<string, unknown>> {
  const encoded = text(headers.get('front-token'), 'front-token (CORS has to expose it)')
  const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0))
  return fields(JSON.parse(new TextDecoder().decode(bytes)))
}
