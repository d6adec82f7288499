// Routes about the caller: the user, and the list of signed-in devices. The secret is that every look-up is by the bearer's own id (B34).
import { z } from 'zod'
import { invalidToken } from '../authorize.js'
import { millisecondsOf } from '../clock.js'
import { notFound, result } from '../problem.js'
import { route } from '../visit.js'
import { displayNameInput, sessionSchema, toSession, toUser, userSchema } from '../wire.js'

export const me = route(
  {
    name: 'me',
    method: 'GET',
    path: '/auth/me',
    summary: 'The user that the bearer speaks for.',
    status: 200,
    output: userSchema,
    codes: ['invalid_token'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, parts: { store, permissionsOf } }) => {
    const account = await store.accountById(principal.sub)
    if (account === null || !account.isActive) return invalidToken('The account is gone or disabled.')
    return result(200, toUser(account, permissionsOf(account.role)))
  },
)

export const updateMe = route(
  {
    name: 'updateMe',
    method: 'PATCH',
    path: '/auth/me',
    summary: 'Changes the display name; null removes it.',
    body: z.strictObject({ display_name: displayNameInput }),
    status: 200,
    output: userSchema,
    codes: ['invalid_input', 'invalid_token'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, body, parts: { store, permissionsOf } }) => {
    const known = await store.accountById(principal.sub)
    if (known === null || !known.isActive) return invalidToken('The account is gone or disabled.')
    const account = (await store.updateAccount(known.id, { displayName: body.display_name })) ?? known
    return result(200, toUser(account, permissionsOf(account.role)))
  },
)

export const sessions = route(
  {
    name: 'sessions',
    method: 'GET',
    path: '/auth/sessions',
    summary: 'The living sessions of the account, newest first.',
    status: 200,
    output: z.object({ sessions: z.array(sessionSchema) }),
    codes: ['invalid_token'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, parts: { store, clock } }) => {
    const now = millisecondsOf(clock)
    const families = await store.listFamilies(principal.sub)
    const living = families.filter(
      ({ revokedAt, idleExpiresAt, absoluteExpiresAt }) =>
        revokedAt === null && now < Math.min(idleExpiresAt, absoluteExpiresAt),
    )
    return result(200, { sessions: living.map((family) => toSession(family, principal.sid)) })
  },
)

export const endOtherSessions = route(
  {
    name: 'endOtherSessions',
    method: 'DELETE',
    path: '/auth/sessions',
    summary: 'Ends every session of the account but this one.',
    status: 204,
    output: null,
    codes: ['invalid_token'],
    limit: 'session',
    needs: { bearer: true, sensitive: true },
  },
  async ({ principal, parts: { endings } }) => {
    await endings.all(principal.sub, 'ended by the user', principal.sid)
    return result(204)
  },
)

export const endSession = route(
  {
    name: 'endSession',
    method: 'DELETE',
    path: '/auth/sessions/:id',
    summary: 'Ends one session of the account.',
    params: z.object({ id: z.string().min(1).max(64) }),
    status: 204,
    output: null,
    codes: ['invalid_token', 'not_found'],
    limit: 'session',
    needs: { bearer: true, sensitive: true },
  },
  async ({ principal, params, parts: { endings } }) => {
    const ended = await endings.byId(params.id, principal.sub, 'ended by the user')
    if (!ended) return notFound()
    return result(204, undefined, params.id === principal.sid ? { act: 'clear' } : { act: 'leave' })
  },
)
