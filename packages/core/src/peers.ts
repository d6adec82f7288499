// What a tab does with what the other tabs say; its secret is which news to believe, and which to look up.
import type { Clock } from './clock.js'
import type { EndReason } from './end-reason.js'
import type { Events } from './events.js'
import type { Holding } from './holding.js'
import type { PeerMessage } from './messages.js'
import type { Refresher } from './refresher.js'
import { attempt } from './page.js'
import type { Tabs } from './tabs.js'
import { holdToken, timeLeft } from './token.js'

export type Peers = {
  readonly onMessage: (message: PeerMessage) => void
  /** Compares with the mark that storage holds: a message may have been missed. */
  readonly checkMark: () => void
  /** Asks the other tabs for the session; true where one answered in time. */
  readonly ask: () => Promise<boolean>
  /** Gives the other tabs what this one holds. */
  readonly announceToken: () => void
  readonly dispose: () => void
}

type Wiring<User> = {
  readonly clock: Clock
  readonly events: Events
  readonly holding: Holding<User>
  readonly tabs: Tabs
  readonly refresher: Pick<Refresher, 'peerSucceeded' | 'peerFailed'>
  readonly bearer: 'header' | 'cookie'
  readonly shareToken: boolean
  /** True while this tab looks for a session, and no login or logout has come in between. */
  readonly isRestoring: () => boolean
  /** Another tab needs a newer token than the one held here. */
  readonly renew: () => void
  /** Another session than this tab's is taken over. */
  readonly onOtherSession: () => void
  /** Somebody signed in elsewhere: looks who. */
  readonly restore: () => void
  /** The session ended elsewhere. */
  readonly end: (reason: EndReason) => void
}

/** A tab that holds a token answers at once; this is for one that died without saying so. */
const answerWait = 1_000

export function createPeers<User>(wiring: Wiring<User>): Peers {
  const { clock, events, holding, tabs, refresher, shareToken } = wiring
  let asked: ((answered: boolean) => void) | null = null
  /** Another tab said that it signed in, so that it can be asked: in Firefox, storage may tell of it later than the message. */
  let told = false

  function announceToken(): void {
    const [session, token, sid] = [holding.session(), holding.usableToken(), holding.sid()]
    if (session.status !== 'authenticated' || token === null || sid === null) return
    const left = timeLeft(token, clock)
    tabs.announce({
      type: 'refreshed',
      seq: holding.seq(),
      sid,
      token: shareToken ? token.value : null,
      lifetime: left === Infinity ? null : left,
      at: clock.now(),
      user: shareToken ? session.user : null,
    })
  }

  function onRefreshed({
    sid,
    token: value,
    lifetime,
    at,
    user,
    seq,
  }: Extract<PeerMessage, { type: 'refreshed' }>): void {
    const left = lifetime === null ? null : lifetime - Math.max(0, clock.now() - at)
    if (user === null || (value === null) !== (wiring.bearer === 'cookie') || (left !== null && left <= 0)) return
    const { status } = holding.session()
    const isOurs = status === 'authenticated' && sid === holding.sid()
    if (!isOurs && !((status === 'pending' || wiring.isRestoring()) && isCurrent(sid))) return
    const token = attempt(() => holdToken(value, { expiresIn: left === null ? undefined : left / 1000 }, clock))
    if (token === undefined || (isOurs && !holding.isOlderThan(token.claims, seq))) return
    if (!isOurs) wiring.onOtherSession()
    const grant = { token, refreshToken: undefined, user: user as User, sid }
    if (status === 'authenticated') holding.refresh(grant, 'peer', seq)
    else holding.grant(grant, 'peer', seq)
    asked?.(true)
    refresher.peerSucceeded()
  }

  /** False for a session that has ended or been replaced, of which a tab that has not noticed may still speak. */
  function isCurrent(sid: string): boolean {
    const mark = tabs.mark()
    return mark === null || (mark.state === 'in' && mark.sid === sid)
  }

  function end(reason: EndReason): void {
    wiring.end(reason === 'logged-out' ? 'logged-out-elsewhere' : reason)
  }

  function onMessage(message: PeerMessage): void {
    const { status } = holding.session()
    switch (message.type) {
      case 'hello':
        if (!shareToken) return
        announceToken()
        if (message.seq > holding.seq()) wiring.renew()
        return
      case 'refreshed':
        onRefreshed(message)
        return
      case 'refresh-failed':
        if (status !== 'unauthenticated') refresher.peerFailed(message.nextAttemptAt)
        break
      case 'logged-in':
        if (message.sid === holding.sid()) return
        told = true
        wiring.restore()
        break
      case 'logged-out':
        // Who has not found the session yet goes by the mark that was left with it.
        if (message.sid !== (status === 'pending' ? tabs.mark()?.sid : holding.sid())) return
        end(message.reason)
    }
    events.emit({ type: 'peer', said: message.type })
  }

  return {
    onMessage,
    announceToken,
    checkMark() {
      const mark = tabs.mark()
      const { status } = holding.session()
      if (mark === null || !holding.isMarkNew(mark)) return
      const isOurs = mark.sid === holding.sid()
      if (mark.state !== 'in' && (isOurs || status === 'pending')) end(mark.state)
      else if (!isOurs && (status === 'authenticated' || mark.state === 'in')) wiring.restore()
    },
    ask() {
      if (!shareToken || !(told || tabs.peersHold())) return Promise.resolve(false)
      told = false
      return new Promise((resolve) => {
        asked = (answered) => {
          cancel()
          asked = null
          resolve(answered)
        }
        const cancel = clock.after(answerWait, () => {
          tabs.forgetPeers()
          asked?.(false)
        })
        tabs.announce({ type: 'hello', seq: 0 })
      })
    },
    dispose: () => asked?.(true),
  }
}
