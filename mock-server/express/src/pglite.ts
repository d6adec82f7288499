// The embedded PostgreSQL. Its secret: one connection, a folder of its own, and the order in which both open and close.
import { mkdir, realpath } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { type Database, migrations } from './database.js'
import { claimFolder } from './folder-claim.js'

/** Opens the database in a folder, which is made where it is missing; null keeps everything in memory. */
export async function openPglite(folder: string | null): Promise<Database> {
  if (folder !== null) await mkdir(folder, { recursive: true })
  // Two processes on one folder would silently ruin it.
  const release = folder === null ? async () => undefined : await claimFolder(await realpath(folder))
  const pglite = await PGlite.create(folder ?? 'memory://').catch(async (error: unknown) => {
    await release()
    throw error
  })
  const tables = drizzle(pglite)

  return {
    tables,
    // Transactions queue inside PGlite: there is one connection, so neither lock waits nor conflicts.
    transaction: (work) =>
      pglite.transaction(async (transaction) => {
        const { write, result } = await work(
          async ({ text, values }) => (await transaction.query<Record<string, unknown>>(text, [...values])).rows,
        )
        const written = write === null ? null : await transaction.query(write.text, [...write.values])
        return result(written?.affectedRows ?? 0)
      }),
    migrate: () => migrate(tables, migrations),
    close: async () => {
      if (!pglite.closed) await pglite.close()
      await release()
    },
  }
}
