// Keeps a connection open for one account. Its secret: when to open it again, and when never.
import { isAuthError, systemClock, type AuthClient, type AuthError, type Clock } from './index.js'

/** `waiting`: until the next attempt, or for a login. `closed` is final. */
export type LiveState = 'connecting' | 'open' | 'waiting' | 'closed'

/** What both kinds of connection are made with. */
export type LiveOptions = {
  /** Every change; with `closed` comes why, null where the app closed it or the account signed out. */
  readonly onState?: (state: LiveState, why: AuthError | null) => void
  /** After a logout, wait for the next login and open again as whoever that is. Default: closed for good. */
  readonly reopenAfterLogin?: boolean
  /** Tells when the device is online again. Default: the window, or the worker. */
  readonly onOnline?: (listener: () => void) => () => void
  readonly clock?: Clock
  /** Numbers in [0, 1) for jitter. */
  readonly random?: () => number
}

/** How one attempt ended: for good, or to be opened again, `after` so many milliseconds at least, or `now`. */
export type Ended =
  | { readonly again: true; readonly after?: number | undefined; readonly now?: boolean }
  | { readonly again: false; readonly why: AuthError | null }

export type Attempt = { readonly signal: AbortSignal; readonly onOpen: () => void }
type Connect = (attempt: Attempt) => Promise<Ended>
type Auth<User> = Pick<AuthClient<User>, '$session' | 'ready'>

export type Live = { readonly state: () => LiveState; readonly close: () => void }

const [shortest, longest] = [1_000, 60_000]
/** Whoever hangs up sooner than this is asked more and more seldom. */
export const steady = 10_000

/** Opens, opens again after what can be mended, and stops with the account. One connection at a time. */
export function keepLive<User>(auth: Auth<User>, connect: Connect, options: LiveOptions): Live {
  const { clock = systemClock, random = Math.random, onOnline = onlineEvents } = options
  const closing = new AbortController()
  let state: LiveState = 'connecting'
  let stopped = false

  function enter(next: LiveState, why: AuthError | null = null): void {
    if (stopped || (next === state && next !== 'connecting')) return
    state = next
    stopped = next === 'closed'
    tell(() => options.onState?.(next, why))
  }

  /** One connection for one generation; what a logout or another account ends. */
  async function once(generation: number, onOpen: () => void): Promise<Ended> {
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    closing.signal.addEventListener('abort', stop)
    const unsubscribe = auth.$session.listen((session) => session.generation !== generation && stop())
    try {
      enter('connecting')
      return await connect({ signal: abort.signal, onOpen })
    } catch (error) {
      return isAuthError(error, 'disposed') ? { again: false, why: error } : afterFailure(error)
    } finally {
      stop()
      unsubscribe()
      closing.signal.removeEventListener('abort', stop)
    }
  }

  async function run(): Promise<void> {
    let failures = 0
    for (let first = true; !closing.signal.aborted; first = false) {
      const session = first || auth.$session.get().status === 'pending' ? await auth.ready() : auth.$session.get()
      if (session.status !== 'authenticated') {
        if (options.reopenAfterLogin !== true) return enter('closed')
        enter('waiting')
        await nextSession(auth, session.generation, closing.signal)
        continue
      }
      let openedAt: number | null = null
      const ended = await once(session.generation, () => {
        openedAt = clock.monotonic()
        enter('open')
      })
      if (closing.signal.aborted) return
      if (auth.$session.get().generation !== session.generation) {
        if (options.reopenAfterLogin !== true) return enter('closed')
        failures = 0
        continue
      }
      if (!ended.again) return enter('closed', ended.why)
      failures = openedAt !== null && clock.monotonic() - openedAt >= steady ? 0 : failures + 1
      if (ended.now === true) continue
      enter('waiting')
      const jittered = random() * Math.min(longest, shortest * 2 ** failures)
      await rest(jittered, Math.min(ended.after ?? 0, longest), session.generation)
    }
  }

  /** Waits, but not on behalf of an account that has gone; when the device is online again, only as the server asked. */
  function rest(backoff: number, asked: number, generation: number): Promise<void> {
    return new Promise((resolve) => {
      const since = clock.monotonic()
      const done = (): void => {
        cancel()
        deafen()
        unsubscribe()
        closing.signal.removeEventListener('abort', done)
        resolve()
      }
      let cancel = clock.after(Math.max(backoff, asked), done)
      const deafen = onOnline(() => {
        cancel()
        cancel = clock.after(Math.max(0, since + asked - clock.monotonic()), done)
      })
      const unsubscribe = auth.$session.listen((session) => session.generation !== generation && done())
      closing.signal.addEventListener('abort', done)
      if (closing.signal.aborted) done()
    })
  }

  void run().catch((error: unknown) => enter('closed', isAuthError(error) ? error : null))
  return {
    state: () => state,
    close() {
      closing.abort()
      enter('closed')
    },
  }
}

function onlineEvents(listener: () => void): () => void {
  const scope = globalThis as Partial<Pick<Window, 'addEventListener' | 'removeEventListener'>>
  scope.addEventListener?.('online', listener)
  return () => scope.removeEventListener?.('online', listener)
}

function afterFailure(error: unknown): Ended {
  return { again: true, after: isAuthError(error) ? error.retryAfter : undefined }
}

/** Resolves with any session but the one of this generation. */
function nextSession<User>(auth: Auth<User>, generation: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      unsubscribe()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const unsubscribe = auth.$session.listen((session) => session.generation !== generation && done())
    signal.addEventListener('abort', done)
    if (signal.aborted || auth.$session.get().generation !== generation) done()
  })
}

/** Calls what the app handed in; what it throws is reported as uncaught, and ends no connection. */
export function tell(call: () => void): void {
  try {
    call()
  } catch (error) {
    // oxlint-disable-next-line no-console -- where the platform has no reportError (Node), nothing else reaches the developer
    const { reportError = console.error } = globalThis as { reportError?: (error: unknown) => void }
    reportError(error)
  }
}
