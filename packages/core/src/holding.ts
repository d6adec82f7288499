// The session and its token, which change together and only here. Its secrets: the token, and who counts as another.
import { arm, type Core } from './core.js'
import type { Grant } from './endpoints.js'
import type { EndReason } from './end-reason.js'
import type { Happening } from './events.js'
import { transition, type SessionEvent } from './session.js'
import { enlist, markOf, openSid, read, write, type SessionMark } from './marks.js'
import { announce } from './tabs.js'
import { expiresAt, isNewer, timeLeft, type AccessToken, type Claims } from './token.js'

/** A grant whose user is known. */
export type FullGrant<User> = Grant<User> & { readonly user: User }

/** The token, where it has more than so many milliseconds left. */
export const usable = <User>({ token, clock }: Core<User>, minValidity = 0): AccessToken | null =>
  token !== null && timeLeft(token, clock) > minValidity ? token : null

/** True where storage tells of a login or logout that this tab has not taken part in. */
export const isMarkNew = <User>(core: Core<User>): boolean => read(core, 'session') !== core.agreed

/** Lets a body profile's refresh token rest, and remembers what this tab wrote. */
export const rest = <User>(core: Core<User>, refreshToken: string | null): void =>
  core.resting.set((core.own = refreshToken))

/** Lets go of the refresh token that this tab knows: one that another tab wrote since is of a login after it. */
export const letGo = <User>(core: Core<User>): void => {
  if (core.resting.get() === core.own) rest(core, null)
}

/**
 * Takes a grant in. Who logs in begins a session, and so does who is found where nobody was known; otherwise it is a new
 * token of the session: the same generation, unless it speaks of another subject.
 */
export function takeIn<User>(
  core: Core<User>,
  { token, user, sid }: Pick<FullGrant<User>, 'token' | 'user' | 'sid'>,
  by: 'login' | 'register' | 'mfa' | 'exchange' | 'peer',
  seq = core.counted,
): void {
  const isFound = by === 'exchange' || by === 'peer'
  const before = isFound && core.session.status === 'authenticated' ? core.session : null
  const otherSubject = before !== null && !isSameSubject(core, token.claims, user)
  // A backend may name none: it is called what the origin's other tabs call it, else anew.
  const id = sid ?? (isFound ? (!otherSubject && core.sid) || openSid(core) : null) ?? core.page.randomId()
  // A newer token of the same session says nothing about the sessions after it: their mark stays.
  if (core.sid !== id) agree(core, { sid: id, state: 'in' })
  core.token = token
  core.sid = id
  core.seq = seq
  core.jitter = core.random()
  enlist(core)
  const at = expiresAt(token)
  if (before === null)
    return change(core, { type: 'granted', user, expiresAt: at }, (generation) => ({
      type: 'login',
      generation,
      via: by === 'exchange' ? 'restore' : by,
    }))
  const { generation } = before
  const known = JSON.stringify(before.user) === JSON.stringify(user) ? before.user : user
  change(core, { type: 'refreshed', generation, user: known, expiresAt: at, otherSubject }, (next) =>
    otherSubject
      ? { type: 'account-changed', generation: next }
      : { type: 'refreshed', by: by as 'peer', expiresAt: at },
  )
}

/** Nobody is signed in any longer, at once; tells the other tabs unless they told us. */
export function ended<User>(core: Core<User>, reason: EndReason, tell: boolean): void {
  const { status, generation } = core.session
  const mark = markOf(core)
  // A logout where nobody is known to be signed in ends what the other tabs hold.
  const sid = core.sid ?? (reason === 'logged-out' ? openSid(core) : null)
  letGo(core)
  core.token = core.sid = null
  enlist(core)
  core.agreed = read(core, 'session')
  if (tell && sid !== null) {
    // Another session's mark is left alone: somebody may have logged in meanwhile.
    if ((mark?.sid ?? sid) === sid) agree(core, { sid, state: reason })
    announce(core, { type: 'logged-out', sid, reason })
  }
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

function agree<User>(core: Core<User>, mark: SessionMark): void {
  core.agreed = JSON.stringify(mark)
  write(core, 'session', core.agreed)
}
