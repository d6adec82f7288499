// What a tab tells the others of its own token, and asks of them; its secret is when asking is worth the wait.
import { arm, type Core } from './core.js'
import { usable } from './holding.js'
import { forgetPeers, peersHold } from './marks.js'
import { announce } from './tabs.js'
import { timeLeft } from './token.js'

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
export function askPeers<User>(core: Core<User>): Promise<boolean> {
  if (!core.shareToken || !(core.told || peersHold(core))) return Promise.resolve(false)
  core.told = false
  return new Promise((resolve) => {
    core.answered = (found) => {
      arm(core, 'hello')
      resolve(found)
    }
    arm(core, 'hello', answerWait, () => {
      forgetPeers(core)
      resolve(false)
    })
    announce(core, { type: 'hello', seq: 0 })
  })
}
