// The embedded PostgreSQL. Its secret: one connection, a folder of its own, and the order in which both open and close.
import { mkdir, realpath } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { type Database, migrations, type Statement } from './database.js'
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
        return result(await written(transaction, write))
      }),
    attempt: async (work) => {
      const { write, result } = await work(
        async ({ text, values }) => (await pglite.query<Record<string, unknown>>(text, [...values])).rows,
      )
      return result(await written(pglite, write))
    },
    migrate: () => migrate(tables, migrations),
    close: async () => {
      if (!pglite.closed) await pglite.close()
      await release()
    },
  }
}

async function written(on: Pick<PGlite, 'query'>, write: Statement | null): Promise<number> {
  if (write === null) return 0
  const { rows, affectedRows = 0 } = await on.query(write.text, [...write.values])
  return Math.max(rows.length, affectedRows)
}
