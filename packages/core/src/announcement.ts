// What a tab tells the others of its own token, and asks of them; its secret is when asking is worth the wait.
import type { Core } from './core.js'
import { usable } from './holding.js'
import { forgetPeers, peersHold } from './marks.js'
import { announce, isBehind } from './tabs.js'
import { timeLeft } from './token.js'
import { pause } from './wait.js'

/** A tab that holds a token answers at once; this is for one that died without saying so. */
const answerWait = 1_000

/** Gives the other tabs what this one holds. */
export function announceToken<User>(core: Core<User>): void {
  const { session, sid, shareToken, clock } = core
  const token = usable(core)
  if (session.status !== 'authenticated' || token === null || sid === null) return
  const left = timeLeft(token, clock)
  announce(core, {
    type: 'refreshed',
    seq: core.seq,
    sid,
    token: shareToken ? token.value : null,
    lifetime: left === Infinity ? null : left,
    at: clock.now(),
    user: shareToken ? session.user : null,
  })
}

/** Asks the other tabs for the session; true where one answered in time. */
export async function askPeers<User>(core: Core<User>): Promise<boolean> {
  if (!core.shareToken || !(peersHold(core) || isBehind(core, false))) return false
  core.asked = new AbortController()
  const { signal } = core.asked
  announce(core, { type: 'hello', seq: 0 })
  await pause(core.clock, answerWait, signal)
  if (!signal.aborted) forgetPeers(core)
  return signal.aborted
}
