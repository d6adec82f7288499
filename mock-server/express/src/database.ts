// What the store asks of a database driver. Its secret: that PostgreSQL and PGlite differ in nothing else.
import { fileURLToPath } from 'node:url'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** SQL text with its parameters; `name` lets the server keep the plan. */
export type Statement = { readonly name: string; readonly text: string; readonly values: readonly unknown[] }

/** Sends a statement, in the order of the calls and without waiting for those before it; answers the rows. */
export type Query = (statement: Statement) => Promise<readonly unknown[]>

/** How a transaction ends: at most one more statement, sent together with the commit, and what it all came to. */
export type Ending<Result> = {
  readonly write: Statement | null
  /** `written` is the number of rows that `write` touched, or answered. */
  readonly result: (written: number) => Result
}

/** An open database. Errors are the driver's own: `failures.ts` reads them. */
export type Database = {
  /** Drizzle, for everything that is one statement. */
  readonly tables: PgDatabase<PgQueryResultHKT>
  /** READ COMMITTED, with a bounded wait for locks; run again where the database rolled it back for a conflict. */
  readonly transaction: <Result>(work: (query: Query) => Promise<Ending<Result>>) => Promise<Result>
  /**
   * The same without a transaction: a read and a write of their own, for writes that see for themselves whether what was
   * read still stands. A row's lock is waited for as long as in a transaction.
   */
  readonly attempt: <Result>(work: (query: Query) => Promise<Ending<Result>>) => Promise<Result>
  /** Brings the tables up to date; safe for several processes at once. */
  readonly migrate: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The longest wait for a row's lock, in milliseconds. */
export const lockTimeout = 2_000

/** The one folder of migrations, beside `src` and `dist` alike. */
export const migrations = {
  migrationsFolder: fileURLToPath(new URL('../drizzle', import.meta.url)),
  migrationsTable: 'latchkey_migration',
  migrationsSchema: 'public',
}
