// What one client is made of: the world it was handed, and the state that its rooms share. Its secret is how all of it ends.
import type { WritableAtom } from 'nanostores'
import type { Clock } from './clock.js'
import type { AuthError } from './errors.js'
import type { Events } from './events.js'
import type { Page } from './page.js'
import type { Profile } from './profile.js'
import type { Session } from './session.js'
import type { TokenStorage } from './storage.js'
import type { AccessToken } from './token.js'

/** How refreshing goes, apart from whether somebody is signed in: a failing refresh is no logout. */
export type RefreshState = {
  readonly status: 'idle' | 'refreshing' | 'failing'
  /** Failures in a row. */
  readonly failures: number
  /** Local milliseconds since the epoch; null while nothing fails. */
  readonly nextAttemptAt: number | null
  readonly error: AuthError | null
}

/** What a request to the auth server takes. */
export type Wire<User> = {
  readonly profile: Profile<User>
  /** What the profile's paths resolve against; null on a server where it is a path. */
  readonly base: string | null
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  /** Milliseconds of one attempt, body included. */
  readonly timeout: number
} & Pick<Events, 'emit'>

/** What ends with the client: its timers and what it listens to. */
export type Life = {
  readonly clock: Clock
  readonly page: Page
  /** Aborted when the client is disposed of, with what its promises then reject with. */
  readonly gone: AbortSignal
  readonly timers: Partial<Record<Timer, () => void>>
}

/** What the tabs of an origin share, as far as this one knows. */
export type Tabs = Life &
  Pick<Events, 'emit'> & {
    readonly name: string
    /** This tab, as it signs its messages. */
    readonly tab: string
    /** False: neither speaks to other tabs nor listens, but still takes the lock. */
    readonly talks: boolean
    channel: ReturnType<Page['openChannel']>
    /** Exchanges of the origin that this tab knows of. */
    counted: number
    /** Exchanges of the origin that other tabs have counted; of some, the news may still be on its way. */
    heard: number
    readonly shareToken: boolean
    token: AccessToken | null
    /** Whether this tab had to wait for the lock. In WebKit and Firefox, storage tells of its last holder later than the lock. */
    followed?: boolean
    /** Where there is no lock, this tab's own calls still take turns. */
    turn?: Promise<unknown>
    /** A pending logout that storage did not take. */
    unwritten?: string | null
    /** How many messages were none of this protocol's. */
    ignored: number
  }

/** A resting place that other tabs write to as well: what lies there may not be the last one yet. */
export type SharedStorage = TokenStorage & {
  readonly catchUp: (tabs: Tabs, signal: AbortSignal) => Promise<void>
}

/** One refresh under way. */
export type Flight = { readonly generation: number; readonly abort: AbortController; readonly landed: Promise<void> }

/** What proves to the server whose session is to end, beside the cookie that the browser adds. */
export type Proof = { readonly bearer?: string | null; readonly refreshToken?: string | undefined }

/** One timer a purpose: arming it anew cancels the one before. */
type Timer = 'due' | 'ack' | 'revocation' | 'idle' | 'ignored'

/** A client's parts and state, for its rooms alone: nothing of it is handed out. What may be absent has not happened yet. */
export type Core<User> = Wire<User> &
  Tabs &
  Events & {
    readonly random: () => number
    readonly proactive: 'always' | 'visible' | 'never'
    /** Seconds before expiry at which a silent refresh is due, by the lifetime in seconds. */
    readonly buffer: (lifetime: number) => number
    /** Where the refresh token of a body profile rests. */
    readonly resting: TokenStorage | SharedStorage
    readonly $session: WritableAtom<Session<User>>
    readonly $refresh: WritableAtom<RefreshState>
    /** Looks who is signed in: the way up for rooms below. */
    restore: (options?: { readonly force?: boolean }) => Promise<Session<User>>
    /** Something changed: what is due is looked at anew. */
    onChange: () => void

    /** The same as `$session` without the store's bookkeeping: requests ask at every turn. */
    session: Session<User>
    sid: string | null
    /** How many exchanges the origin had counted when the token came. */
    seq: number
    /** The mark that this tab has taken part in, as storage has it. */
    agreed?: string | null
    /** The refresh token that this tab wrote, presented or looked up last. */
    own?: string | null
    /** In [0, 1): how much of its jitter the token in hand takes. */
    jitter: number

    /** Proof of a logout that the server has not heard of. */
    owed: Proof
    /** Aborted when another tab has answered, or nobody waits for that any longer. */
    asked?: AbortController

    refreshing: RefreshState
    flight?: Flight | null
    /** The flight that is past all waiting: its request is under way. */
    sending?: AbortSignal
    /** Monotonic milliseconds before which no exchange may start. */
    retryFrom: number
    /** When the last thirty exchanges started, in monotonic milliseconds. */
    recent: readonly [...number[], number]

    /** The look at the session that is under way. */
    look?: Promise<Session<User>> | null
    /** The generation in which that look began; null where it is over, or a login or logout came in between. */
    looking?: number | null
    /** The login or logout that came last. */
    act?: { readonly abort: AbortController; landed?: Promise<unknown> | undefined }
    /** Logins whose answers have not been taken in: the server may sign in, whatever becomes of them here. */
    asking: number

    /** The token that was found usable, and from when until when by the wall clock that needs no second look. */
    vetted: { readonly token: AccessToken | null; readonly from: number; readonly until: number }
    /** The token that a 401 refused, until its refresh is over: nobody else sends it meanwhile. */
    spent?: AccessToken | null
    /** A new token that was refused at once: until then another new one is no cure. */
    doubted?: { readonly token: AccessToken; readonly until: number }
  }

export const notVetted: Core<never>['vetted'] = { token: null, from: 0, until: 0 }

/** Listens to events of the page for as long as the client lives. */
export function listen({ page, gone }: Life, types: readonly string[], listener: (event: Event) => void): void {
  for (const type of types) page.listen(type, listener, gone)
}

/** Calls when the client is disposed of. */
export const atEnd = ({ gone }: Life, call: () => void): void => gone.addEventListener('abort', call)

/** The events at which a page is looked at again, after it was hidden, frozen, cached or asleep. */
export const shownAgain = ['visibilitychange', 'pageshow', 'resume', 'focus'] as const

/** Calls once after so many milliseconds, in the place of what the timer was armed with before; without a time only cancels. */
export function arm({ timers, clock, gone }: Life, timer: Timer, ms?: number, call?: () => void): void {
  timers[timer]?.()
  delete timers[timer]
  if (ms === undefined || gone.aborted) return
  timers[timer] = clock.after(ms, () => {
    delete timers[timer]
    call?.()
  })
}

/** Leaves a sentence for the developer in the timeline. */
export const note = ({ emit }: Pick<Events, 'emit'>, message: string): void => emit({ type: 'diagnostic', message })
