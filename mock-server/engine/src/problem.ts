// Replies: plain results, and refusals as RFC 9457 problems. Its secret is which headers a refusal must carry.
import type { Call, CookieAct, Reply } from './route.js'

const leave: CookieAct = { act: 'leave' }
const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
}

/** What a problem may say beside its status, code and detail. */
export type ProblemParts = {
  readonly errors?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly cookie?: CookieAct
}

/** A result; the refresh cookie is left alone where no act is given. */
export const result = (status: number, body?: unknown, cookie: CookieAct = leave): Reply => ({
  status,
  headers: body === undefined ? {} : { 'content-type': 'application/json' },
  ...(body === undefined ? {} : { body }),
  cookie,
})

/** A refusal with a stable code. A 401 carries a challenge, plain `Bearer` where no other is given (B17). */
export const problem = (status: number, code: string, detail: string, parts: ProblemParts = {}): Reply => ({
  status,
  headers: {
    'content-type': 'application/problem+json',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...parts.headers,
  },
  body: {
    type: 'about:blank',
    title: titles[status] ?? 'Error',
    status,
    detail,
    code,
    ...(parts.errors === undefined ? {} : { errors: parts.errors }),
  },
  cookie: parts.cookie ?? leave,
})

/** 422 with a message by field. */
export const invalidInput = (errors: Readonly<Record<string, string>>): Reply =>
  problem(422, 'invalid_input', 'Some fields are not acceptable: see errors.', { errors })

/** 422 with the field of the password, and why it must not be chosen. */
export const weakPassword = (field: string, why: string): Reply =>
  problem(422, 'weak_password', 'The password is too weak: see errors.', { errors: { [field]: why } })

/** 404 for a path, and for what belongs to somebody else: the two are told alike (B34). */
export const notFound = (): Reply => problem(404, 'not_found', 'There is nothing here.')

/** 503: nothing was changed, and the same call may succeed in a second (B37). */
export const unavailable = (): Reply =>
  problem(503, 'unavailable', 'The store does not answer. Nothing was changed: try again.', {
    headers: { 'retry-after': '1' },
  })

/** The media type that a request names, in lower case; null where it names none. */
export const mediaType = (headers: Call['headers']): string | null =>
  headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? null
