// Delivers a logout to the server, however long that takes; its secret is that offline is no excuse to forget it.
import type { Clock } from './clock.js'
import { isAuthError } from './errors.js'
import type { Page } from './page.js'
import type { Tabs } from './tabs.js'

/** What proves to the server whose session is to end, beside the cookie that the browser adds. */
type Proof = { readonly bearer?: string | null; readonly refreshToken?: string | undefined }

export type Revocation = {
  /** Writes down that the server is to hear of a logout. */
  readonly owe: (everywhere: boolean, proof: Proof) => void
  /**
   * Tries now, if anything is owed, and keeps trying in the background. To be called inside the lock: the cookie that
   * the answer clears must not be that of a later login.
   */
  readonly deliver: () => Promise<void>
  /** Takes the lock and delivers. */
  readonly deliverLater: () => void
  /** A new login took the cookie's place: what is owed can no longer be delivered. */
  readonly forget: () => void
  readonly dispose: () => void
}

type Wiring = {
  readonly clock: Clock
  readonly page: Page
  readonly tabs: Pick<Tabs, 'pendingLogout' | 'setPendingLogout' | 'exclusive'>
  readonly send: (everywhere: boolean, proof: Proof) => Promise<unknown>
  readonly onUndelivered: () => void
}

const retryDelay = 30_000

export function createRevocation({ clock, page, tabs, send, onUndelivered }: Wiring): Revocation {
  let cancelRetry = (): void => {}
  let owed: Proof = {}
  const disposal = new AbortController()

  function forget(): void {
    cancelRetry()
    owed = {}
    tabs.setPendingLogout(null)
  }
  async function deliver(): Promise<void> {
    cancelRetry()
    const scope = tabs.pendingLogout()
    if (scope === null) return
    try {
      await send(scope === 'all', owed)
    } catch (error) {
      if (isAuthError(error) && error.retryable) {
        // The refresh token outlives the bearer, which is not kept.
        owed = { refreshToken: owed.refreshToken }
        if (disposal.signal.aborted) return
        cancelRetry = clock.after(error.retryAfter || retryDelay, deliverLater)
        onUndelivered()
        return
      }
      // A bearer that is refused has expired; any other answer is the server's last word: it knows no such session.
      if (scope === 'all' && owed.bearer) {
        owed = { refreshToken: owed.refreshToken }
        return deliver()
      }
    }
    forget()
  }
  function deliverLater(): void {
    if (tabs.pendingLogout() !== null) void tabs.exclusive(deliver, disposal.signal)
  }
  const unlisten = page.listen('online', deliverLater)
  return {
    owe(everywhere, proof) {
      owed = proof
      tabs.setPendingLogout(everywhere ? 'all' : 'this')
    },
    deliver,
    deliverLater,
    forget,
    dispose() {
      disposal.abort()
      cancelRetry()
      unlisten()
    },
  }
}
