// The composition root: the only place that wires the rooms together.
import { atom, type ReadableAtom } from 'nanostores'
import * as access from './access.js'
import { createAck } from './ack.js'
import { createAuthFetch, type AuthFetch } from './auth-fetch.js'
import { systemClock, type Clock } from './clock.js'
import { createEndpoints, Refused, type Grant } from './endpoints.js'
import { AuthError } from './errors.js'
import { createEvents, isolate, type AuthEvent } from './events.js'
import { createHolding, type FullGrant } from './holding.js'
import { createIdle, type IdleOptions } from './idle.js'
import { browserPage, type Page } from './page.js'
import { createPeers } from './peers.js'
import {
  latchkey,
  type Credentials,
  type LatchkeyUser,
  type MfaAnswer,
  type Profile,
  type WireCall,
} from './profile.js'
import { createRefresher, idleRefresh, type RefreshState } from './refresher.js'
import { createRevocation } from './revocation.js'
import { createScheduler, defaultBuffer, type Proactive } from './scheduler.js'
import type { Session } from './session.js'
import { createSignIn, type LoginResult, type RegisterResult } from './sign-in.js'
import { createStepUps, type StepUps } from './step-up.js'
import { memoryStorage, type TokenStorage } from './storage.js'
import { createTabs } from './tabs.js'
import { timeLeft, type AccessToken } from './token.js'
import { pause, waitFor } from './wait.js'

/** How a client is made. Only `baseURL` is required. */
export type AuthClientOptions<User> = {
  /** Where the auth endpoints are: absolute, or a path of the page's origin (`/api`). */
  readonly baseURL: string
  /** How the backend spells login and refresh; Latchkey's own server by default. */
  readonly profile?: Profile<User>
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
export type AuthClient<User = LatchkeyUser> = StepUps & {
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
  readonly login: (credentials: Credentials) => Promise<LoginResult<User>>
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

const messageWait = 500
const doubtTime = 30_000

/**
 * Makes the client. No network until `restore`, `login` or a request; safe to call on a server, where it stays `pending`.
 * @throws `misconfigured` for a `baseURL` or an origin that is no URL
 */
export function createAuthClient<User = LatchkeyUser>(options: AuthClientOptions<User>): AuthClient<User> {
  const { clock = systemClock, random = Math.random, name = 'default', storage: resting = memoryStorage() } = options
  const { proactive = 'visible', buffer = defaultBuffer, timeout = 8_000 } = options.refresh ?? {}
  const page = options.page ?? browserPage()
  // Without a profile, `User` is its default.
  const profile = options.profile ?? (latchkey() as Profile as Profile<User>)
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const shareToken = options.tabs !== false && options.tabs?.shareToken !== false
  const base = parseBase(options.baseURL, page.href)
  const origins = (options.origins ?? (base === null ? [] : [base])).map(parseOrigin)

  const $refresh = atom<RefreshState>(idleRefresh)
  let restoring: Promise<Session<User>> | null = null
  /** The token that a 401 refused, until its refresh is over: nobody else sends it meanwhile. */
  let spent: AccessToken | null = null
  /** A new token that was refused at once: for a while another new one is no cure. */
  let doubted: { readonly token: AccessToken; readonly until: number } | null = null
  /** The generation in which a restore began to look; null again once a login or logout has come in between. */
  let looking: number | null = null
  let interrupted = false
  let ownRefreshToken: string | null = null
  const storage: TokenStorage = { get: resting.get, set: (value) => resting.set((ownRefreshToken = value)) }
  let jitter = 0
  let disposed = false
  const gone = new AbortController()

  const events = createEvents(clock.now)
  const endpoints = createEndpoints<User>({ profile, resolve, fetch, clock, timeout })
  const tabs = createTabs({
    name,
    page,
    clock,
    enabled: options.tabs !== false,
    onMessage: (message) => peers.onMessage(message),
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
  const refresher = createRefresher<Exchanged, Exchanged & { readonly grant: FullGrant<User> }>({
    clock,
    random,
    tabs: { exclusive: (run, signal) => (canExchange() ? tabs.exclusive(run, signal) : run()) },
    generation: () => $session.get().generation,
    heldToken: holding.token,
    catchUp,
    exchange,
    complete: async ({ grant, seq }, signal) => ({ grant: await complete(grant, signal), seq }),
    onGranted({ grant, seq }) {
      const mark = tabs.mark()
      const isOver = mark !== null && mark.state !== 'in' && mark.sid === grant.sid && holding.isMarkNew(mark)
      // Another tab signed out while this answer was under way.
      if (isOver || tabs.pendingLogout() !== null) return holding.end('logged-out-elsewhere', false)
      if ($session.get().status === 'authenticated') holding.refresh(grant, 'exchange', seq)
      else holding.grant(grant, 'restore', seq)
      ack.due()
      peers.announceToken()
    },
    onRefused({ reason }) {
      const vanished = reason === 'no-session' && $session.get().status === 'authenticated'
      // Who had nothing to present has learned nothing that the other tabs should know.
      const tell = canExchange()
      storage.set(null)
      holding.end(vanished ? 'expired' : reason, tell)
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
    async send(everywhere, { bearer = null, refreshToken }) {
      const call = profile.logout?.({ everywhere, refreshToken })
      if (call) await endpoints.send(call, { bearer, keepalive: true })
    },
    onUndelivered: () =>
      events.emit({
        type: 'diagnostic',
        message: 'The server has not heard of the logout yet, and will when it can be reached.',
      }),
  })
  const peers = createPeers<User>({
    clock,
    events,
    holding,
    tabs,
    refresher,
    bearer: profile.bearer,
    shareToken,
    isRestoring: isLooking,
    restore: () => void restore({ force: true }),
    renew: () => void (canExchange() && renew(false)),
    onOtherSession() {
      // Shared storage has the other session's by now; this tab's memory would bring the old session back.
      if (storage.get() === ownRefreshToken) storage.set(null)
    },
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
        interrupted ||= looking !== null
        looking = null
        return refresher.abort()
      },
    },
    revocation,
    storage,
    tabs,
    complete,
    revokes: profile.logout !== undefined,
    onSettled() {
      scheduler.rearm()
      // Nobody signed in: what was interrupted is looked for after all.
      if (interrupted && $session.get().status === 'pending')
        void Promise.resolve(restoring)
          .then(() => restore())
          .catch(alreadyTold)
      interrupted = false
    },
  })
  const idle =
    options.idle &&
    createIdle({
      ...options.idle,
      clock,
      page,
      name,
      isSignedIn: () => $session.get().status === 'authenticated',
      onWarning: (endsAt) => events.emit({ type: 'idle-warning', endsAt }),
      onIdle: () => void signIn.logout({ reason: 'idle' }).catch(alreadyTold),
    })
  const stepUps = createStepUps(() => {
    const [session, claims] = [$session.get(), holding.token()?.claims ?? {}]
    return () => session.status === 'authenticated' && holding.isSameSubject(claims, session.user)
  })
  events.on((event) => {
    if (event.type === 'logout' || event.type === 'expired') stepUps.stepUp.reject()
    if (event.type !== 'login' || event.via === 'restore' || event.via === 'peer') return
    idle?.restart()
    stepUps.stepUp.resolve()
  })
  const unlisten = ['visibilitychange', 'pageshow', 'resume', 'focus'].map((type) =>
    page.listen(type, () => peers.checkMark()),
  )

  type Exchanged = { readonly grant: Grant<User>; readonly seq: number }

  function resolve(path: string): string {
    const url = base === null ? null : new URL(path, base)
    if (url !== null && base !== null && url.origin === new URL(base).origin) return url.href
    throw new AuthError(
      'misconfigured',
      base === null
        ? `baseURL ${options.baseURL} is relative, and there is no page to resolve it against.`
        : `${path} leaves the origin of baseURL. Use a path.`,
    )
  }

  /** False where the refresh token is another tab's, which shares its access tokens only. */
  function canExchange(): boolean {
    return profile.refreshToken === 'cookie' || storage.get() !== null
  }

  /** A token by the refresher; whatever comes of it is in `$refresh`, and the scheduler looks anew. */
  function renew(force: boolean): void {
    void refresher.refresh({ force }).catch(alreadyTold).then(scheduler.rearm)
  }

  async function catchUp(signal: AbortSignal): Promise<void> {
    const depends = !canExchange() && tabs.peersHold()
    if (!shareToken || !(depends || tabs.isBehind())) return
    tabs.announce({ type: 'hello', seq: depends ? holding.seq() + 1 : 0 })
    await pause(clock, depends ? timeout : messageWait, signal)
  }

  async function exchange(signal: AbortSignal): Promise<Exchanged> {
    const refreshToken = storage.get() ?? undefined
    if (!canExchange()) throw new Refused('no-session', 401)
    try {
      const grant = await endpoints.refresh(refreshToken, { signal })
      if (grant.refreshToken !== undefined && !signal.aborted) storage.set(grant.refreshToken)
      return { grant, seq: tabs.stamp() }
    } catch (error) {
      // Counted where a message follows, for which the next tab in the lock waits.
      if (!(error instanceof Refused) || holding.sid() !== null) tabs.stamp()
      throw error
    }
  }

  /** Outside the lock: asks who it is, where the grant does not say and nobody is known yet. */
  async function complete(grant: Grant<User>, signal: AbortSignal): Promise<FullGrant<User>> {
    const session = $session.get()
    if (grant.user !== undefined) return { ...grant, user: grant.user }
    if (session.status === 'authenticated' && holding.isSameSubject(grant.token.claims, undefined))
      return { ...grant, user: session.user }
    const user = await endpoints.me({ bearer: grant.token.value, signal })
    return { ...grant, user: user ?? profile.readUser(grant.token.claims) }
  }

  /** Milliseconds until the next attempt or silent refresh; null where none is due. */
  function dueIn(occasion?: 'timer' | 'online' | 'shown'): number | null {
    const { status } = $session.get()
    const { nextAttemptAt, error } = $refresh.get()
    if (status === 'unauthenticated') return null
    // A server that answered is not back because the network is.
    if (occasion === 'online' && nextAttemptAt !== null && error?.status === undefined) return 0
    if (nextAttemptAt !== null) return refresher.coolsFor()
    const token = holding.token()
    if (token === null || token.lifetime === null) return null
    const ahead = buffer(token.lifetime / 1000) * 1000
    return timeLeft(token, clock) - ahead * (1 - jitter / 10)
  }

  function restore({ force = false } = {}): Promise<Session<User>> {
    if (disposed) return Promise.reject(isDisposed())
    if (restoring !== null) return restoring
    if (!force && $session.get().status !== 'pending') return Promise.resolve($session.get())
    looking = $session.get().generation
    restoring = look(force).finally(() => {
      restoring = looking = null
    })
    return restoring
  }

  function isLooking(): boolean {
    return looking === $session.get().generation
  }

  async function look(force: boolean): Promise<Session<User>> {
    if (tabs.pendingLogout() !== null) {
      holding.end('logged-out', false)
      revocation.deliverLater()
    } else if (!(await peers.ask()) && isLooking() && !disposed) {
      // Unreachable is no verdict: the session stays as it is, and the scheduler tries again.
      await refresher.refresh({ force }).catch(alreadyTold)
    }
    return $session.get()
  }

  function ready(): Promise<Session<User>> {
    if (page.href !== null && !disposed) void restore()
    let stop = (): void => {}
    const known = new Promise<Session<User>>((settle) => {
      stop = $session.subscribe((session) => {
        if (session.status !== 'pending') settle(session)
      })
    })
    return waitFor(known, gone.signal).finally(() => stop())
  }

  function usableToken(): AccessToken | null {
    const token = holding.usableToken()
    return token === spent || disposed ? null : token
  }

  async function findToken(signal?: AbortSignal | null, minValidity = 0): Promise<AccessToken | null> {
    if ($session.get().status === 'pending' && (restoring !== null || page.href !== null))
      await waitFor(restore(), signal)
    if (disposed) throw isDisposed()
    const { status, generation } = $session.get()
    if (status === 'pending' && $refresh.get().error !== null) throw $refresh.get().error
    if (status !== 'authenticated') return null
    // A validity that no token has is not to be had by asking either.
    const reachable = minValidity < (holding.token()?.lifetime ?? Infinity)
    const enough = holding.usableToken(reachable ? minValidity : 0)
    if (enough !== null && enough !== spent) return enough
    try {
      await waitFor(refresher.refresh(), signal)
    } catch (error) {
      if (signal?.aborted || usableToken() === null) throw error
    }
    const after = $session.get()
    if (after.generation !== generation) throw after.status === 'authenticated' ? accountChanged() : sessionEnded()
    const token = usableToken()
    if (token === null)
      throw new AuthError('unreachable', 'There is no valid access token, and none could be had. Try again.')
    return token
  }

  async function replaceToken(refused: AccessToken, signal?: AbortSignal | null): Promise<AccessToken | null> {
    if (doubted?.token === refused && clock.monotonic() < doubted.until) return null
    if (holding.token() === refused) spent = refused
    const refreshed = refresher.refresh({ spent: refused }).finally(() => {
      if (spent === refused) spent = null
    })
    await waitFor(refreshed, signal)
    const token = holding.usableToken()
    return token === refused ? null : token
  }

  const live =
    <Arguments extends readonly unknown[], Result>(call: (...given: Arguments) => Promise<Result>) =>
    (...given: Arguments): Promise<Result> =>
      disposed
        ? Promise.reject(isDisposed())
        : call(...given).catch((error: unknown) => {
            throw disposed ? isDisposed() : error
          })

  /** A usable token; null where nobody is signed in. */
  const obtainToken = live(findToken)

  const subjects = (): readonly unknown[] => {
    const session = $session.get()
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
      if ($session.get().status === 'pending') return restore()
      if ($session.get().status === 'authenticated') await refresher.refresh()
      return $session.get()
    }),
    getAccessToken: async ({ minValidity = 0, signal } = {}) =>
      (await obtainToken(signal, minValidity * 1000))?.value ?? null,
    fetch: createAuthFetch({
      fetch,
      bearer: profile.bearer,
      origins,
      base: () => page.href,
      generation: () => $session.get().generation,
      usableToken,
      obtainToken,
      replaceToken,
      isExpiry: profile.isExpiry,
      onRefusedAgain(token) {
        doubted = { token, until: clock.monotonic() + doubtTime }
      },
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
      if (disposed) return
      disposed = true
      gone.abort(isDisposed())
      signIn.abort()
      void refresher.abort()
      for (const part of [peers, scheduler, ack, revocation, tabs, idle]) part?.dispose()
      stepUps.stepUp.reject()
      unlisten.forEach((stop) => stop())
    },
  }
}

/** `baseURL` as an absolute URL that ends in a slash; null where it is a path and there is no page. */
function parseBase(baseURL: string, href: string | null): string | null {
  const slashed = baseURL.endsWith('/') ? baseURL : `${baseURL}/`
  if (href === null && baseURL.startsWith('/')) return null
  if (URL.canParse(slashed, href ?? undefined)) return new URL(slashed, href ?? undefined).href
  throw new AuthError(
    'misconfigured',
    `baseURL ${baseURL} is no URL. Use https://api.example.com, or a path such as /api.`,
  )
}

function parseOrigin(origin: string): string {
  const parsed = URL.canParse(origin) ? new URL(origin).origin : 'null'
  if (parsed !== 'null') return parsed
  throw new AuthError('misconfigured', `origins: ${origin} is no origin. Use one such as https://api.example.com.`)
}

function accountChanged(): AuthError {
  return new AuthError('account_changed', 'Another account signed in meanwhile; nothing was sent as that account.')
}

function sessionEnded(): AuthError {
  return new AuthError('session_ended', 'The session ended before the request could be sent. Log in again.')
}

function isDisposed(): AuthError {
  return new AuthError('disposed', 'This client was disposed. Use the one that took its place.')
}

/** The failure is in `$refresh` and in the events already: nobody awaits this call. */
function alreadyTold(): void {}
