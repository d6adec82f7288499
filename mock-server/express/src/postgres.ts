// PostgreSQL by node-postgres. Its secret: the pool, pipelining, and what may safely be sent a second time.
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client, Pool, type PoolClient } from 'pg'
import { type Database, type Ending, lockTimeout, migrations, type Query } from './database.js'
import { failureOf } from './failures.js'

const begin = `begin isolation level read committed; set local lock_timeout = ${lockTimeout}`
/** "latchkey" in ASCII, cut to the 31 bits that every driver writes alike: the advisory lock of the migrations. */
const migrationLock = 0x6c_61_74_63
const attempts = 4

export type PostgresOptions = {
  readonly url: string
  /** Connections at most. */
  readonly poolSize: number
  /** Told when a connection breaks that nobody was using just then. */
  readonly onLost: (error: Error) => void
}

/** Opens a pool; connects at the first use. A transaction costs two round trips: begin + reads, write + commit. */
export function openPostgres({ url, poolSize, onLost }: PostgresOptions): Database {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2 * lockTimeout,
    application_name: 'latchkey',
  })
  // Without listeners the death of a connection would end the process; the pool only repeats what the client says.
  pool.on('connect', (client) => {
    client.on('error', onLost)
    // Ahead of whatever the connection was made for; where it fails, so does that.
    client.query(`set lock_timeout = ${lockTimeout}`).catch(() => undefined)
  })
  pool.on('error', () => undefined)

  return {
    tables: drizzle(pool),
    transaction: (work) => withRetries(pool.options.max, (sealed) => transact(pool, work, sealed)),
    attempt: (work) => withRetries(pool.options.max, (sealed) => attempt(pool, work, sealed)),
    migrate: () => migrateAlone(url),
    close: () => pool.end(),
  }
}

async function transact<Result>(
  pool: Pool,
  work: (query: Query) => Promise<Ending<Result>>,
  sealed: () => void,
): Promise<Result> {
  const client = await pool.connect()
  let broken = false
  try {
    const begun = client.query(begin)
    const ending = (async () => work(async (statement) => (await send(client, statement)).rows))()
    const [{ write, result }] = await Promise.all([ending, begun])
    sealed()
    const [written] = await Promise.all([write === null ? null : send(client, write), client.query('commit')])
    return result(written?.rowCount ?? 0)
  } catch (error) {
    // A standby rolls back without complaint: the connection to it goes all the same.
    broken = failureOf(error) === 'lost'
    await client.query('rollback').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}

async function attempt<Result>(
  pool: Pool,
  work: (query: Query) => Promise<Ending<Result>>,
  sealed: () => void,
): Promise<Result> {
  const client = await pool.connect()
  let broken = true
  try {
    const { write, result } = await work(async (statement) => (await send(client, statement)).rows)
    sealed()
    const written = write === null ? null : await send(client, write)
    broken = false
    return result(written?.rowCount ?? 0)
  } catch (error) {
    // What the server itself refused leaves the connection sound.
    broken = failureOf(error) === 'lost' || failureOf(error) === 'busy'
    throw error
  } finally {
    client.release(broken)
  }
}

const send = (client: PoolClient, { name, text, values }: Parameters<Query>[0]) =>
  client.query<Record<string, unknown>>({ name, text, values: [...values] })

/**
 * A conflict was rolled back by the server, so it may run again; a lost connection may only where no commit was sent:
 * then the server has rolled back as well. Every connection of the pool may be stale, and each is dropped as it fails;
 * one more is fresh, and tells that from an outage.
 */
async function withRetries<Result>(poolSize: number, once: (sealed: () => void) => Promise<Result>): Promise<Result> {
  let stales = 0
  for (let attempt = 1; ; attempt += 1) {
    let mayBeDone = false
    try {
      return await once(() => {
        mayBeDone = true
      })
    } catch (error) {
      const failure = failureOf(error)
      const conflict = failure === 'conflict' && attempt < attempts
      const stale = failure === 'lost' && !mayBeDone && stales < poolSize
      if (!conflict && !stale) throw error
      if (stale) stales += 1
    }
  }
}

async function migrateAlone(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'latchkey' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrate(drizzle(client), migrations)
  } finally {
    await client.end()
  }
}
