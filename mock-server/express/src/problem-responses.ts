// The refusals of a route, as OpenAPI responses. Its secret: which status each code travels with.
import { STATUS_CODES } from 'node:http'
import type { RouteContract } from '@latchkey/engine'
import type { JsonSchema } from './json-schemas.js'

/** One response of an operation. */
export type DocumentedResponse = {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
}

const statuses: Readonly<Record<string, number>> = {
  bad_request: 400,
  invalid_token: 401,
  invalid_credentials: 401,
  no_session: 401,
  invalid_grant: 401,
  session_expired: 401,
  session_revoked: 401,
  step_up_required: 401,
  challenge_expired: 401,
  mfa_invalid: 401,
  csrf: 403,
  insufficient_scope: 403,
  not_found: 404,
  email_taken: 409,
  mfa_enabled: 409,
  mfa_disabled: 409,
  identity_taken: 409,
  last_sign_in: 409,
  last_admin: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  invalid_input: 422,
  weak_password: 422,
  rate_limited: 429,
  internal_error: 500,
  unavailable: 503,
}

/** The status of a refusal; null for a code that is not known here. */
export function statusOf(code: string, { needs }: RouteContract): number | null {
  // A 401 would say that the bearer is no good, and set off a refresh.
  if ((code === 'invalid_credentials' || code === 'mfa_invalid') && needs.bearer === true) return 422
  return statuses[code] ?? null
}

/** Every code that a route may answer: its own, and those of what stands before it. */
export function codesOf({ codes, needs, limit, method, body, params, query }: RouteContract): readonly string[] {
  const more = {
    bad_request: true,
    invalid_token: needs.bearer === true,
    step_up_required: needs.recent === true,
    csrf: needs.csrf === true,
    insufficient_scope: needs.role !== undefined,
    not_found: params !== undefined,
    payload_too_large: method !== 'GET',
    unsupported_media_type: method !== 'GET',
    invalid_input: body !== undefined || query !== undefined,
    rate_limited: limit !== 'none',
    internal_error: true,
    unavailable: true,
  }
  return [...new Set([...codes, ...Object.entries(more).flatMap(([code, holds]) => (holds ? [code] : []))])]
}

/** The refusals by status; a code without a known one stands under `4XX`. */
export function problemResponses(route: RouteContract, codes: readonly string[]): Record<string, DocumentedResponse> {
  const byStatus = new Map<string, string[]>()
  for (const code of codes) {
    const status = String(statusOf(code, route) ?? '4XX')
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries([...byStatus].map(([status, held]) => [status, problemResponse(status, held)]))
}

function problemResponse(status: string, codes: readonly string[]): DocumentedResponse {
  const title = STATUS_CODES[status] ?? 'Refused'
  const schema = {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object', properties: { code: { type: 'string', enum: [...codes] } } },
    ],
  } satisfies JsonSchema
  const headers = headersOf(status)
  return {
    description: `${title}: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    ...(headers === null ? {} : { headers }),
    content: { 'application/problem+json': { schema } },
  }
}

function headersOf(status: string): NonNullable<DocumentedResponse['headers']> | null {
  if (status === '401') {
    return { 'WWW-Authenticate': { description: 'The challenge, `Bearer …`.', schema: { type: 'string' } } }
  }
  if (status !== '429' && status !== '503') return null
  return { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } } }
}
