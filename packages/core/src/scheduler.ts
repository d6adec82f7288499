// When the next silent refresh happens. Its secrets: buffer, jitter, visibility, and timers that sleep with the device.
import { coolsFor } from './cool-down.js'
import { arm, listen, shownAgain, type Core } from './core.js'
import { canExchange } from './exchange.js'
import { refreshed } from './refresher.js'
import { peersHold } from './marks.js'
import { timeLeft } from './token.js'

/** When silent refreshes run: in any tab, in the visible one, or never by themselves. */
export type Proactive = 'always' | 'visible' | 'never'

/**
 * Seconds before expiry at which a silent refresh is due, by the token's lifetime in seconds: a quarter (at least 5 s)
 * under five minutes, a tenth (10 s to 5 min) above, and never more than half of the lifetime.
 */
export function defaultBuffer(lifetime: number): number {
  const buffer = lifetime < 300 ? Math.max(lifetime / 4, 5) : Math.min(Math.max(lifetime / 10, 10), 300)
  return Math.min(buffer, lifetime / 2)
}

/** Shortest wait: whatever the server says, a timer never becomes a loop. */
const shortest = 1_000

/** Looks anew at what is due: after every token, failure and end of a session. */
export function rearm<User>(core: Core<User>): void {
  const wait = dueIn(core)
  arm(core, 'due', wait < Infinity && !sleeps(core) ? Math.max(wait, shortest) : undefined, () => check(core))
}

/** Re-checks on every occasion at which the device may have slept or the network come back. */
export function openScheduler<User>(core: Core<User>): void {
  listen(core, shownAgain, () => check(core))
  listen(core, ['online'], () => check(core, true))
}

/** A token by the refresher; whatever comes of it is in `$refresh`, and the scheduler looks anew. */
export function renew<User>(core: Core<User>, force?: boolean): void {
  void refreshed(core, { force })
    .catch(() => undefined)
    .then(() => rearm(core))
}

function check<User>(core: Core<User>, isOnline?: boolean): void {
  // What is due has cooled down, or need not.
  if (dueIn(core, isOnline) <= 0 && !sleeps(core)) renew(core, true)
  else rearm(core)
}

const sleeps = <User>({ gone, proactive, page }: Core<User>): boolean =>
  gone.aborted || proactive === 'never' || (proactive === 'visible' && page.hidden())

/** Milliseconds until the next attempt or silent refresh; `Infinity` where none is due. */
function dueIn<User>(core: Core<User>, isOnline?: boolean): number {
  const { token, clock, buffer, jitter } = core
  const { error } = core.refreshing
  // A server that answered is not back because the network is.
  if (error) return isOnline && error.status === undefined ? 0 : coolsFor(core)
  if (!token?.lifetime) return Infinity
  // Where no refresh can bring another token, the session lives to the last second of this one.
  const renews = core.profile.renews !== false && (canExchange(core) || peersHold(core))
  const ahead = renews ? buffer(token.lifetime / 1000) * 1000 : 0
  // A buffer that is no number is none: the token is renewed when it is over.
  return timeLeft(token, clock) - (Number.isFinite(ahead) ? ahead * (1 - jitter / 10) : 0)
}
