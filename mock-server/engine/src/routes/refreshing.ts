// Routes that keep a session: refresh, and the ack that a rotated token arrived. The secret is which refusal clears the cookie.
import { z } from 'zod'
import { invalidToken } from '../authorize.js'
import { problem, result } from '../problem.js'
import type { Reply } from '../route.js'
import type { Refreshed } from '../exchange.js'
import { route } from '../visit.js'
import { grantSchema } from '../wire.js'
import { deviceOf, grant, presentedToken } from './grant.js'

/** The refresh token in body mode; elsewhere there is no body, and one that comes is not looked at. */
const refreshBody = z.object({ refresh_token: z.string().optional() }).optional()

export const refresh = route(
  {
    name: 'refresh',
    method: 'POST',
    path: '/auth/refresh',
    summary: 'Spends the refresh token for a grant, and rotates it.',
    body: refreshBody,
    status: 200,
    output: grantSchema,
    codes: ['csrf', 'bad_request', 'no_session', 'invalid_grant', 'session_expired', 'session_revoked', 'rate_limited'],
    limit: 'session',
    needs: { csrf: true },
  },
  async ({ call, body, parts }) => {
    const presented = presentedToken(call, body, parts)
    if ('reply' in presented) return presented.reply
    if (presented.token === null) return problem(401, 'no_session', 'The request came without a refresh token.')
    const refreshed = await parts.sessions.refresh(presented.token, deviceOf(call, parts))
    if (refreshed.outcome === 'issued') {
      return grant(200, refreshed.issued, parts, refreshed.by === 'debounce')
    }
    return refreshed.outcome === 'wait' ? slowDown(refreshed.seconds) : refuse(refreshed.reason)
  },
)

/** The cookie of an unknown token stays: a reply that was overtaken must not clear the cookie of another (ROTATION.md). */
function refuse(reason: Extract<Refreshed, { readonly outcome: 'refused' }>['reason']): Reply {
  if (reason === 'unknown') return problem(401, 'invalid_grant', 'The refresh token is not known here: log in.')
  const cookie = { act: 'clear' } as const
  if (reason === 'expired') return problem(401, 'session_expired', 'The session has expired: log in.', { cookie })
  const revoked = 'The session was ended: log in.'
  return problem(401, 'session_revoked', revoked, reason === 'replaced' ? {} : { cookie })
}

/** For a client that runs in a circle: nobody is signed out for it. */
const slowDown = (seconds: number): Reply =>
  problem(429, 'rate_limited', `This token was asked for too often. Try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  })

export const ack = route(
  {
    name: 'ack',
    method: 'POST',
    path: '/auth/refresh/ack',
    summary: 'Confirms that a rotated refresh token arrived.',
    status: 204,
    output: null,
    codes: ['invalid_token'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, parts }) =>
    (await parts.confirm(principal)) ? result(204) : invalidToken('The session was ended.'),
)
