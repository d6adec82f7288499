// One call to the auth server. Its secrets: which status means what, the timeout of an attempt, and what counts as JSON.
import { resolvePath } from './address.js'
import { isStepUp } from './challenge.js'
import type { Wire } from './core.js'
import { demandOf } from './demand.js'
import type { EndReason } from './end-reason.js'
import { AuthError, type AuthErrorCode } from './errors.js'
import { bearing, type WireCall, type WireFailure } from './profile.js'
import { mayTravel, type AccessToken } from './token.js'
import { within } from './wait.js'

/** The server's definitive no to a refresh: the only answer that ends a session. */
export class Refused extends AuthError {
  readonly reason: EndReason
  constructor(reason: EndReason, status: number) {
    super('session_ended', 'The server ended the session. Log in again.', { status })
    this.reason = reason
  }
}

export type CallOptions = {
  readonly signal?: AbortSignal | undefined
  readonly bearer?: string | null
  readonly keepalive?: boolean
}

/** What the server answered, whatever it is. */
export type Reply = {
  /** What it means, where its body says otherwise than its line. */
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
  /** When it was asked for: what it says of a lifetime was true then, however long it took to come. */
  readonly at: AccessToken['receivedAt']
}

const retryAfterLimit = 60_000

/** Any call that a profile or an account page spells, once; after what the profile says must come first. */
export async function send<User>(
  wire: Wire<User>,
  call: WireCall,
  options: CallOptions = {},
  refreshing = false,
): Promise<Reply> {
  const prepare = async (failed?: WireFailure): Promise<boolean> => {
    const first = wire.profile.prepare?.(failed)
    if (first) orThrow(wire, await attemptCall(wire, first, options))
    return !!first
  }
  await prepare()
  const reply = await attemptCall(wire, call, options)
  const isRepeated = !isFine(reply) && reply.body !== notJson && (await prepare(reply))
  return orThrow(wire, isRepeated ? await attemptCall(wire, call, options) : reply, refreshing)
}

/** One attempt: whatever the server answers. @throws `unreachable` where it does not, `protocol_error` for broken JSON */
function attemptCall<User>(
  { profile, clock, fetch, base, timeout }: Wire<User>,
  { method, path, json, form, query, headers, bare }: WireCall,
  { signal, bearer, keepalive }: CallOptions,
): Promise<Reply> {
  const at = { wall: clock.now(), monotonic: clock.monotonic() }
  const url = resolvePath(path, base, query)
  const { attach = bearing, readText, statusOf } = profile
  return within(clock, timeout, signal, async (inner) => {
    try {
      const response = await fetch(url, {
        method,
        headers: {
          Accept: 'application/json',
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
          ...attach(bearer && !bare && mayTravel(url) ? bearer : null),
          ...headers,
        },
        body: json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form) : null,
        signal: inner,
        cache: 'no-store',
        redirect: 'error',
        credentials: profile.refreshToken === 'cookie' || profile.bearer === 'cookie' ? 'include' : 'omit',
        ...(keepalive && { keepalive }),
      })
      const body = await readBody(response, readText)
      const { status } = response
      return {
        status: (body !== notJson && statusOf?.(status, body)) || status,
        body,
        headers: response.headers,
        at,
      }
    } catch (error) {
      if (error instanceof AuthError) throw error
      const message = inner.aborted
        ? 'The server did not answer in time.'
        : 'The server could not be reached: it is down, the device offline, or CORS refuses this origin.'
      throw new AuthError('unreachable', message, { cause: error })
    }
  })
}

const isFine = ({ status }: Reply): boolean => status >= 200 && status < 300

function orThrow<User>(wire: Wire<User>, reply: Reply, refreshing?: boolean): Reply {
  if (isFine(reply) && reply.body !== notJson) return reply
  throw failure(wire, reply, refreshing)
}

function failure<User>(wire: Wire<User>, reply: Reply, refreshing = false): AuthError {
  const { profile, clock } = wire
  const { status, headers, body } = reply
  const answered = `The server answered ${status}`
  const later = { status, retryAfter: parseRetryAfter(headers.get('Retry-After'), clock.now()) }
  if (status === 429) return new AuthError('rate_limited', 'Too many attempts. Try again later.', later)
  if (body === notJson || status >= 500 || status === 408 || status === 425) {
    const why = body === notJson ? ', and not in JSON: a proxy may be in between' : ''
    return new AuthError('unreachable', `${answered}${why}. Try again later.`, later)
  }
  const refused = refreshing && profile.isRefused(status, body)
  if (refused) return new Refused(refused === true ? 'expired' : refused, status)
  const { code, message = `${answered}.`, fieldErrors } = profile.readProblem?.(status, body) ?? {}
  const wantsMore = status === 401 && isStepUp(demandOf(wire, reply))
  return new AuthError(wantsMore ? 'step_up_required' : codeOf(status, code, refreshing), message, {
    status,
    fieldErrors,
  })
}

const serverCodes = ['invalid_credentials', 'email_taken', 'weak_password', 'mfa_invalid', 'step_up_required'] as const

function codeOf(status: number, code: string | undefined, refreshing: boolean): AuthErrorCode {
  const known = serverCodes.find((one) => one === code)
  if (known) return known
  if (refreshing || code === 'csrf' || status === 404 || status === 405) return 'misconfigured'
  if (status === 401 || status === 403) return 'invalid_credentials'
  return status === 400 || status === 422 ? 'invalid_input' : 'protocol_error'
}

/** Milliseconds to wait, within [0, 60 s]; undefined for what does not parse, so that the own backoff rules (RFC 9110 §10.2.3). */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  // Not `Date.parse` alone, which takes -5 for a month.
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : text.endsWith(' GMT') ? Date.parse(text) - now : NaN
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), retryAfterLimit)
}

const notJson = Symbol('not JSON')

async function readBody(response: Response, readText: Wire<never>['profile']['readText']): Promise<unknown> {
  const content = await response.text()
  const { ok, status, headers } = response
  if (ok && !content) return undefined
  if (!/^application\/([\w.+-]+\+)?json *(;|$)/i.test(headers.get('Content-Type') ?? ''))
    return readText?.(content, status) ?? notJson
  try {
    return JSON.parse(content) as unknown
  } catch {
    if (ok) throw new AuthError('protocol_error', 'The server’s answer is not valid JSON.')
    return notJson
  }
}
