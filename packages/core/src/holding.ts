// The session and its token, which change together and only here. Its secrets: the token, and who counts as another.
import { arm, type Core } from './core.js'
import type { Grant } from './endpoints.js'
import type { EndReason } from './end-reason.js'
import type { AuthEvent, Happening } from './events.js'
import { transition, type SessionEvent } from './session.js'
import { markOf, setHolding, setMark, type SessionMark } from './marks.js'
import { announce } from './tabs.js'
import { expiresAt, isNewer, timeLeft, type AccessToken, type Claims } from './token.js'

/** A grant whose user is known. */
export type FullGrant<User> = Grant<User> & { readonly user: User }

type Via = Extract<AuthEvent, { type: 'login' }>['via']

/** The token, where it has more than so many milliseconds left. */
export const usable = <User>({ token, clock }: Core<User>, minValidity = 0): AccessToken | null =>
  token !== null && timeLeft(token, clock) > minValidity ? token : null

/** True where storage tells of a login or logout that this tab has not taken part in. */
export const isMarkNew = <User>(core: Core<User>, mark: SessionMark | null): boolean =>
  JSON.stringify(mark) !== core.agreed

/** Somebody signed in, or turned out to be: a new generation. */
export function signedIn<User>(core: Core<User>, grant: FullGrant<User>, via: Via, seq: number): void {
  const isFound = via === 'restore' || via === 'peer'
  hold(core, grant, grant.sid ?? (isFound ? knownSid(core) : core.page.randomId()), seq)
  change(core, { type: 'granted', user: grant.user, expiresAt: expiresAt(grant.token) }, (generation) => ({
    type: 'login',
    generation,
    via,
  }))
}

/** A new token of the session: the same generation, unless it speaks of another subject. */
export function renewed<User>(core: Core<User>, grant: FullGrant<User>, by: 'exchange' | 'peer', seq: number): void {
  const before = core.session
  if (before.status !== 'authenticated') return
  const otherSubject = !isSameSubject(core, grant.token.claims, grant.user)
  hold(core, grant, grant.sid ?? ((!otherSubject && core.sid) || knownSid(core)), seq)
  const user = JSON.stringify(before.user) === JSON.stringify(grant.user) ? before.user : grant.user
  const at = expiresAt(grant.token)
  change(core, { type: 'refreshed', generation: before.generation, user, expiresAt: at, otherSubject }, (generation) =>
    otherSubject ? { type: 'account-changed', generation } : { type: 'refreshed', by, expiresAt: at },
  )
}

/** Nobody is signed in any longer, at once; tells the other tabs unless they told us. */
export function ended<User>(core: Core<User>, reason: EndReason, tell: boolean): void {
  const { status, generation } = core.session
  const mark = markOf(core)
  // A logout where nobody is known to be signed in ends what the other tabs hold.
  const sid = core.sid ?? (reason === 'logged-out' && mark?.state === 'in' ? mark.sid : null)
  core.token = core.sid = null
  setHolding(core, false)
  // Another session's mark is left alone: somebody may have logged in meanwhile.
  if (tell && sid !== null && (mark?.sid ?? sid) === sid) agree(core, { sid, state: reason })
  else core.agreed = JSON.stringify(mark)
  if (tell && sid !== null) announce(core, { type: 'logged-out', sid, reason })
  arm(core, 'ack')
  if (status === 'unauthenticated') return
  change(core, { type: 'ended', generation, reason }, () => {
    if (reason === 'no-session') return { type: 'diagnostic', message: 'There was no session to restore.' }
    return reason === 'expired' || reason === 'revoked' ? { type: 'expired', reason } : { type: 'logout', reason }
  })
}

/** True where a token with these claims, announced at `seq`, was issued after the one held. */
export function isOlderThan<User>({ token, seq }: Core<User>, claims: Claims, announced: number): boolean {
  return token === null || isNewer(claims, token.claims) || (!isNewer(token.claims, claims) && announced > seq)
}

/** Whether they speak of the account that is signed in: by `sub`, else by the user's `id` or `email`; true where nothing tells. */
export function isSameSubject<User>({ session, token }: Core<User>, claims: Claims, user?: User): boolean {
  if (session.status !== 'authenticated') return false
  const [held, next] = [named(session.user, token?.claims), named(user, claims)]
  const key = ['sub', 'id', 'email'].find((name) => held[name] !== undefined && next[name] !== undefined)
  return key === undefined || held[key] === next[key]
}

const named = (user: unknown, claims?: Claims): Claims => {
  const known = { ...(user as Claims | undefined) }
  return { ...known, sub: claims?.['sub'] ?? known['sub'] }
}

/** The one door. nanostores rethrows what a subscriber throws, after all have run: the state does not depend on it. */
function change<User>(core: Core<User>, event: SessionEvent<User>, happening: (generation: number) => Happening): void {
  const before = core.session
  const after = (core.session = transition(before, event))
  core.during(() => {
    core.emit(happening(after.generation))
    if (after !== before) core.$session.set(after)
  })
  core.onChange()
}

function hold<User>(core: Core<User>, { token }: FullGrant<User>, sid: string, seq: number): void {
  // A newer token of the same session says nothing about the sessions after it: their mark stays.
  if (core.sid !== sid) agree(core, { sid, state: 'in' })
  core.token = token
  core.sid = sid
  core.seq = seq
  core.jitter = core.random()
  setHolding(core, core.shareToken)
}

function agree<User>(core: Core<User>, mark: SessionMark): void {
  core.agreed = JSON.stringify(mark)
  if (isMarkNew(core, markOf(core))) setMark(core, mark)
}

/** The id of a session whose backend names none: what the origin's other tabs call it, else a new one. */
function knownSid<User>(core: Core<User>): string {
  const mark = markOf(core)
  return mark?.state === 'in' ? mark.sid : core.page.randomId()
}
