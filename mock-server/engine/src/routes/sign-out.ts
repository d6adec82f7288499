// Routes that end sessions of the caller: logout and logout-all. The secret is that a logout needs no living access token.
import { z } from 'zod'
import { accessTokenOf } from '../authorize.js'
import { result } from '../problem.js'
import { route } from '../visit.js'
import { presentedToken } from './grant.js'

export const logout = route(
  {
    name: 'logout',
    method: 'POST',
    path: '/auth/logout',
    summary: 'Ends the session of the refresh token, and that of the bearer if one came. Done already is done.',
    body: z.object({ refresh_token: z.string().optional() }).optional(),
    status: 204,
    output: null,
    codes: ['csrf', 'bad_request'],
    limit: 'session',
    needs: { csrf: true },
  },
  async ({ call, body, parts }) => {
    const { accessTokens, endings, settings } = parts
    const bearer = accessTokenOf(call.headers, settings)
    if ('reply' in bearer) return bearer.reply
    const presented = presentedToken(call, body, parts)
    if ('reply' in presented) return presented.reply
    const claims = await accessTokens.verify(bearer.token ?? '')
    if (presented.token !== null) await endings.byToken(presented.token, 'logout')
    if (claims !== null) await endings.byId(claims.sid, claims.sub, 'logout')
    return result(204, undefined, { act: 'clear' })
  },
)

export const logoutAll = route(
  {
    name: 'logoutAll',
    method: 'POST',
    path: '/auth/logout-all',
    summary: 'Ends every session of the account, this one included.',
    status: 204,
    output: null,
    codes: ['invalid_token'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, parts }) => {
    await parts.endings.all(principal.sub, 'logout')
    return result(204, undefined, { act: 'clear' })
  },
)
