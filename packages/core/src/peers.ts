// What a tab does with what the other tabs say; its secret is which news to believe, and which to look up.
import { announceToken } from './announcement.js'
import type { Core } from './core.js'
import type { EndReason } from './end-reason.js'
import { canExchange } from './exchange.js'
import { ended, isMarkNew, isOlderThan, letGo, takeIn } from './holding.js'
import type { News } from './messages.js'
import { attempt } from './page.js'
import { abortFlight, peerFailed } from './refresher.js'
import { isLooking } from './restore.js'
import { renew } from './scheduler.js'
import { isOver, markOf } from './marks.js'
import { holdToken } from './token.js'

export function onMessage<User>(core: Core<User>, message: News): void {
  const { status } = core.session
  switch (message.type) {
    case 'hello':
      if (!core.shareToken) return
      announceToken(core)
      // Another tab needs a newer token than the one held here.
      if (message.seq > core.seq && canExchange(core)) renew(core)
      return
    case 'refreshed':
      return adopt(core, message)
    case 'refresh-failed':
      if (status !== 'unauthenticated') peerFailed(core, message.nextAttemptAt)
      break
    case 'logged-in':
      // A logout may have crossed the news.
      if (message.sid === core.sid || isOver(core, message.sid)) return
      void core.restore({ force: true })
      break
    case 'logged-out':
      // Who has not found the session yet goes by the mark that was left with it.
      if (message.sid !== (status === 'pending' ? markOf(core)?.sid : core.sid)) return
      end(core, message.reason)
  }
  core.emit({ type: 'peer', said: message.type })
}

/** Compares with the mark that storage holds: a message may have been missed. */
export function checkMark<User>(core: Core<User>): void {
  const mark = markOf(core)
  const { status } = core.session
  if (mark === null || !isMarkNew(core)) return
  const isOurs = mark.sid === core.sid
  if (mark.state !== 'in' && (isOurs || status === 'pending')) end(core, mark.state)
  else if (!isOurs && (status === 'authenticated' || mark.state === 'in')) void core.restore({ force: true })
}

/** Takes over another tab's token: a newer one of this session, or one of the session that this tab is looking for. */
function adopt<User>(
  core: Core<User>,
  { sid, token: value, lifetime, at, user, seq }: Extract<News, { type: 'refreshed' }>,
): void {
  const { clock, session } = core
  const mark = markOf(core)
  const left = (lifetime ?? Infinity) - Math.max(0, clock.now() - at)
  if (user === null || (value === null) !== (core.profile.bearer === 'cookie') || left <= 0) return
  const isOurs = sid === core.sid
  // Of a session that has ended or been replaced, a tab that has not noticed may still speak.
  const isCurrent = mark === null || (mark.state === 'in' && mark.sid === sid)
  if (!isOurs && !(isCurrent && (session.status === 'pending' || isLooking(core)))) return
  const token = attempt(() =>
    holdToken(value, { expiresIn: left / 1000 }, { wall: clock.now(), monotonic: clock.monotonic() }),
  )
  if (token === undefined || (isOurs && !isOlderThan(core, token.claims, seq))) return
  // This tab's own refresh token would bring the old session back; shared storage has the other's by now.
  if (!isOurs) letGo(core)
  const grant = { token, user: user as User, sid }
  takeIn(core, grant, 'peer', seq)
  core.asked?.abort()
  // Nobody waits for the lock any longer, and nothing fails.
  void abortFlight(core)
}

function end<User>(core: Core<User>, reason: EndReason): void {
  void abortFlight(core)
  ended(core, reason === 'logged-out' ? 'logged-out-elsewhere' : reason, false)
}
