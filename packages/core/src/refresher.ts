// At most one refresh at a time. Its secrets: the flight slot, the straggler guard, and the cool-down after a failure.
import type { Clock } from './clock.js'
import { Refused } from './endpoints.js'
import { AuthError, isAuthError } from './errors.js'
import type { Tabs } from './tabs.js'

/** How refreshing goes, apart from whether somebody is signed in: a failing refresh is no logout. */
export type RefreshState = {
  readonly status: 'idle' | 'refreshing' | 'failing'
  /** Failures in a row. */
  readonly failures: number
  /** Local milliseconds since the epoch; null while nothing fails. */
  readonly nextAttemptAt: number | null
  readonly error: AuthError | null
}

export const idleRefresh: RefreshState = { status: 'idle', failures: 0, nextAttemptAt: null, error: null }

export type Refresher = {
  /**
   * Joins the flight of this generation or starts one; resolves when it is over, whoever brought the token.
   * With `spent`, the token that a 401 refused: returns at once where another one is held by now.
   * @throws `unreachable` (or `rate_limited`, `protocol_error`) where no verdict came, or the cool-down still runs.
   */
  readonly refresh: (options?: { readonly spent?: object; readonly force?: boolean }) => Promise<void>
  /** A peer's token was adopted: nobody waits for the lock any longer, and nothing fails. */
  readonly peerSucceeded: () => void
  /** A peer failed: nobody asks before its next attempt, also who waits for the lock. */
  readonly peerFailed: (nextAttemptAt: number) => void
  /** Milliseconds until the cool-down of a failure is over, by the clock that nobody sets. */
  readonly coolsFor: () => number
  /** Ends the flight and the cool-down; resolves when its request is over, so that its cookie cannot land later. */
  readonly abort: () => Promise<void>
}

type Wiring<Answer, Whole> = {
  readonly clock: Clock
  readonly random: () => number
  readonly tabs: Pick<Tabs, 'exclusive'>
  readonly generation: () => number
  readonly heldToken: () => object | null
  /** Waits, inside the lock, for news that is still on its way from the tab that held it before. */
  readonly catchUp: (signal: AbortSignal) => Promise<void>
  /** One attempt at the exchange. */
  readonly exchange: (signal: AbortSignal) => Promise<Answer>
  /** What is left to ask once the lock is free. */
  readonly complete: (answer: Answer, signal: AbortSignal) => Promise<Whole>
  readonly onGranted: (answer: Whole) => void
  readonly onRefused: (refused: Refused) => void
  readonly onFailed: (error: AuthError, nextAttemptAt: number) => void
  readonly onState: (state: RefreshState) => void
}

type Flight = { readonly generation: number; readonly abort: AbortController; readonly landed: Promise<void> }

const firstDelay = 1_000
const longestDelay = 60_000
const sectionLimit = 15_000
const exchangesPerMinute = 30

export function createRefresher<Answer, Whole>(wiring: Wiring<Answer, Whole>): Refresher {
  const { clock, generation, onState } = wiring
  let flight: Flight | null = null
  let state = idleRefresh
  let retryFrom = -Infinity
  let recent: readonly number[] = []
  /** The flight that is past all waiting: its request is under way. */
  let sending: AbortSignal | null = null

  const publish = (next: RefreshState): void => {
    if (next !== state) onState((state = next))
  }

  function start(): Flight {
    const began = generation()
    const abort = new AbortController()
    const current: Flight = {
      generation: began,
      abort,
      landed: fly(began, abort.signal).finally(() => {
        if (flight !== current) return
        flight = null
        if (state.status === 'refreshing') settle()
      }),
    }
    return current
  }

  async function fly(began: number, signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted || generation() !== began
    try {
      const answer = await wiring.tabs.exclusive(() => exchangeInTime(signal), signal)
      const whole = answer === null ? null : await wiring.complete(answer, signal)
      if (!isOver()) {
        settle()
        if (whole !== null) wiring.onGranted(whole)
      }
    } catch (error) {
      if (!isOver()) {
        if (!(error instanceof Refused)) throw fail(error)
        settle()
        wiring.onRefused(error)
      }
    }
    // A peer failed while this flight waited: its failure is ours.
    if (isAuthError(signal.reason)) throw signal.reason
  }

  /** Two attempts at most: the second recovers a reply that was lost, which the server's rotation repeats. */
  async function exchangeInTime(signal: AbortSignal): Promise<Answer | null> {
    const section = new AbortController()
    const stop = (): void => section.abort()
    const cancelLimit = clock.after(sectionLimit, stop)
    signal.addEventListener('abort', stop)
    try {
      await wiring.catchUp(section.signal)
      if (section.signal.aborted) return null
      sending = signal
      recent = [...recent.filter((at) => at > clock.monotonic() - 60_000), clock.monotonic()]
      return await wiring.exchange(section.signal)
    } catch (error) {
      const lost = isAuthError(error, 'unreachable') && error.status === undefined && state.failures === 0
      if (!lost || section.signal.aborted) throw error
      return await wiring.exchange(section.signal)
    } finally {
      cancelLimit()
      signal.removeEventListener('abort', stop)
    }
  }

  function settle(): void {
    retryFrom = -Infinity
    publish(idleRefresh)
  }

  function fail(thrown: unknown): AuthError {
    const error = isAuthError(thrown)
      ? thrown
      : new AuthError('protocol_error', 'The refresh failed unexpectedly.', { cause: thrown })
    const longest = Math.min(longestDelay, firstDelay * 2 ** state.failures)
    const delay = Math.max(firstDelay, error.retryAfter || longest * (0.5 + wiring.random() / 2))
    cool(delay, error, state.failures + 1)
    wiring.onFailed(error, clock.now() + delay)
    return error
  }

  function cool(delay: number, error: AuthError, failures: number): void {
    retryFrom = clock.monotonic() + delay
    publish({ status: 'failing', failures, nextAttemptAt: clock.now() + delay, error })
  }

  const coolsFor = (): number => retryFrom - clock.monotonic()

  /** Why no exchange may start now: the cool-down of a failure, or too many exchanges within a minute. */
  function gate(force = false): AuthError | null {
    const now = clock.monotonic()
    const wait = force ? 0 : coolsFor()
    if (wait > 0) {
      const { code = 'unreachable', message = '' } = state.error ?? {}
      return new AuthError(code, `${message} The next attempt is due in ${Math.ceil(wait / 1000)} s.`, {
        retryAfter: wait,
        cause: state.error,
      })
    }
    const oldest = recent.at(-exchangesPerMinute)
    if (oldest === undefined || now - oldest >= 60_000) return null
    return new AuthError('rate_limited', 'Too many refreshes within a minute: the server may refuse every token.', {
      retryAfter: oldest + 60_000 - now,
    })
  }

  return {
    async refresh({ spent, force } = {}) {
      const held = wiring.heldToken()
      if (spent !== undefined && held !== null && held !== spent) return
      let joined = flight
      if (joined === null || joined.generation !== generation()) {
        const refusal = gate(force)
        if (refusal !== null) throw refusal
        joined = flight = start()
        // A retry stays `failing` until it succeeds, or a "reconnecting" notice would blink.
        if (state.failures === 0) publish({ ...idleRefresh, status: 'refreshing' })
      }
      await joined.landed
    },
    peerSucceeded() {
      settle()
      flight?.abort.abort()
    },
    peerFailed(nextAttemptAt) {
      const delay = Math.min(Math.max(nextAttemptAt - clock.now(), 0), longestDelay)
      if (delay <= 0) return
      // Its failure is counted there: every tab would wait longer for each other's.
      cool(delay, new AuthError('unreachable', 'Another tab could not reach the server.'), state.failures || 1)
      if (flight !== null && flight.abort.signal !== sending) flight.abort.abort(gate())
    },
    coolsFor,
    async abort() {
      const ending = flight
      flight = null
      settle()
      ending?.abort.abort()
      await ending?.landed.catch(() => undefined)
    },
  }
}
