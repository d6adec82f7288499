// How refreshing goes, and when the next attempt may start. Its secrets: the backoff, and the circuit that bounds exchanges.
import type { Core, RefreshState } from './core.js'
import { AuthError, isAuthError } from './errors.js'
import { isolate } from './events.js'
import { announce } from './tabs.js'

export const idleRefresh: RefreshState = { status: 'idle', failures: 0, nextAttemptAt: null, error: null }

const firstDelay = 1_000
export const longestDelay = 60_000

/** None yet, of the thirty that there may be within a minute. */
export const noExchanges: Core<never>['recent'] = [...Array<number>(29).fill(-Infinity), -Infinity]

/** Milliseconds until the cool-down of a failure is over, by the clock that nobody sets. */
export const coolsFor = <User>({ retryFrom, clock }: Core<User>): number => retryFrom - clock.monotonic()

export function publish<User>(core: Core<User>, state: RefreshState): void {
  core.refreshing = state
  isolate(() => core.$refresh.set(state))
  core.onChange()
}

/** Nothing fails, and nothing is under way. */
export function settle<User>(core: Core<User>): void {
  core.retryFrom = -Infinity
  publish(core, idleRefresh)
}

/** No verdict came: backs off, and tells the other tabs until when. */
export function fail<User>(core: Core<User>, thrown: unknown): AuthError {
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

/** No exchange for so long; the local time at which it is over. */
export function cool<User>(core: Core<User>, delay: number, error: AuthError, failures: number): number {
  const nextAttemptAt = core.clock.now() + delay
  core.retryFrom = core.clock.monotonic() + delay
  publish(core, { status: 'failing', failures, nextAttemptAt, error })
  return nextAttemptAt
}

/** Why no exchange may start now: the cool-down of a failure, or too many exchanges within a minute. */
export function gate<User>(core: Core<User>, force?: boolean): AuthError | null {
  const [oldest] = core.recent
  const wait = Math.max(force ? 0 : coolsFor(core), oldest + 60_000 - core.clock.monotonic())
  if (wait <= 0) return null
  const { error } = core.refreshing
  const { code, message } =
    error ??
    ({
      code: 'rate_limited',
      message: 'Too many refreshes within a minute: the server may refuse every token.',
    } as const)
  return new AuthError(code, `${message} The next attempt is due in ${Math.ceil(wait / 1000)} s.`, {
    retryAfter: wait,
    cause: error,
  })
}
