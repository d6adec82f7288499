// Delivers a logout to the server, however long that takes; its secret is that offline is no excuse to forget it.
import { send } from './call.js'
import { arm, note, type Core, type Proof } from './core.js'
import { refresh } from './endpoints.js'
import { isAuthError } from './errors.js'
import { exclusive } from './lock.js'
import { pendingLogout, read, write } from './marks.js'

const retryDelay = 30_000

/** Writes down what the server is to hear of; null: nothing, also where a new login took the cookie's place. */
export function owe<User>(core: Core<User>, scope: 'this' | 'all' | null, proof: Proof = {}): void {
  arm(core, 'revocation')
  core.owed = proof
  write(core, 'logout', scope)
  core.unwritten = read(core, 'logout') === scope ? null : scope
}

/** Takes the lock and delivers. */
export function deliverLater<User>(core: Core<User>): void {
  if (pendingLogout(core) !== null) void exclusive(core, () => deliver(core), core.gone)
}

/**
 * Tries now, if anything is owed, and keeps trying in the background. To be called inside the lock: the cookie that
 * the answer clears must not be that of a later login.
 */
export async function deliver<User>(core: Core<User>): Promise<void> {
  const scope = pendingLogout(core)
  if (scope === null) return
  const { bearer = null, refreshToken } = core.owed
  try {
    const call = core.profile.logout?.({ everywhere: scope === 'all', refreshToken })
    // Other devices are ended by who the bearer speaks for: without one, the refresh token fetches it.
    const asks = call && scope === 'all' && bearer === null && core.profile.bearer === 'header'
    const proof = asks ? (await refresh(core, refreshToken)).token.value : bearer
    if (call) await send(core, call, { bearer: proof, keepalive: true })
  } catch (error) {
    const isPassing = isAuthError(error) && error.retryable
    // The refresh token outlives the bearer, which is not kept.
    core.owed = { refreshToken }
    if (isPassing) {
      if (core.gone.aborted) return
      arm(core, 'revocation', error.retryAfter || retryDelay, () => deliverLater(core))
      return note(core, 'The server has not heard of the logout yet, and will when it can be reached.')
    }
    // A bearer that is refused has expired; any other answer is the server's last word: it knows no such session.
    if (scope === 'all' && bearer) return deliver(core)
  }
  owe(core, null)
}
