// What the database's refusals mean. Its secret: SQLSTATE codes, socket error codes and the drivers' own wordings.
import { AccountGone, EmailTaken, StoreUnavailable } from '@latchkey/engine'
import { accounts } from './schema.js'

/** `gone`: a row refers to one that is no more. `conflict`: rolled back by the database, safe to run again. `lost`: no connection to a primary. `busy`: no answer in time. */
export type Failure = 'taken' | 'gone' | 'conflict' | 'lost' | 'busy'

const emailConstraint = accounts.email.uniqueName
const conflicts = new Set(['40001', '40P01'])
const busy = new Set(['55P03', '57014', '25P02', '25P03'])
/** What answers is a standby: its connection leads nowhere any more, though it lives. */
const readOnly = '25006'
/** Connection, authorization, catalog, resources, operator intervention, system: classes that pass or that an operator mends. */
const lostClasses = new Set(['08', '28', '3D', '53', '57', '58'])
const socketCodes = /^(E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_|NOTFOUND|ADDR|ACCES)|ENOENT)/
const tooSlow = /trying to connect|read timeout|connection timeout/i
const driverWords = /connection (terminated|error)|client was closed|not queryable|after calling end|PGlite is clos/i

/** The error of the driver itself: Drizzle's own message repeats every parameter, and must reach no log. */
export function driverError(error: unknown): unknown {
  const isWrapper = error instanceof Error && 'query' in error && 'params' in error
  return isWrapper && error.cause !== undefined ? error.cause : error
}

/** Which failure an error is; null for one that the database did not cause: a bug, to be thrown on. */
export function failureOf(error: unknown): Failure | null {
  const cause = driverError(error)
  if (cause instanceof AggregateError) return cause.errors.some((each) => failureOf(each) === 'lost') ? 'lost' : null
  if (!(cause instanceof Error)) return null
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  // Another unique column that is taken is a bug of the caller, and is told as one.
  if (code === '23505') return constraintOf(cause) === emailConstraint ? 'taken' : null
  if (code === '23503') return 'gone'
  if (conflicts.has(code)) return 'conflict'
  if (busy.has(code)) return 'busy'
  if (code === readOnly) return 'lost'
  if (code.length === 5 && lostClasses.has(code.slice(0, 2))) return 'lost'
  if (tooSlow.test(cause.message)) return 'busy'
  return socketCodes.test(code) || driverWords.test(cause.message) ? 'lost' : null
}

const constraintOf = (error: Error) => ('constraint' in error ? error.constraint : null)

/** What the store throws for it: `StoreUnavailable`, `EmailTaken`, `AccountGone`, or the driver's own error. */
function storeError(error: unknown): unknown {
  const failure = failureOf(error)
  const cause = driverError(error)
  if (failure === null) return cause
  if (failure === 'taken') return new EmailTaken('Another account has that email.')
  if (failure === 'gone') return new AccountGone('There is no such account any more.', { cause })
  return new StoreUnavailable(`The database did not do it (${failure}); nothing was changed. Try again.`, { cause })
}

/** Lets only the store's own words out: `EmailTaken`, `AccountGone`, `StoreUnavailable`, or a bug. */
export async function speaking<Result>(task: () => Promise<Result>): Promise<Result> {
  try {
    return await task()
  } catch (error) {
    throw storeError(error)
  }
}
