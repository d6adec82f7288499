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

/** Why it looks: time has come, the network came back, or the page is looked at again. */
type Occasion = 'timer' | 'online' | 'shown'

/** Shortest wait: whatever the server says, a timer never becomes a loop. */
const shortest = 1_000

/** Looks anew at what is due: after every token, failure and end of a session. */
export function rearm<User>(core: Core<User>): void {
  const wait = dueIn(core)
  arm(core, 'due')
  if (wait < Infinity && !sleeps(core)) arm(core, 'due', Math.max(wait, shortest), () => check(core, 'timer'))
}

/** Re-checks on every occasion at which the device may have slept or the network come back. */
export function openScheduler<User>(core: Core<User>): void {
  listen(core, shownAgain, () => check(core, 'shown'))
  listen(core, ['online'], () => check(core, 'online'))
}

/** A token by the refresher; whatever comes of it is in `$refresh`, and the scheduler looks anew. */
export function renew<User>(core: Core<User>, force = false): void {
  void refreshed(core, { force })
    .catch(() => undefined)
    .then(() => rearm(core))
}

function check<User>(core: Core<User>, occasion: Occasion): void {
  if (dueIn(core, occasion) <= 0 && !sleeps(core)) renew(core, occasion === 'online')
  else rearm(core)
}

const sleeps = <User>({ gone, proactive, page }: Core<User>): boolean =>
  gone.aborted || proactive === 'never' || (proactive === 'visible' && page.hidden())

/** Milliseconds until the next attempt or silent refresh; `Infinity` where none is due. */
function dueIn<User>(core: Core<User>, occasion?: Occasion): number {
  const { session, refreshing, token, clock, buffer, jitter } = core
  const { nextAttemptAt, error } = refreshing
  if (session.status === 'unauthenticated') return Infinity
  if (nextAttemptAt !== null)
    // A server that answered is not back because the network is.
    return occasion === 'online' && error?.status === undefined ? 0 : coolsFor(core)
  if (token === null || token.lifetime === null) return Infinity
  // Where no refresh can bring another token, the session lives to the last second of this one.
  const renews = core.profile.renews !== false && (canExchange(core) || peersHold(core))
  const ahead = renews ? buffer(token.lifetime / 1000) * 1000 : 0
  // A buffer that is no number is none: the token is renewed when it is over.
  return timeLeft(token, clock) - (Number.isFinite(ahead) ? ahead * (1 - jitter / 10) : 0)
}
