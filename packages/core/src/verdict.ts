// What follows from the server's verdict on a refresh. Its secret is whose news wins when a logout or login crossed it.
import { announceToken } from './announcement.js'
import { send, type Refused } from './call.js'
import { arm, type Core } from './core.js'
import { canExchange } from './exchange.js'
import { ended, isMarkNew, takeIn, usable, type FullGrant } from './holding.js'
import { isOver, openSid, pendingLogout } from './marks.js'

const ackDelay = 3_000

/** A grant came: a session begins or goes on, unless another tab signed out meanwhile. */
export function granted<User>(core: Core<User>, grant: FullGrant<User>): void {
  // Another tab signed out while this answer was under way.
  if ((isOver(core, grant.sid) && isMarkNew(core)) || pendingLogout(core))
    return ended(core, 'logged-out-elsewhere', false)
  takeIn(core, grant, 'exchange')
  arm(core, 'ack', ackDelay, () => acknowledge(core))
  announceToken(core)
}

/** The definitive no: the session ends; who signed in elsewhere meanwhile is looked for. */
export function refused<User>(core: Core<User>, { reason }: Refused): void {
  const vanished = reason === 'no-session' && core.session.status === 'authenticated'
  // Who had nothing to present has learned nothing that the other tabs should know.
  const tell = canExchange(core)
  // Somebody logged in elsewhere while this no was under way.
  const isCrossed = openSid(core) !== null && isMarkNew(core)
  ended(core, vanished ? 'expired' : reason, tell)
  if (isCrossed) void core.restore({ force: true })
}

/** Tells the server that a rotated token arrived, which closes the door to its predecessor. */
export function acknowledge<User>(core: Core<User>): void {
  arm(core, 'ack')
  const call = core.profile.acknowledge?.()
  const token = usable(core)
  if (call && token) send(core, call, { bearer: token.value, keepalive: true }).catch(() => undefined)
}
