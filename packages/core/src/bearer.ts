// Which token a request may bear, and where the next one comes from. Its secret is which tokens are not worth sending.
import type { Clock } from './clock.js'
import { AuthError } from './errors.js'
import type { Holding } from './holding.js'
import type { Refresher, RefreshState } from './refresher.js'
import type { AccessToken } from './token.js'
import { waitFor } from './wait.js'

export type Bearer = {
  /** A usable token at once; null where it takes asking. */
  readonly usable: () => AccessToken | null
  /** A usable token, after a restore or refresh if need be; null where nobody is signed in. `minValidity` in milliseconds. */
  readonly obtain: (signal?: AbortSignal | null, minValidity?: number) => Promise<AccessToken | null>
  /** Another token than the one that a 401 refused; null where there is none, or none that would help. */
  readonly replace: (refused: AccessToken, signal?: AbortSignal | null) => Promise<AccessToken | null>
  /** A new token was refused at once: for a while another new one is no cure. */
  readonly doubt: (token: AccessToken) => void
}

type Wiring<User> = {
  readonly clock: Clock
  readonly holding: Holding<User>
  readonly refresher: Pick<Refresher, 'refresh'>
  readonly refreshState: () => RefreshState
  /** The first look at the session, where one is under way or this is a page; else null. */
  readonly firstLook: () => Promise<unknown> | null
  readonly gone: AbortSignal
}

const doubtTime = 30_000

export function createBearer<User>(wiring: Wiring<User>): Bearer {
  const { clock, holding, refresher, gone } = wiring
  /** The token that a 401 refused, until its refresh is over: nobody else sends it meanwhile. */
  let spent: AccessToken | null = null
  let doubted: { readonly token: AccessToken; readonly until: number } | null = null

  function usable(minValidity = 0): AccessToken | null {
    const token = holding.usableToken(minValidity)
    return token === spent || gone.aborted ? null : token
  }

  return {
    usable: () => usable(),
    async obtain(signal, minValidity = 0) {
      if (holding.session().status === 'pending') await waitFor(Promise.resolve(wiring.firstLook()), signal)
      if (gone.aborted) throw gone.reason
      const { status, generation } = holding.session()
      const { error } = wiring.refreshState()
      if (status === 'pending' && error !== null) throw error
      if (status !== 'authenticated') return null
      // A validity that no token has is not to be had by asking either.
      const enough = usable(minValidity < (holding.token()?.lifetime ?? Infinity) ? minValidity : 0)
      if (enough !== null) return enough
      try {
        await waitFor(refresher.refresh(), signal)
      } catch (failure) {
        if (signal?.aborted || usable() === null) throw failure
      }
      const after = holding.session()
      if (after.generation !== generation) throw overtaken(after.status === 'authenticated')
      const token = usable()
      if (token === null)
        throw new AuthError('unreachable', 'There is no valid access token, and none could be had. Try again.')
      return token
    },
    async replace(refused, signal) {
      if (doubted?.token === refused && clock.monotonic() < doubted.until) return null
      if (holding.token() === refused) spent = refused
      const refreshed = refresher.refresh({ spent: refused }).finally(() => {
        if (spent === refused) spent = null
      })
      await waitFor(refreshed, signal)
      const token = holding.usableToken()
      return token === refused ? null : token
    },
    doubt(token) {
      doubted = { token, until: clock.monotonic() + doubtTime }
    },
  }
}

/** The request began in a session that is no longer there. */
function overtaken(byLogin: boolean): AuthError {
  return byLogin
    ? new AuthError('account_changed', 'Another account signed in meanwhile; nothing was sent as that account.')
    : new AuthError('session_ended', 'The session ended before the request could be sent. Log in again.')
}
