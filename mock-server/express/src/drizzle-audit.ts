// The audit log of the store on Drizzle. Its secret: the database numbers the entries, so that several processes write one order.
import type { AuditStore } from '@latchkey/engine'
import { and, desc, eq, lt } from 'drizzle-orm'
import type { Database } from './database.js'
import { speaking } from './failures.js'
import { auditEntries } from './schema.js'

/** The audit log's part of the store. */
export function createDrizzleAudit({ tables }: Database): AuditStore {
  return {
    appendAudit: (entries) =>
      speaking(async () => {
        if (entries.length > 0) await tables.insert(auditEntries).values([...entries])
      }),
    listAudit: ({ limit, before, accountId, type }) =>
      speaking(async () =>
        tables
          .select()
          .from(auditEntries)
          .where(
            and(
              before === null ? undefined : lt(auditEntries.id, before),
              accountId === null ? undefined : eq(auditEntries.accountId, accountId),
              type === null ? undefined : eq(auditEntries.type, type),
            ),
          )
          .orderBy(desc(auditEntries.id))
          .limit(limit),
      ),
  }
}
