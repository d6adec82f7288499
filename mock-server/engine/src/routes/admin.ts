// Routes for admins: the accounts, their roles, and whether they may sign in.
import { z } from 'zod'
import { invalidInput, notFound, result } from '../problem.js'
import type { Account } from '../store.js'
import { route, type Parts } from '../visit.js'
import { adminUserSchema, toUser } from '../wire.js'

const toAdminUser = (account: Account, { permissionsOf }: Parts): z.output<typeof adminUserSchema> => ({
  ...toUser(account, permissionsOf(account.role)),
  is_active: account.isActive,
})

export const users = route(
  {
    name: 'users',
    method: 'GET',
    path: '/admin/users',
    summary: 'Accounts, newest first, a page at a time.',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      offset: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
    }),
    status: 200,
    output: z.object({ users: z.array(adminUserSchema), total: z.int(), limit: z.int(), offset: z.int() }),
    codes: ['invalid_token', 'insufficient_scope', 'invalid_input'],
    limit: 'session',
    needs: { bearer: true, role: 'admin' },
  },
  async ({ query, parts }) => {
    const { accounts, total } = await parts.store.listAccounts(query)
    return result(200, { users: accounts.map((account) => toAdminUser(account, parts)), total, ...query })
  },
)

export const updateUser = route(
  {
    name: 'updateUser',
    method: 'PATCH',
    path: '/admin/users/:id',
    summary: 'Changes the role of an account, or whether it may sign in; one that may not loses its sessions.',
    params: z.object({ id: z.string().min(1).max(64) }),
    body: z
      .strictObject({ role: z.string().max(64).optional(), is_active: z.boolean().optional() })
      .refine((body) => Object.keys(body).length > 0, 'Give a role, or is_active, or both.'),
    status: 200,
    output: adminUserSchema,
    codes: ['invalid_token', 'insufficient_scope', 'invalid_input', 'not_found'],
    limit: 'session',
    needs: { bearer: true, role: 'admin' },
  },
  async ({ params, body, parts }) => {
    const { store, settings, endings, tell } = parts
    const { role, is_active: isActive } = body
    if (role !== undefined && !settings.permissions.has(role)) {
      return invalidInput({ role: `It is none of ${[...settings.permissions.keys()].join(', ')}.` })
    }
    const patch = { ...(role === undefined ? {} : { role }), ...(isActive === undefined ? {} : { isActive }) }
    const account = await store.updateAccount(params.id, patch)
    if (account === null) return notFound()
    tell('account_changed', account.id)
    // After the change: a login that raced it has read the account before, and its first refresh ends it.
    if (!account.isActive) await endings.all(account.id, 'disabled')
    return result(200, toAdminUser(account, parts))
  },
)
