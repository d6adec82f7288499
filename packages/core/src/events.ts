// What happened, told to listeners and kept for "why was I logged out?"; its secret is that no listener can break another.
import type { EndReason } from './end-reason.js'
import type { AuthErrorCode } from './errors.js'

/** One thing that happened, without tokens, passwords or personal data. `at`: local milliseconds since the epoch. */
export type AuthEvent = { readonly at: number } & (
  | {
      readonly type: 'login'
      readonly generation: number
      readonly via: 'login' | 'register' | 'mfa' | 'restore' | 'peer'
    }
  /** Somebody ended the session: here, in another tab, or by not acting. */
  | { readonly type: 'logout'; readonly reason: EndReason }
  | { readonly type: 'refreshed'; readonly by: 'exchange' | 'peer'; readonly expiresAt: number | null }
  | { readonly type: 'refresh-failed'; readonly code: AuthErrorCode; readonly nextAttemptAt: number }
  /** The server ended the session. */
  | { readonly type: 'expired'; readonly reason: EndReason }
  | { readonly type: 'account-changed'; readonly generation: number }
  /** An API or the auth server asks for a fresher or stronger login (RFC 9470 §3): `maxAge` in seconds. */
  | { readonly type: 'step-up-required'; readonly acrValues: string | null; readonly maxAge: number | null }
  /** Nobody acts, and the session ends then; null takes the warning back: somebody acted in some tab, or the session is over. */
  | { readonly type: 'idle-warning'; readonly endsAt: number | null }
  | { readonly type: 'peer'; readonly said: 'refresh-failed' | 'logged-in' | 'logged-out' }
  | { readonly type: 'diagnostic'; readonly message: string }
)

/** An event before it is timed. */
export type Happening = AuthEvent extends infer Event ? (Event extends AuthEvent ? Omit<Event, 'at'> : never) : never

export type Events = {
  /** Writes it down at once, and tells the listeners once the change that it belongs to is complete. */
  readonly emit: (happening: Happening) => void
  /** Changes the state; what happens meanwhile is told afterwards, in order. */
  readonly during: (change: () => void) => void
  readonly on: (listener: (event: AuthEvent) => void) => () => void
  /** The last hundred, oldest first. */
  readonly timeline: () => readonly AuthEvent[]
}

/** Somebody proved who they are, here and now. */
export const isSignIn = (event: AuthEvent): boolean =>
  event.type === 'login' && event.via !== 'restore' && event.via !== 'peer'

const kept = 100

export function createEvents(now: () => number): Events {
  const listeners = new Set<(event: AuthEvent) => void>()
  const past: AuthEvent[] = []
  const untold: AuthEvent[] = []
  let busy = false

  function tell(): void {
    if (busy) return
    busy = true
    // What is told meanwhile comes last, and is told too.
    for (const event of untold) for (const listener of Array.from(listeners)) isolate(() => listener(event))
    untold.length = 0
    busy = false
  }
  return {
    emit(happening) {
      const event = { at: now(), ...happening } as AuthEvent
      if (past.push(event) > kept) past.shift()
      untold.push(event)
      tell()
    },
    during(change) {
      const outer = busy
      busy = true
      isolate(change)
      busy = outer
      tell()
    },
    on(listener) {
      // A fresh function each time, so that one listener added twice is two.
      const own = (event: AuthEvent): void => listener(event)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    timeline: () => [...past],
  }
}

/** Calls what the app handed in; what it throws is reported as uncaught and goes no further. */
export function isolate(call: () => void): void {
  try {
    call()
  } catch (error) {
    // oxlint-disable-next-line no-console -- where the platform has no reportError (Node), nothing else reaches the developer
    const { reportError = console.error } = globalThis as { reportError?: (error: unknown) => void }
    reportError(error)
  }
}
