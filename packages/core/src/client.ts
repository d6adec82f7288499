// The composition root: the only place that wires the rooms together.
import { atom, type ReadableAtom } from 'nanostores'
import * as access from './access.js'
import { createAuthFetch, type AuthFetch } from './auth-fetch.js'
import { bearer, doubt, obtain, replace } from './bearer.js'
import { systemClock, type Clock } from './clock.js'
import { listen, note, notVetted, shownAgain, type Core, type RefreshState } from './core.js'
import { parseBase, parseOrigin } from './address.js'
import { login, register, send, verifyMfa, type Answer, type CallOptions } from './endpoints.js'
import { AuthError } from './errors.js'
import { createEvents, type AuthEvent } from './events.js'
import { isSameSubject } from './holding.js'
import { createIdle, type IdleOptions } from './idle.js'
import { browserPage, moveIn, type Page } from './page.js'
import { checkMark, onMessage } from './peers.js'
import {
  latchkey,
  type Credentials,
  type Entry,
  type LatchkeyUser,
  type MfaAnswer,
  type Profile,
  type WireCall,
} from './profile.js'
import { abortFlight, acknowledge, idleRefresh, refreshed } from './refresher.js'
import { ready, restore } from './restore.js'
import { deliverLater } from './revocation.js'
import { defaultBuffer, openScheduler, rearm, type Proactive } from './scheduler.js'
import { pendingSession, type Session } from './session.js'
import { enter, logout, noAct, type LoginResult, type RegisterResult } from './sign-in.js'
import { createStepUps, type StepUps } from './step-up.js'
import { memoryStorage, type TokenStorage } from './storage.js'
import { markOf, openTabs } from './tabs.js'

/** How a client is made. Only `baseURL` is required. */
export type AuthClientOptions<User, Login extends Credentials = Credentials> = {
  /** Where the auth endpoints are: absolute, or a path of the page's origin (`/api`). */
  readonly baseURL: string
  /** How the backend spells login and refresh; Latchkey's own server by default. */
  readonly profile?: Profile<User, Login>
  /** Who gets the access token: origins; by default `baseURL`'s alone. */
  readonly origins?: readonly string[]
  /** One session per name and origin. Default: `default`. */
  readonly name?: string
  readonly refresh?: {
    readonly proactive?: Proactive
    /** Seconds before expiry at which a silent refresh is due, by the lifetime in seconds. */
    readonly buffer?: (lifetime: number) => number
    /** Milliseconds of one attempt. Default: 8,000. */
    readonly timeout?: number
  }
  /** `shareToken: false`: tabs tell each other what happened, but ask the server for tokens themselves. `false`: no tabs. */
  readonly tabs?: { readonly shareToken?: boolean } | false
  /** Logs out when nobody acts in any tab: milliseconds until the end, and before it until the warning. Default: never. */
  readonly idle?: IdleOptions
  /** Where a body profile's refresh token rests. Default: memory. */
  readonly storage?: TokenStorage
  readonly fetch?: typeof globalThis.fetch
  readonly clock?: Clock
  /** The page around the client; tests hand in their own. */
  readonly page?: Page
  /** Numbers in [0, 1) for jitter. */
  readonly random?: () => number
}

/** The client: one per app, made outside of components. What its promises reject with is an `AuthError`. */
export type AuthClient<User = LatchkeyUser, Login extends Credentials = Credentials> = StepUps & {
  readonly baseURL: string
  readonly $session: ReadableAtom<Session<User>>
  readonly $refresh: ReadableAtom<RefreshState>
  /** Looks whether somebody is signed in, once, at boot: other tabs first, then the server. Concurrent calls share it. */
  readonly restore: (options?: { readonly force?: boolean }) => Promise<Session<User>>
  /** Settles when the status is no longer `pending`; in a browser it starts the restore if nobody did. */
  readonly ready: () => Promise<Session<User>>
  /** @throws `email_taken`, `weak_password`, `invalid_input`, `unreachable` */
  readonly register: (input: Credentials) => Promise<RegisterResult<User>>
  /** @throws `invalid_credentials`, `rate_limited`, `unreachable`; `account_changed` where a later login or logout won */
  readonly login: Entry<Login, Promise<LoginResult<User>>>
  /** @throws `mfa_invalid` and as `login` */
  readonly verifyMfa: (answer: MfaAnswer) => Promise<LoginResult<User>>
  /** Signed out here before the first await, then in the other tabs, then on the server, now or when it can be reached. */
  readonly logout: (options?: { readonly everywhere?: boolean }) => Promise<void>
  /** Joins the refresh under way or starts one. @throws `unreachable`, `rate_limited`, `protocol_error`: the session stays */
  readonly refresh: () => Promise<Session<User>>
  /** A token with `minValidity` seconds left where possible; null where nobody is signed in or the bearer is a cookie. */
  readonly getAccessToken: (options?: {
    readonly minValidity?: number
    readonly signal?: AbortSignal
  }) => Promise<string | null>
  readonly fetch: AuthFetch
  /** For controls to hide; the backend decides. */
  readonly hasRole: (role: string) => boolean
  /** For controls to hide; the backend decides. */
  readonly can: (permission: string) => boolean
  /** Returns the unsubscribe. */
  readonly on: (listener: (event: AuthEvent) => void) => () => void
  /** The last hundred events, oldest first, redacted. */
  readonly timeline: () => readonly AuthEvent[]
  /** One call to the auth server, spelled as a profile spells them, with the token where one is held. */
  readonly send: (call: WireCall) => Promise<unknown>
  /** Stops timers, closes channels, aborts flights; idempotent. */
  readonly dispose: () => void
}

/**
 * Makes the client. No network until `restore`, `login` or a request; safe to call on a server, where it stays `pending`.
 * @throws `misconfigured` for a `baseURL` or an origin that is no URL
 */
export function createAuthClient<User = LatchkeyUser, Login extends Credentials = Credentials>(
  options: AuthClientOptions<User, Login>,
): AuthClient<User, Login> {
  const { refresh: refreshing = {}, tabs, origins } = options
  const { page = browserPage(), clock = systemClock } = options
  const base = parseBase(options.baseURL, page.href)
  const ending = new AbortController()
  const gone = ending.signal
  const core: Core<User> = {
    // Without a profile, `User` is its default.
    profile: options.profile ?? (latchkey() as Profile as Profile<User>),
    base,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock,
    timeout: refreshing.timeout ?? 8_000,
    page,
    random: options.random ?? Math.random,
    proactive: refreshing.proactive ?? 'visible',
    buffer: refreshing.buffer ?? defaultBuffer,
    gone,
    timers: {},
    ends: [],
    name: options.name ?? 'default',
    tab: page.randomId(),
    talks: tabs !== false,
    shareToken: tabs !== false && tabs?.shareToken !== false,
    resting: options.storage ?? memoryStorage(),
    ...createEvents(clock.now),
    $session: atom<Session<User>>(pendingSession),
    $refresh: atom(idleRefresh),
    restore: ({ force } = {}) => restore(core, force),
    onChange() {
      rearm(core)
      idle?.look()
    },
    session: pendingSession,
    token: null,
    sid: null,
    seq: 0,
    agreed: '',
    own: null,
    jitter: 0,
    channel: null,
    counted: 0,
    listed: false,
    followed: false,
    turn: Promise.resolve(),
    unwritten: null,
    owed: {},
    told: false,
    answered() {},
    refreshing: idleRefresh,
    flight: null,
    sending: null,
    retryFrom: -Infinity,
    recent: [],
    look: null,
    looking: null,
    interrupted: false,
    act: noAct(),
    asking: 0,
    spent: null,
    vetted: notVetted,
    doubted: null,
    heard: 0,
    onCounted() {},
    ignored: 0,
    toldOf: -Infinity,
  }
  core.agreed = JSON.stringify(markOf(core))
  openTabs(
    core,
    (message) => onMessage(core, message),
    () => checkMark(core),
  )
  openScheduler(core)
  listen(core, shownAgain, () => {
    if (page.hidden() && core.timers.ack) acknowledge(core)
    checkMark(core)
  })
  listen(core, ['online'], () => deliverLater(core))
  core.ends.push(
    moveIn(page, core.name, () =>
      note(
        core,
        `Two clients named ${core.name} are on this page. Make one, and dispose of it before another takes its place.`,
      ),
    ),
  )
  const idle = options.idle && createIdle(core, options.idle)
  const stepUps = createStepUps(() => {
    const { token, session } = core
    return () => session.status === 'authenticated' && isSameSubject(core, token?.claims ?? {}, session.user)
  })
  core.on((event) => {
    if (event.type === 'logout' || event.type === 'expired') stepUps.stepUp.reject()
    if (event.type !== 'login' || event.via === 'restore' || event.via === 'peer') return
    idle?.restart()
    stepUps.stepUp.resolve()
  })

  /** The call, for as long as the client lives; after that `disposed`, also for what was under way. */
  const live =
    <Arguments extends readonly unknown[], Result>(call: (...given: Arguments) => Promise<Result>) =>
    async (...given: Arguments): Promise<Result> => {
      try {
        gone.throwIfAborted()
        return await call(...given)
      } catch (error) {
        gone.throwIfAborted()
        throw error
      }
    }
  const signIn = <Input>(
    via: 'login' | 'register' | 'mfa',
    call: (wire: Core<User>, input: Input, given: CallOptions) => Promise<Answer<User>>,
  ) => live((input: Input) => enter(core, via, (given) => call(core, input, given)))
  const obtainToken = live((signal?: AbortSignal | null, minValidity?: number) => obtain(core, signal, minValidity))
  const holds = (test: typeof access.can) => (wanted: string) =>
    core.session.status === 'authenticated' &&
    [core.session.user, core.token?.claims].some((subject) => test(subject, wanted))

  return {
    baseURL: base ?? options.baseURL,
    $session: core.$session,
    $refresh: core.$refresh,
    restore: core.restore,
    ready: () => ready(core),
    register: signIn('register', register),
    login: signIn('login', login) as AuthClient<User>['login'],
    verifyMfa: signIn('mfa', verifyMfa) as AuthClient<User>['verifyMfa'],
    logout: live(({ everywhere } = {}) => logout(core, everywhere)),
    refresh: live(async () => {
      if (core.session.status === 'pending') return restore(core)
      if (core.session.status === 'authenticated') await refreshed(core)
      return core.session
    }),
    getAccessToken: async ({ minValidity = 0, signal } = {}) =>
      (await obtainToken(signal, minValidity * 1000))?.value ?? null,
    fetch: createAuthFetch({
      fetch: core.fetch,
      bearer: core.profile.bearer,
      attach: core.profile.attach,
      origins: (origins ?? (base === null ? [] : [base])).map(parseOrigin),
      base: () => page.href,
      generation: () => core.session.generation,
      usableToken: () => bearer(core),
      obtainToken,
      replaceToken: (spent, signal) => replace(core, spent, signal),
      isExpiry: core.profile.isExpiry,
      onRefusedAgain: (token) => doubt(core, token),
      onStepUp({ params }) {
        const maxAge = Number(params.get('max_age') ?? NaN)
        core.emit({
          type: 'step-up-required',
          acrValues: params.get('acr_values') ?? null,
          maxAge: Number.isNaN(maxAge) ? null : maxAge,
        })
      },
    }),
    ...stepUps,
    hasRole: holds(access.hasRole),
    can: holds(access.can),
    on: core.on,
    timeline: core.timeline,
    send: live(
      async (call: WireCall) => (await send(core, call, { bearer: (await obtainToken())?.value ?? null })).body,
    ),
    dispose() {
      if (gone.aborted) return
      ending.abort(new AuthError('disposed', 'This client was disposed. Use the one that took its place.'))
      core.vetted = notVetted
      core.act.abort.abort()
      void abortFlight(core)
      core.answered(true)
      for (const end of [...Object.values(core.timers), ...core.ends]) end()
      stepUps.stepUp.reject()
    },
  }
}
