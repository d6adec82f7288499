// One exchange: what is presented for a grant, and who it turns out to be. Its secret is whose refresh token it is.
import { Refused } from './call.js'
import type { Core } from './core.js'
import { me, refresh, type Grant } from './endpoints.js'
import { isSameSubject, rest, type FullGrant } from './holding.js'
import { openSid, peersHold } from './marks.js'
import { announce, isBehind, newsWait, stamp } from './tabs.js'
import { timeLeft } from './token.js'
import { pause } from './wait.js'

/** False where the refresh token is another tab's, which shares its access tokens only. */
export const canExchange = <User>(core: Core<User>): boolean =>
  core.profile.refreshToken === 'cookie' || presented(core) !== null

function presented<User>({ profile, token, clock, resting }: Core<User>): string | null {
  if (profile.refreshToken !== 'access' || token === null) return resting.get()
  // The clock has said of a token that no refresh renews all that the server could.
  return profile.renews === false && timeLeft(token, clock) <= 0 ? null : token.value
}

/** Inside the lock, before asking: waits, bounded, for a message of an exchange that another tab has made. */
export async function catchUp<User>(core: Core<User>, signal: AbortSignal): Promise<void> {
  // A refresh token in shared storage is spent once: what lies there must be the last one.
  if ('catchUp' in core.resting) await core.resting.catchUp(core, signal)
  const depends = !canExchange(core) && peersHold(core)
  const signedIn = (core.sid ?? openSid(core)) !== null
  if (!core.shareToken || !(depends || isBehind(core, signedIn))) return
  announce(core, { type: 'hello', seq: depends ? core.seq + 1 : 0 })
  await pause(core.clock, depends ? core.timeout : newsWait, signal)
}

/** Inside the lock: the wire call. @throws as `refresh` of the endpoints */
export async function exchange<User>(core: Core<User>, signal: AbortSignal): Promise<Grant<User>> {
  if (!canExchange(core)) throw new Refused('no-session', 401)
  core.own = presented(core)
  try {
    const grant = await refresh(core, core.own ?? undefined, { signal })
    if (grant.refreshToken !== undefined && !signal.aborted) rest(core, grant.refreshToken)
    stamp(core)
    return grant
  } catch (error) {
    // Counted where a message follows, for which the next tab in the lock waits.
    if (!(error instanceof Refused) || core.sid !== null) stamp(core)
    throw error
  }
}

/** Outside the lock: asks who it is, where the grant does not say and nobody is known yet. */
export async function identify<User>(
  core: Core<User>,
  grant: Grant<User>,
  signal: AbortSignal,
): Promise<FullGrant<User>> {
  const { session, profile } = core
  const {
    token,
    user = session.status === 'authenticated' && isSameSubject(core, token.claims) ? session.user : undefined,
  } = grant
  return {
    ...grant,
    user: user ?? (await me(core, { bearer: token.value, signal })) ?? profile.readUser(token.claims),
  }
}
