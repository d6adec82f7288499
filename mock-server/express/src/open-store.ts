// From a database's address to a store that is ready. Its secret: which driver, and that the tables are up to date.
import type { EngineClock, Store } from '@latchkey/engine'
import { type DatabaseAddress, parseDatabaseUrl, showAddress } from './database-url.js'
import { createDrizzleStore } from './drizzle-store.js'
import { driverError } from './failures.js'
import { openPglite } from './pglite.js'
import { openPostgres } from './postgres.js'

export type OpenStoreOptions = {
  /** Replaces the database's clock in tests. */
  readonly clock?: EngineClock
  /** PostgreSQL only: connections at most, 10 by default. */
  readonly poolSize?: number
  /** PostgreSQL only: told when an idle connection breaks. */
  readonly onLost?: (error: Error) => void
}

/** The database could not be opened or brought up to date. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable'
}

/**
 * Opens `postgres://…`, `pglite:<folder>` or `pglite::memory:`, brings its tables up to date, and answers the store.
 * Several processes may do so at once on PostgreSQL; a PGlite folder belongs to one process.
 * @throws DatabaseUnusable where it does not answer, refuses, or the address is not one; the message holds no password.
 */
export async function openStore(databaseUrl: string, options: OpenStoreOptions = {}): Promise<Store> {
  const address = parseDatabaseUrl(databaseUrl)
  if (address === null) throw new DatabaseUnusable('A database is postgres://…, pglite:<folder> or pglite::memory:.')
  try {
    const database = await open(address, options)
    await database.migrate().catch(async (error: unknown) => {
      await database.close()
      throw error
    })
    return createDrizzleStore(database, options)
  } catch (error) {
    const remedy =
      address.kind === 'postgres' ? 'Start it, or correct the address.' : 'Free the folder, or name another.'
    throw new DatabaseUnusable(`${showAddress(address)} cannot be used: ${reason(error)}. ${remedy}`, {
      cause: driverError(error),
    })
  }
}

async function open(address: DatabaseAddress, { poolSize = 10, onLost = () => undefined }: OpenStoreOptions) {
  return address.kind === 'pglite' ? openPglite(address.folder) : openPostgres({ url: address.url, poolSize, onLost })
}

/** A refused connection to a name with several addresses is an `AggregateError` with an empty message. */
function reason(error: unknown): string {
  const cause = driverError(error)
  if (cause instanceof AggregateError) return reason(cause.errors[0])
  if (!(cause instanceof Error)) return 'for an unknown reason'
  return cause.message || cause.name
}
