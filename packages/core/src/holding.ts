// The session and its token, which change together and only here. Its secrets: the token, and who counts as another.
import { atom, type ReadableAtom } from 'nanostores'
import type { Clock } from './clock.js'
import type { EndReason } from './end-reason.js'
import type { Grant } from './endpoints.js'
import type { AuthEvent, Events, Happening } from './events.js'
import { pendingSession, transition, type Session, type SessionEvent } from './session.js'
import type { SessionMark, Tabs } from './tabs.js'
import { expiresAt, isNewer, timeLeft, type AccessToken, type Claims } from './token.js'

/** A grant whose user is known. */
export type FullGrant<User> = Grant<User> & { readonly user: User }

type Via = Extract<AuthEvent, { type: 'login' }>['via']

export type Holding<User> = {
  readonly $session: ReadableAtom<Session<User>>
  /** The same without the store's bookkeeping: requests ask at every turn. */
  readonly session: () => Session<User>
  readonly token: () => AccessToken | null
  /** The token, where it has more than so many milliseconds left. */
  readonly usableToken: (minValidity?: number) => AccessToken | null
  readonly sid: () => string | null
  /** How many exchanges the origin had counted when the token came. */
  readonly seq: () => number
  /** Somebody signed in, or turned out to be: a new generation. */
  readonly grant: (grant: FullGrant<User>, via: Via, seq: number) => void
  /** A new token of the session: the same generation, unless it speaks of another subject. */
  readonly refresh: (grant: FullGrant<User>, by: 'exchange' | 'peer', seq: number) => void
  /** Nobody is signed in any longer, at once; tells the other tabs unless they told us. */
  readonly end: (reason: EndReason, tell: boolean) => void
  /** True where a token with these claims, announced at `seq`, was issued after the one held. */
  readonly isOlderThan: (claims: Claims, seq: number) => boolean
  readonly isSameSubject: (claims: Claims, user: User | undefined) => boolean
  /** True where storage tells of a login or logout that this tab has not taken part in. */
  readonly isMarkNew: (mark: SessionMark) => boolean
}

type Wiring = {
  readonly clock: Clock
  readonly events: Events
  readonly tabs: Pick<Tabs, 'mark' | 'setMark' | 'setHolding' | 'announce'>
  readonly shareToken: boolean
  readonly mintSid: () => string
  readonly onChange: () => void
  readonly onEnd: () => void
}

export function createHolding<User>({
  clock,
  events,
  tabs,
  shareToken,
  mintSid,
  onChange,
  onEnd,
}: Wiring): Holding<User> {
  let session: Session<User> = pendingSession
  const $session = atom<Session<User>>(session)
  let token: AccessToken | null = null
  let tokenSeq = 0
  let sid: string | null = null
  let agreed = JSON.stringify(tabs.mark())

  /** The one door. nanostores rethrows what a subscriber throws, after all have run: the state does not depend on it. */
  function change(event: SessionEvent<User>, happening: (generation: number) => Happening): void {
    const before = session
    const after = transition(before, event)
    session = after
    events.during(() => {
      events.emit(happening(after.generation))
      if (after !== before) $session.set(after)
    })
    onChange()
  }

  function agree(mark: SessionMark): void {
    agreed = JSON.stringify(mark)
    if (JSON.stringify(tabs.mark()) !== agreed) tabs.setMark(mark)
  }

  function hold(grant: FullGrant<User>, nextSid: string, seq: number): void {
    token = grant.token
    tokenSeq = seq
    sid = nextSid
    tabs.setHolding(shareToken)
    agree({ sid, state: 'in' })
  }

  /** The id of a session whose backend names none: what the origin's other tabs call it, else a new one. */
  const knownSid = (): string => {
    const mark = tabs.mark()
    return mark?.state === 'in' ? mark.sid : mintSid()
  }

  return {
    $session,
    session: () => session,
    token: () => token,
    usableToken: (minValidity = 0) => (token !== null && timeLeft(token, clock) > minValidity ? token : null),
    sid: () => sid,
    seq: () => tokenSeq,
    grant(grant, via, seq) {
      const isFound = via === 'restore' || via === 'peer'
      hold(grant, grant.sid ?? (isFound ? knownSid() : mintSid()), seq)
      change({ type: 'granted', user: grant.user, expiresAt: expiresAt(grant.token) }, (generation) => ({
        type: 'login',
        generation,
        via,
      }))
    },
    refresh(grant, by, seq) {
      const before = session
      if (before.status !== 'authenticated') return
      const otherSubject = !isSame(token?.claims, before.user, grant.token.claims, grant.user)
      hold(grant, grant.sid ?? (otherSubject ? knownSid() : (sid ?? knownSid())), seq)
      const user = JSON.stringify(before.user) === JSON.stringify(grant.user) ? before.user : grant.user
      const at = expiresAt(grant.token)
      change({ type: 'refreshed', generation: before.generation, user, expiresAt: at, otherSubject }, (generation) =>
        otherSubject ? { type: 'account-changed', generation } : { type: 'refreshed', by, expiresAt: at },
      )
    },
    end(reason, tell) {
      const before = session
      const mark = tabs.mark()
      // A logout before anybody looked ends what the other tabs hold.
      const ended = sid ?? (before.status === 'pending' && reason === 'logged-out' ? (mark?.sid ?? null) : null)
      token = null
      sid = null
      tabs.setHolding(false)
      // Another session's mark is left alone: somebody may have logged in meanwhile.
      if (tell && ended !== null && (mark?.sid ?? ended) === ended) agree({ sid: ended, state: reason })
      else agreed = JSON.stringify(mark)
      if (tell && ended !== null) tabs.announce({ type: 'logged-out', sid: ended, reason })
      onEnd()
      if (before.status === 'unauthenticated') return
      change({ type: 'ended', generation: before.generation, reason }, () => {
        if (reason === 'no-session') return { type: 'diagnostic', message: 'There was no session to restore.' }
        return reason === 'expired' || reason === 'revoked' ? { type: 'expired', reason } : { type: 'logout', reason }
      })
    },
    isOlderThan(claims, seq) {
      if (token === null) return true
      return isNewer(claims, token.claims) || (!isNewer(token.claims, claims) && seq > tokenSeq)
    },
    isSameSubject(claims, user) {
      return session.status === 'authenticated' && isSame(token?.claims, session.user, claims, user)
    },
    isMarkNew: (mark) => JSON.stringify(mark) !== agreed,
  }
}

/** Whether two tokens and users speak of one account: by `sub`, else by the user's `id` or `email`; true where nothing tells. */
function isSame(heldClaims: Claims | undefined, heldUser: unknown, claims: Claims, user: unknown): boolean {
  const [held, next] = [
    { ...(heldUser as object), ...pick(heldClaims) },
    { ...(user as object), ...pick(claims) },
  ] as Claims[]
  for (const key of ['sub', 'id', 'email']) {
    const [a, b] = [held?.[key], next?.[key]]
    if (a !== undefined && b !== undefined) return a === b
  }
  return true
}

function pick(claims: Claims | undefined): Claims {
  return claims?.['sub'] === undefined ? {} : { sub: claims['sub'] }
}
