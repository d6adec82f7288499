// Which token a request may bear, and where the next one comes from. Its secret is which tokens are not worth sending.
import { notVetted, type Core } from './core.js'
import { accountChanged, AuthError } from './errors.js'
import { usable } from './holding.js'
import { refreshed } from './refresher.js'
import { restore } from './restore.js'
import { timeLeft, type AccessToken } from './token.js'
import { waitFor } from './wait.js'

const doubtTime = 30_000

/** How long a look at both clocks stands, by the wall clock, which is looked at each time: requests come in bursts. */
const vettingTime = 1_000

/** A usable token at once; null where it takes asking. */
export function bearer<User>(core: Core<User>, minValidity = 0): AccessToken | null {
  const { token, spent, clock, vetted } = core
  const now = clock.now()
  if (!minValidity && token === vetted.token && now >= vetted.from && now < vetted.until) return token
  if (!token || token === spent || core.gone.aborted) return null
  const left = timeLeft(token, clock) - minValidity
  if (left <= 0) return null
  core.vetted = { token, from: now, until: now + Math.min(left, vettingTime) }
  return token
}

/** A usable token, after a restore or refresh if need be; null where nobody is signed in. `minValidity` in milliseconds. */
export async function obtain<User>(
  core: Core<User>,
  signal?: AbortSignal | null,
  minValidity = 0,
): Promise<AccessToken | null> {
  // On a server nobody looks but who asked for it.
  if (core.session.status === 'pending' && (core.look || core.page.href)) await waitFor(restore(core), signal)
  core.gone.throwIfAborted()
  const { status, generation } = core.session
  if (status === 'pending' && core.refreshing.error) throw core.refreshing.error
  if (status !== 'authenticated') return null
  // A validity that no token has is not to be had by asking either.
  const enough = bearer(core, minValidity < (core.token?.lifetime ?? Infinity) ? minValidity : 0)
  if (enough) return enough
  try {
    await waitFor(refreshed(core), signal)
  } catch (failure) {
    if (signal?.aborted || !bearer(core)) throw failure
  }
  if (core.session.generation !== generation)
    throw core.session.status === 'authenticated'
      ? accountChanged()
      : new AuthError('session_ended', 'The session ended before the request was sent. Log in again.')
  const token = bearer(core)
  if (token) return token
  throw new AuthError('unreachable', 'No valid access token could be had. Try again later.')
}

/** Another token than the one that a 401 refused; null where there is none, or none that would help. */
export async function replace<User>(
  core: Core<User>,
  refused: AccessToken,
  signal?: AbortSignal | null,
): Promise<AccessToken | null> {
  const { doubted, clock } = core
  if (doubted?.token === refused && clock.monotonic() < doubted.until) return null
  if (core.token === refused) core.spent = refused
  core.vetted = notVetted
  const replaced = refreshed(core, { spent: refused }).finally(() => {
    if (core.spent === refused) core.spent = null
  })
  await waitFor(replaced, signal)
  const token = usable(core)
  return token === refused ? null : token
}

/** A new token was refused at once: for a while another new one is no cure. */
export function doubt<User>(core: Core<User>, token: AccessToken): void {
  core.doubted = { token, until: core.clock.monotonic() + doubtTime }
}
