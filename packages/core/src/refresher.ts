// At most one refresh at a time. Its secrets: the flight slot, the straggler guard, and the cool-down after a failure.
import { arm, type Core, type Flight, type RefreshState } from './core.js'
import { Refused, send, type Grant } from './endpoints.js'
import { AuthError, isAuthError } from './errors.js'
import { isolate } from './events.js'
import { announceToken } from './announcement.js'
import { canExchange, catchUp, exchange, identify, rest, type Exchanged } from './exchange.js'
import { ended, isMarkNew, renewed, signedIn, usable, type FullGrant } from './holding.js'
import { announce, exclusive, markOf, pendingLogout } from './tabs.js'
import { within } from './wait.js'

export const idleRefresh: RefreshState = { status: 'idle', failures: 0, nextAttemptAt: null, error: null }

const firstDelay = 1_000
const longestDelay = 60_000
const sectionLimit = 15_000
const exchangesPerMinute = 30
const ackDelay = 3_000

/**
 * Joins the flight of this generation or starts one; resolves when it is over, whoever brought the token.
 * With `spent`, the token that a 401 refused: returns at once where another one is held by now.
 * @throws `unreachable` (or `rate_limited`, `protocol_error`) where no verdict came, or the cool-down still runs.
 */
export async function refreshed<User>(
  core: Core<User>,
  { spent, force = false }: { readonly spent?: object; readonly force?: boolean } = {},
): Promise<void> {
  if (spent !== undefined && core.token !== null && core.token !== spent) return
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

/** A peer's token was adopted: nobody waits for the lock any longer, and nothing fails. */
export function peerSucceeded<User>(core: Core<User>): void {
  settle(core)
  core.flight?.abort.abort()
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

/** Milliseconds until the cool-down of a failure is over, by the clock that nobody sets. */
export const coolsFor = <User>({ retryFrom, clock }: Core<User>): number => retryFrom - clock.monotonic()

/** Tells the server that a rotated token arrived, which closes the door to its predecessor. */
export function acknowledge<User>(core: Core<User>): void {
  arm(core, 'ack')
  const call = core.profile.acknowledge?.()
  const token = usable(core)
  if (call && token) send(core, call, { bearer: token.value, keepalive: true }).catch(() => undefined)
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
    const grant = answer && (await identify(core, answer.grant, signal))
    if (!isOver()) {
      settle(core)
      if (grant) granted(core, { grant, seq: answer.seq })
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
function exchangeInTime<User>(core: Core<User>, signal: AbortSignal): Promise<Exchanged<Grant<User>> | null> {
  const { clock } = core
  return within(clock, sectionLimit, signal, async (section) => {
    try {
      await catchUp(core, section)
      if (section.aborted) return null
      core.sending = signal
      const now = clock.monotonic()
      core.recent = [...core.recent.filter((at) => at > now - 60_000), now]
      return await exchange(core, section)
    } catch (error) {
      const lost = isAuthError(error, 'unreachable') && error.status === undefined && core.refreshing.failures === 0
      if (!lost || section.aborted) throw error
      return await exchange(core, section)
    }
  })
}

function granted<User>(core: Core<User>, { grant, seq }: Exchanged<FullGrant<User>>): void {
  const mark = markOf(core)
  // Another tab signed out while this answer was under way.
  const isOver = mark !== null && mark.sid === grant.sid && mark.state !== 'in' && isMarkNew(core, mark)
  if (isOver || pendingLogout(core)) return ended(core, 'logged-out-elsewhere', false)
  if (core.session.status === 'authenticated') renewed(core, grant, 'exchange', seq)
  else signedIn(core, grant, 'restore', seq)
  arm(core, 'ack', ackDelay, () => acknowledge(core))
  announceToken(core)
}

function refused<User>(core: Core<User>, { reason }: Refused): void {
  const vanished = reason === 'no-session' && core.session.status === 'authenticated'
  // Who had nothing to present has learned nothing that the other tabs should know.
  const tell = canExchange(core)
  rest(core, null)
  const mark = markOf(core)
  // Somebody logged in elsewhere while this no was under way: looked for once, when the look under way is over.
  const isCrossed = mark?.state === 'in' && mark.sid !== core.sid && isMarkNew(core, mark)
  ended(core, vanished ? 'expired' : reason, tell)
  if (isCrossed) void Promise.resolve(core.look).then(() => core.restore({ force: true }))
}

function publish<User>(core: Core<User>, state: RefreshState): void {
  if (state === core.refreshing) return
  core.refreshing = state
  isolate(() => core.$refresh.set(state))
  core.onChange()
}

function settle<User>(core: Core<User>): void {
  core.retryFrom = -Infinity
  publish(core, idleRefresh)
}

function fail<User>(core: Core<User>, thrown: unknown): AuthError {
  const error = isAuthError(thrown)
    ? thrown
    : new AuthError('protocol_error', 'The refresh failed unexpectedly.', { cause: thrown })
  const longest = Math.min(longestDelay, firstDelay * 2 ** core.refreshing.failures)
  const delay = Math.max(firstDelay, error.retryAfter || longest * (0.5 + core.random() / 2))
  const nextAttemptAt = cool(core, delay, error, core.refreshing.failures + 1)
  core.emit({ type: 'refresh-failed', code: error.code, nextAttemptAt })
  announce(core, { type: 'refresh-failed', nextAttemptAt })
  return error
}

function cool<User>(core: Core<User>, delay: number, error: AuthError, failures: number): number {
  const nextAttemptAt = core.clock.now() + delay
  core.retryFrom = core.clock.monotonic() + delay
  publish(core, { status: 'failing', failures, nextAttemptAt, error })
  return nextAttemptAt
}

/** Why no exchange may start now: the cool-down of a failure, or too many exchanges within a minute. */
function gate<User>(core: Core<User>, force = false): AuthError | null {
  const cooling = force ? 0 : coolsFor(core)
  const oldest = core.recent.at(-exchangesPerMinute) ?? -Infinity
  const wait = cooling > 0 ? cooling : oldest + 60_000 - core.clock.monotonic()
  if (wait <= 0) return null
  const { error } = core.refreshing
  const { code, message } =
    cooling > 0 && error !== null
      ? error
      : ({
          code: 'rate_limited',
          message: 'Too many refreshes within a minute: the server may refuse every token.',
        } as const)
  return new AuthError(code, `${message} The next attempt is due in ${Math.ceil(wait / 1000)} s.`, {
    retryAfter: wait,
    cause: error,
  })
}
