// Routes of a page that comes back from a provider, and of what is linked. The secret is that a code needs the page's own secret beside it (C29).
import { z } from 'zod'
import { invalidToken } from '../authorize.js'
import type { Identity } from '../identity.js'
import { invalidInput, notFound, problem, result } from '../problem.js'
import { entranceSchema, identitySchema, ticketInput } from '../wire.js'
import { route } from '../visit.js'
import { bondOf, enter } from './entrance.js'
import { refusedSince } from './owner.js'

const body = z.strictObject({ code: ticketInput, verifier: ticketInput })

const deadCode = () =>
  invalidInput({ code: 'This sign-in no longer works: it was used, is too old, or began elsewhere. Begin again.' })

export const oauthLogin = route(
  {
    name: 'oauthLogin',
    method: 'POST',
    path: '/auth/login/oauth',
    summary:
      'Signs in, or asks for the second factor, by the code that a return from a provider brought, and the secret of the page that went there.',
    body,
    status: 200,
    output: entranceSchema,
    codes: ['invalid_input', 'invalid_credentials'],
    limit: 'credential',
    needs: {},
  },
  async ({ call, body: { code, verifier }, parts }) => {
    const { handovers, store } = parts
    const handover = await handovers.take(code, verifier, 'sign-in')
    const account = handover === null ? null : await store.accountById(handover.accountId)
    if (account?.isActive !== true) return deadCode()
    // A new password in between is to keep everybody out who was on the way (B6).
    if (handover?.bond !== (await bondOf(account, ['fed']))) return deadCode()
    return enter(account, { call, parts, amr: ['fed'] })
  },
)

export const identities = route(
  {
    name: 'identities',
    method: 'GET',
    path: '/auth/identities',
    summary: 'Where else the account signs in.',
    status: 200,
    output: z.object({ identities: z.array(identitySchema) }),
    codes: ['invalid_token'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, parts: { store } }) => {
    const own = await store.listIdentities(principal.sub)
    return result(200, { identities: own.map(toIdentity) })
  },
)

export const linkIdentity = route(
  {
    name: 'linkIdentity',
    method: 'POST',
    path: '/auth/identities',
    summary: 'Links what a return from a provider brought to the account; the login must be recent.',
    body,
    status: 201,
    output: identitySchema,
    codes: ['invalid_token', 'invalid_input', 'step_up_required', 'identity_taken'],
    limit: 'credential',
    needs: { bearer: true, recent: true },
  },
  async ({ call, principal, body: { code, verifier }, parts }) => {
    const { handovers, federation, store } = parts
    const account = await store.accountById(principal.sub)
    if (account === null || !account.isActive) return invalidToken('The account is gone or disabled.')
    const found = await handovers.take(code, verifier, 'link')
    if (found === null) return deadCode()
    const known = await store.identityOf(found.issuer, found.subject)
    if (known?.accountId === account.id) return result(201, toIdentity(known))
    if (!(await federation.link(account, found, found.provider))) {
      return problem(409, 'identity_taken', 'That sign-in belongs to another account.')
    }
    const linked = await store.identityOf(found.issuer, found.subject)
    const refused = await refusedSince(call, parts)
    if (refused !== null && linked !== null) await store.deleteIdentity(account.id, linked.id)
    return refused ?? (linked === null ? notFound() : result(201, toIdentity(linked)))
  },
)

export const unlinkIdentity = route(
  {
    name: 'unlinkIdentity',
    method: 'DELETE',
    path: '/auth/identities/:id',
    summary: 'Ends a way to sign in; the login must be recent, and another way must be left.',
    params: z.object({ id: z.string().min(1).max(64) }),
    status: 204,
    output: null,
    codes: ['invalid_token', 'step_up_required', 'not_found', 'last_sign_in'],
    limit: 'session',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, params: { id }, parts }) => {
    const { store, tell } = parts
    const account = await store.accountById(principal.sub)
    if (account === null || !account.isActive) return invalidToken('The account is gone or disabled.')
    const own = await store.listIdentities(account.id)
    if (!own.some((identity) => identity.id === id)) return notFound()
    const hasPassword = own.every(({ madeUpHash }) => madeUpHash !== account.passwordHash)
    if (own.length === 1 && !hasPassword) {
      return problem(409, 'last_sign_in', 'It is the only way to sign in. Set a password by “Forgot password?” first.')
    }
    if (!(await store.deleteIdentity(account.id, id))) return notFound()
    tell('identity_unlinked', account.id, principal.sid)
    return result(204)
  },
)

const toIdentity = ({ id, provider, email, createdAt }: Identity): z.output<typeof identitySchema> => ({
  id,
  provider,
  email,
  created_at: new Date(createdAt).toISOString(),
})
