// The route for admins that shows what happened. Its secret is the way from one page to the next.
import { z } from 'zod'
import { result } from '../problem.js'
import { route } from '../visit.js'
import { auditEntrySchema, toAuditEntry } from '../wire.js'

export const audit = route(
  {
    name: 'audit',
    method: 'GET',
    path: '/admin/audit',
    summary: 'What happened to accounts and sessions, newest first. The next page is that `before` this page’s `next`.',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
      user_id: z.string().min(1).max(64).optional(),
      type: z.string().min(1).max(64).optional(),
    }),
    status: 200,
    output: z.object({ entries: z.array(auditEntrySchema), next: z.int().nullable() }),
    codes: ['invalid_token', 'insufficient_scope', 'invalid_input'],
    limit: 'session',
    needs: { bearer: true, sensitive: true, role: 'admin' },
  },
  async ({ query: { limit, before = null, user_id: accountId = null, type = null }, parts }) => {
    // One more than asked for tells whether there is another page.
    const found = await parts.store.listAudit({ limit: limit + 1, before, accountId, type })
    const entries = found.slice(0, limit)
    const next = found.length > limit ? (entries.at(-1)?.id ?? null) : null
    return result(200, { entries: entries.map(toAuditEntry), next })
  },
)
