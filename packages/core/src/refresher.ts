// At most one refresh at a time. Its secrets: the flight slot, and the straggler guard.
import { Refused } from './call.js'
import { cool, fail, gate, idleRefresh, longestDelay, publish, settle } from './cool-down.js'
import type { Core, Flight } from './core.js'
import type { Grant } from './endpoints.js'
import { AuthError, isAuthError } from './errors.js'
import { canExchange, catchUp, exchange, identify } from './exchange.js'
import { exclusive } from './lock.js'
import { granted, refused } from './verdict.js'
import { within } from './wait.js'

const sectionLimit = 15_000

/**
 * Joins the flight of this generation or starts one; resolves when it is over, whoever brought the token.
 * With `spent`, the token that a 401 refused: returns at once where it is no longer held.
 * @throws `unreachable` (or `rate_limited`, `protocol_error`) where no verdict came, or the cool-down still runs.
 */
export async function refreshed<User>(
  core: Core<User>,
  { spent, force }: { readonly spent?: object; readonly force?: boolean | undefined } = {},
): Promise<void> {
  if (spent !== undefined && core.token !== spent) return
  let flight = core.flight
  if (flight?.generation !== core.session.generation) {
    const refusal = gate(core, force)
    if (refusal !== null) throw refusal
    flight = core.flight = start(core)
    // A retry stays `failing` until it succeeds, or a "reconnecting" notice would blink.
    if (core.refreshing.failures === 0) publish(core, { ...idleRefresh, status: 'refreshing' })
  }
  await flight.landed
}

/** Ends the flight and the cool-down; resolves when its request is over, so that its cookie cannot land later. */
export async function abortFlight<User>(core: Core<User>): Promise<void> {
  const { flight } = core
  core.flight = null
  settle(core)
  flight?.abort.abort()
  await flight?.landed.catch(() => undefined)
}

/** A peer failed: nobody asks before its next attempt, also who waits for the lock. */
export function peerFailed<User>(core: Core<User>, nextAttemptAt: number): void {
  const delay = Math.min(nextAttemptAt - core.clock.now(), longestDelay)
  if (delay <= 0) return
  // Its failure is counted there: every tab would wait longer for each other's.
  cool(
    core,
    delay,
    new AuthError('unreachable', 'Another tab could not reach the server.'),
    core.refreshing.failures || 1,
  )
  const abort = core.flight?.abort
  if (abort?.signal !== core.sending) abort?.abort(gate(core))
}

function start<User>(core: Core<User>): Flight {
  const { generation } = core.session
  const abort = new AbortController()
  const landed = fly(core, generation, abort.signal).finally(() => {
    if (core.flight !== flight) return
    core.flight = null
    if (core.refreshing.status === 'refreshing') settle(core)
  })
  const flight = { generation, abort, landed }
  return flight
}

async function fly<User>(core: Core<User>, began: number, signal: AbortSignal): Promise<void> {
  const isOver = (): boolean => signal.aborted || core.session.generation !== began
  try {
    const run = () => exchangeInTime(core, signal)
    const answer = await (canExchange(core) ? exclusive(core, run, signal) : run())
    const grant = answer && (await identify(core, answer, signal))
    if (!isOver()) {
      settle(core)
      if (grant) granted(core, grant)
    }
  } catch (error) {
    if (!isOver()) {
      if (!(error instanceof Refused)) throw fail(core, error)
      settle(core)
      refused(core, error)
    }
  }
  // A peer failed while this flight waited: its failure is ours.
  if (isAuthError(signal.reason)) throw signal.reason
}

/** Two attempts at most: the second recovers a reply that was lost, which the server's rotation repeats. */
function exchangeInTime<User>(core: Core<User>, signal: AbortSignal): Promise<Grant<User> | null> {
  const { clock } = core
  return within(clock, sectionLimit, signal, async (section) => {
    try {
      await catchUp(core, section)
      if (section.aborted) return null
      core.sending = signal
      core.recent = [...core.recent.slice(1), clock.monotonic()]
      return await exchange(core, section)
    } catch (error) {
      const lost = isAuthError(error, 'unreachable') && error.status === undefined && core.refreshing.failures === 0
      if (!lost || section.aborted) throw error
      return await exchange(core, section)
    }
  })
}
