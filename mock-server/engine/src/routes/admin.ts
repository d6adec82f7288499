// Routes for admins: the accounts, their roles, whether they may sign in, and their sessions.
import { z } from 'zod'
import { invalidInput, notFound, result } from '../problem.js'
import type { Account } from '../store.js'
import { route, type Parts } from '../visit.js'
import { adminUserSchema, toUser } from '../wire.js'

const toAdminUser = (account: Account, { permissionsOf }: Parts): z.output<typeof adminUserSchema> => ({
  ...toUser(account, permissionsOf(account.role)),
  is_active: account.isActive,
})

const accountId = z.object({ id: z.string().min(1).max(64) })
const forAdmins = { bearer: true, sensitive: true, role: 'admin' } as const

export const users = route(
  {
    name: 'users',
    method: 'GET',
    path: '/admin/users',
    summary: 'Accounts, newest first, a page at a time; with `search`, those that have it in their address or name.',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      offset: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
      search: z.string().trim().max(100).optional(),
    }),
    status: 200,
    output: z.object({ users: z.array(adminUserSchema), total: z.int(), limit: z.int(), offset: z.int() }),
    codes: ['invalid_token', 'insufficient_scope', 'invalid_input'],
    limit: 'session',
    needs: forAdmins,
  },
  async ({ query: { limit, offset, search }, parts }) => {
    const { accounts, total } = await parts.store.listAccounts({ limit, offset, ...(search ? { search } : {}) })
    return result(200, { users: accounts.map((account) => toAdminUser(account, parts)), total, limit, offset })
  },
)

export const updateUser = route(
  {
    name: 'updateUser',
    method: 'PATCH',
    path: '/admin/users/:id',
    summary: 'Changes the role of an account, or whether it may sign in; one that may not loses its sessions.',
    params: accountId,
    body: z
      .strictObject({ role: z.string().max(64).optional(), is_active: z.boolean().optional() })
      .refine((body) => Object.keys(body).length > 0, 'Give a role, or is_active, or both.'),
    status: 200,
    output: adminUserSchema,
    codes: ['invalid_token', 'insufficient_scope', 'invalid_input', 'not_found'],
    limit: 'session',
    needs: forAdmins,
  },
  async ({ params, body, parts, call, principal }) => {
    const { settings, changeAccount } = parts
    const { role, is_active: isActive } = body
    if (role !== undefined && !settings.permissions.has(role)) {
      return invalidInput({ role: `It is none of ${[...settings.permissions.keys()].join(', ')}.` })
    }
    const patch = { ...(role === undefined ? {} : { role }), ...(isActive === undefined ? {} : { isActive }) }
    const account = await changeAccount(params.id, patch, { actorId: principal.sub, ip: call.ip })
    return account === null ? notFound() : result(200, toAdminUser(account, parts))
  },
)

export const endUserSessions = route(
  {
    name: 'endUserSessions',
    method: 'DELETE',
    path: '/admin/users/:id/sessions',
    summary: 'Ends every session of an account.',
    params: accountId,
    status: 204,
    output: null,
    codes: ['invalid_token', 'insufficient_scope', 'not_found'],
    limit: 'session',
    needs: forAdmins,
  },
  async ({ params, principal, call, parts: { store, endings } }) => {
    if ((await store.accountById(params.id)) === null) return notFound()
    await endings.all(params.id, 'ended by an admin', undefined, { actorId: principal.sub, ip: call.ip })
    return result(204)
  },
)
