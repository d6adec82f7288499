// The composition root: the only place that wires the rooms together.
import { atom, type ReadableAtom } from 'nanostores'
import * as access from './access.js'
import { createAck } from './ack.js'
import { createAuthFetch, type AuthFetch } from './auth-fetch.js'
import { systemClock, type Clock } from './clock.js'
import { parseBase, parseOrigin, resolvePath } from './address.js'
import { createBearer } from './bearer.js'
import { createEndpoints } from './endpoints.js'
import { AuthError } from './errors.js'
import { createEvents, isolate, type AuthEvent } from './events.js'
import { createExchange, type Exchanged } from './exchange.js'
import { createHolding, type FullGrant } from './holding.js'
import { createIdle, type IdleOptions } from './idle.js'
import { browserPage, moveIn, onShown, type Page } from './page.js'
import { createPeers } from './peers.js'
import {
  latchkey,
  type Credentials,
  type Entry,
  type LatchkeyUser,
  type MfaAnswer,
  type Profile,
  type WireCall,
} from './profile.js'
import { createRefresher, idleRefresh, type RefreshState } from './refresher.js'
import { createRestore } from './restore.js'
import { createRevocation } from './revocation.js'
import { createScheduler, defaultBuffer, type Occasion, type Proactive } from './scheduler.js'
import type { Session } from './session.js'
import { createSignIn, type LoginResult, type RegisterResult } from './sign-in.js'
import { createStepUps, type StepUps } from './step-up.js'
import { memoryStorage, type TokenStorage } from './storage.js'
import { createTabs } from './tabs.js'
import { timeLeft } from './token.js'

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
  const { clock = systemClock, random = Math.random, name = 'default', storage: resting = memoryStorage() } = options
  const { proactive = 'visible', buffer = defaultBuffer, timeout = 8_000 } = options.refresh ?? {}
  const page = options.page ?? browserPage()
  // Without a profile, `User` is its default.
  const profile: Profile<User> = options.profile ?? (latchkey() as Profile as Profile<User>)
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const shareToken = options.tabs !== false && options.tabs?.shareToken !== false
  const base = parseBase(options.baseURL, page.href)
  const origins = (options.origins ?? (base === null ? [] : [base])).map(parseOrigin)

  const $refresh = atom<RefreshState>(idleRefresh)
  const ending = new AbortController()
  const gone = ending.signal
  let jitter = 0
  let isCrossed = false

  const events = createEvents(clock.now)
  const note = (message: string): void => events.emit({ type: 'diagnostic', message })
  const resolve = (path: string): string => resolvePath(path, base)
  const endpoints = createEndpoints<User>({ profile, resolve, fetch, clock, timeout })
  const tabs = createTabs({
    name,
    page,
    clock,
    enabled: options.tabs !== false,
    onMessage: (message) => peers.onMessage(message),
    onIgnored: (count) => note(`Ignored so far: ${count} messages of other tabs that are not of this protocol.`),
    onMark: () => peers.checkMark(),
  })
  const holding = createHolding<User>({
    clock,
    events,
    tabs,
    shareToken,
    mintSid: page.randomId,
    onChange() {
      jitter = random()
      scheduler.rearm()
      idle?.look()
    },
    onEnd: () => ack.cancel(),
  })
  const { $session } = holding
  const exchange = createExchange({ clock, profile, endpoints, holding, tabs, resting, shareToken, timeout })
  const { storage } = exchange
  const refresher = createRefresher<Exchanged<User>, Exchanged<User> & { readonly grant: FullGrant<User> }>({
    clock,
    random,
    tabs: { exclusive: (run, signal) => (exchange.isPossible() ? tabs.exclusive(run, signal) : run()) },
    generation: () => holding.session().generation,
    heldToken: holding.token,
    catchUp: exchange.catchUp,
    exchange: exchange.run,
    complete: async ({ grant, seq }, signal) => ({ grant: await exchange.complete(grant, signal), seq }),
    onGranted,
    onRefused({ reason }) {
      const vanished = reason === 'no-session' && holding.session().status === 'authenticated'
      // Who had nothing to present has learned nothing that the other tabs should know.
      const tell = exchange.isPossible()
      storage.set(null)
      const mark = tabs.mark()
      // Somebody logged in elsewhere while this no was under way: looked for once, when the look under way is over.
      isCrossed = mark?.state === 'in' && mark.sid !== holding.sid() && holding.isMarkNew(mark)
      holding.end(vanished ? 'expired' : reason, tell)
      if (!looking.isUnderWay()) lookAgain()
    },
    onFailed(error, nextAttemptAt) {
      events.emit({ type: 'refresh-failed', code: error.code, nextAttemptAt })
      tabs.announce({ type: 'refresh-failed', nextAttemptAt })
    },
    onState(state) {
      isolate(() => $refresh.set(state))
      scheduler.rearm()
    },
  })
  const scheduler = createScheduler({
    clock,
    page,
    proactive,
    dueIn,
    onDue: (occasion) => renew(occasion === 'online'),
  })
  const ack = createAck({
    clock,
    page,
    send() {
      const call = profile.acknowledge?.()
      const token = holding.usableToken()
      if (call && token) void endpoints.send(call, { bearer: token.value, keepalive: true }).catch(alreadyTold)
    },
  })
  const revocation = createRevocation({
    clock,
    page,
    tabs,
    async send(everywhere, { bearer: held = null, refreshToken }) {
      const call = profile.logout?.({ everywhere, refreshToken })
      if (!call) return
      // Other devices are ended by who the bearer speaks for: without one, the refresh token fetches it.
      const asks = everywhere && held === null && profile.bearer === 'header'
      const proof = asks ? (await endpoints.refresh(refreshToken)).token.value : held
      await endpoints.send(call, { bearer: proof, keepalive: true })
    },
    onUndelivered: () => note('The server has not heard of the logout yet, and will when it can be reached.'),
  })
  const { restore, ready, ...looking } = createRestore<User>({
    holding,
    gone,
    hasPage: page.href !== null,
    look,
    onLooked: lookAgain,
  })
  const peers = createPeers<User>({
    clock,
    events,
    holding,
    tabs,
    refresher,
    bearer: profile.bearer,
    shareToken,
    isRestoring: looking.isLooking,
    restore: () => void restore({ force: true }),
    renew: () => void (exchange.isPossible() && renew(false)),
    onOtherSession: exchange.forgetOwn,
    end(reason) {
      void refresher.abort()
      storage.set(null)
      holding.end(reason, false)
    },
  })
  const signIn = createSignIn<User>({
    clock,
    endpoints,
    holding,
    refresher: {
      abort() {
        looking.interrupt()
        return refresher.abort()
      },
    },
    revocation,
    storage,
    tabs,
    complete: exchange.complete,
    revokes: profile.logout !== undefined,
    onSettled() {
      scheduler.rearm()
      looking.resume()
    },
  })
  const bearer = createBearer({
    clock,
    holding,
    refresher,
    refreshState: () => $refresh.get(),
    firstLook: () => (looking.isUnderWay() || page.href !== null ? restore() : null),
    gone,
  })
  const idle =
    options.idle &&
    createIdle({
      ...options.idle,
      clock,
      page,
      name,
      isSignedIn: () => holding.session().status === 'authenticated',
      onWarning: (endsAt) => events.emit({ type: 'idle-warning', endsAt }),
      onIdle: () => void signIn.logout({ reason: 'idle' }).catch(alreadyTold),
    })
  const stepUps = createStepUps(() => {
    const [session, claims] = [holding.session(), holding.token()?.claims ?? {}]
    return () => session.status === 'authenticated' && holding.isSameSubject(claims, session.user)
  })
  events.on((event) => {
    if (event.type === 'logout' || event.type === 'expired') stepUps.stepUp.reject()
    if (event.type !== 'login' || event.via === 'restore' || event.via === 'peer') return
    idle?.restart()
    stepUps.stepUp.resolve()
  })
  const unlisten = onShown(page, () => peers.checkMark())
  const moveOut = moveIn(page, name, () =>
    note(`Two clients named ${name} are on this page. Make one, and dispose of it before another takes its place.`),
  )

  function onGranted({ grant, seq }: Exchanged<User> & { readonly grant: FullGrant<User> }): void {
    const mark = tabs.mark()
    const isOver = mark !== null && mark.state !== 'in' && mark.sid === grant.sid && holding.isMarkNew(mark)
    // Another tab signed out while this answer was under way.
    if (isOver || tabs.pendingLogout() !== null) return holding.end('logged-out-elsewhere', false)
    if (holding.session().status === 'authenticated') holding.refresh(grant, 'exchange', seq)
    else holding.grant(grant, 'restore', seq)
    ack.due()
    peers.announceToken()
  }

  /** A token by the refresher; whatever comes of it is in `$refresh`, and the scheduler looks anew. */
  function renew(force: boolean): void {
    void refresher.refresh({ force }).catch(alreadyTold).then(scheduler.rearm)
  }

  function lookAgain(): void {
    if (isCrossed) void restore({ force: true })
    isCrossed = false
  }

  async function look(force: boolean): Promise<void> {
    if (tabs.pendingLogout() !== null) {
      holding.end('logged-out', false)
      revocation.deliverLater()
    } else if (!(await peers.ask()) && looking.isLooking() && !gone.aborted) {
      // Unreachable is no verdict: the session stays as it is, and the scheduler tries again.
      await refresher.refresh({ force }).catch(alreadyTold)
    }
  }

  /** Milliseconds until the next attempt or silent refresh; null where none is due. */
  function dueIn(occasion?: Occasion): number | null {
    const { nextAttemptAt, error } = $refresh.get()
    if (holding.session().status === 'unauthenticated') return null
    // A server that answered is not back because the network is.
    if (occasion === 'online' && nextAttemptAt !== null && error?.status === undefined) return 0
    if (nextAttemptAt !== null) return refresher.coolsFor()
    const token = holding.token()
    if (token === null || token.lifetime === null) return null
    const ahead = profile.renews === false ? 0 : buffer(token.lifetime / 1000) * 1000
    // A buffer that is no number is none: the token is renewed when it is over.
    return timeLeft(token, clock) - (Number.isFinite(ahead) ? ahead * (1 - jitter / 10) : 0)
  }

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
  const obtainToken = live(bearer.obtain)

  const subjects = (): readonly unknown[] => {
    const session = holding.session()
    return session.status === 'authenticated' ? [session.user, holding.token()?.claims] : []
  }

  return {
    baseURL: base ?? options.baseURL,
    $session,
    $refresh,
    restore,
    ready,
    register: live(signIn.register),
    login: live(signIn.login),
    verifyMfa: live(signIn.verifyMfa),
    logout: live(({ everywhere = false } = {}) => signIn.logout({ everywhere })),
    refresh: live(async () => {
      if (holding.session().status === 'pending') return restore()
      if (holding.session().status === 'authenticated') await refresher.refresh()
      return holding.session()
    }),
    getAccessToken: async ({ minValidity = 0, signal } = {}) =>
      (await obtainToken(signal, minValidity * 1000))?.value ?? null,
    fetch: createAuthFetch({
      fetch,
      bearer: profile.bearer,
      attach: profile.attach,
      origins,
      base: () => page.href,
      generation: () => holding.session().generation,
      usableToken: bearer.usable,
      obtainToken,
      replaceToken: bearer.replace,
      isExpiry: profile.isExpiry,
      onRefusedAgain: bearer.doubt,
      onStepUp({ params }) {
        const maxAge = Number(params.get('max_age') ?? NaN)
        events.emit({
          type: 'step-up-required',
          acrValues: params.get('acr_values') ?? null,
          maxAge: Number.isNaN(maxAge) ? null : maxAge,
        })
      },
    }),
    ...stepUps,
    hasRole: (role) => subjects().some((subject) => access.hasRole(subject, role)),
    can: (permission) => subjects().some((subject) => access.can(subject, permission)),
    on: events.on,
    timeline: events.timeline,
    send: live(async (call: WireCall) => endpoints.send(call, { bearer: (await obtainToken())?.value ?? null })),
    dispose() {
      if (gone.aborted) return
      ending.abort(new AuthError('disposed', 'This client was disposed. Use the one that took its place.'))
      signIn.abort()
      void refresher.abort()
      for (const part of [peers, scheduler, ack, revocation, tabs, idle]) part?.dispose()
      stepUps.stepUp.reject()
      unlisten()
      moveOut()
    },
  }
}

/** The failure is in `$refresh` and in the events already: nobody awaits this call. */
function alreadyTold(): void {}
