// The composition root of the mock: the only place that holds its state, and the controls that tests turn.
import { type Mail, type Provider, type RouteName, routes } from '@latchkey/engine'
import type { HttpHandler } from 'msw'
import type { Authenticator } from './authenticator.js'
import { readBase } from './base.js'
import { type MockClock, openClock } from './clock.js'
import { type MockPerson, openElsewhere, travel } from './elsewhere.js'
import { type Fault, openFaults } from './fault.js'
import { interceptRoutes, protectHandler } from './intercept.js'
import { openJar } from './jar.js'
import { type FaultyRoute, playScenario, type Scenario } from './scenario.js'
import { openServerSide, type ServerSideOptions } from './server-side.js'
import { openTokenLedger } from './token-ledger.js'
import { checkUsers, type MockUser } from './users.js'

/** How the mock behaves; the durations of the server side are in seconds, as on the real one. */
export type MockAuthOptions = Omit<ServerSideOptions, 'providers'> & {
  /** Where the routes live: `https://api.test`, `https://api.test/v1`, `/api` on any origin; any origin where absent. */
  readonly baseURL?: string
  /** Who may sign in from the start, and again after `reset()`. */
  readonly users?: readonly MockUser[]
  /** Where else people may sign in: by name (`'google'`) a place where somebody is signed in already, or a port of one's own. */
  readonly providers?: readonly (string | Provider)[]
  /** Milliseconds since the epoch, where `Date.now()` will not do; `clock.advance` comes on top. */
  readonly now?: () => number
}

/** A whole server side in one object, for one test or many; nothing of it is global. */
export type MockAuth = {
  /** What the client calls its `baseURL`. */
  readonly baseURL: string
  /** For `setupServer(...mock.handlers)`, `setupWorker(...mock.handlers)` or `server.use(...mock.handlers)`. */
  readonly handlers: readonly HttpHandler[]
  /** How often each route was called since the start or `reset()`, faulty calls included. */
  readonly calls: Readonly<Record<RouteName, number>>
  readonly clock: MockClock
  /** Every mail that was sent since the start or `reset()`, oldest first: the token is in the `link`'s fragment. */
  readonly mails: readonly Mail[]
  /** `fetch` with cookies, for Node, which has none; in a browser it is plain `fetch`. */
  readonly fetch: typeof globalThis.fetch
  /** Every access token given out so far is expired: the next call with one gets 401 `invalid_token`. Sessions live on. */
  readonly expireAccessTokens: () => void
  /**
   * Ends every session, or those of one account: its next refresh is refused. Holds for the next call even if not awaited.
   * @throws TypeError (the promise rejects) where no account has that email.
   */
  readonly revokeSessions: (email?: string) => Promise<void>
  /** Lets every session run out, or those of one account: its next refresh gets `session_expired`. Otherwise as `revokeSessions`. */
  readonly expireSessions: (email?: string) => Promise<void>
  /** Turns an account's second factor on: its next login asks for a code. No session of it begins or ends. */
  readonly requireMfa: (email: string) => Promise<Authenticator>
  /**
   * Plants a failure for the next calls of a route, behind those that wait already; the answer takes it back.
   * `protected` is every handler that `protect` wrapped.
   * @throws TypeError where there is no such route, or no such fault.
   */
  readonly fault: (route: FaultyRoute, fault: Fault) => () => void
  /** Plays what befalls an app, by name; the answer takes back what still stands of it. */
  readonly play: (scenario: Scenario) => () => void
  /** The app's own handler, run only for a living access token (and the role or permission), else 401 or 403. */
  readonly protect: (
    handler: HttpHandler,
    needs?: { readonly role?: string; readonly permission?: string },
  ) => HttpHandler
  /**
   * Signs `mock.fetch` in as somebody, without a call that counts, and answers the access token.
   * Node only: in a browser MSW keeps the cookies, so log in through the client there.
   */
  readonly as: (email: string) => Promise<string>
  /**
   * Who is signed in at a provider that the options name, from now on; null cancels there. Until then it is
   * somebody@example.com. A proven address opens the account that has proven it too, or makes one.
   * @throws TypeError where the mock has no such provider.
   */
  readonly signedInAt: (provider: string, person: MockPerson | null) => void
  /**
   * Goes where a browser goes that leaves for a provider (`…/auth/oauth/google?…`), with the cookies of `mock.fetch`, and
   * answers the app's address where that ends. Node only.
   */
  readonly navigate: (url: string) => Promise<string>
  /** The mock as it was made: users, sessions, clock, counters, faults and cookies. Calls that hang are let go. */
  readonly reset: () => void
}

/**
 * A mock of Latchkey's server: the real one's routes on a store in memory, and the controls that tests need.
 * Passwords are kept in the clear: for tests only.
 * @throws TypeError where an option is none.
 */
export function createMockAuth(options: MockAuthOptions = {}): MockAuth {
  const { baseURL, users = [], providers = [], now = () => Date.now(), ...rest } = options
  const base = readBase(baseURL)
  checkUsers(users)
  const clock = openClock(now)
  const faults = openFaults()
  const jar = openJar(base.urlOf('/'))
  const tokens = openTokenLedger()
  const mails: Mail[] = []
  const onMail = (mail: Mail) => void mails.push(mail)
  const elsewhere = openElsewhere(providers)
  const publicUrl = () => base.urlOf('') ?? 'http://localhost'
  const own = { cookie: { secure: base.secure }, providers: elsewhere.providers, publicUrl }
  const open = () => openServerSide({ users, clock, tokens, onMail }, { ...own, ...rest })
  let serverSide = open()

  const calls = noCalls()
  const known = (route: string): string => {
    if (Object.hasOwn(calls, route) || route === 'protected') return route
    throw new TypeError(
      `mock.fault(${JSON.stringify(route)}, …) failed: there is no such route. It is one of ${Object.keys(calls).join(', ')}, protected.`,
    )
  }
  const fault = (route: FaultyRoute, planted: Fault) => faults.plant(known(route), planted)
  const answering = { serverSide: () => serverSide, faults, onCall: (route: RouteName) => void (calls[route] += 1) }

  return {
    baseURL: base.href,
    handlers: interceptRoutes(base, answering),
    calls,
    clock: { now: clock.now, advance: clock.advance },
    mails,
    fetch: jar.fetch,
    expireAccessTokens: tokens.expire,
    revokeSessions: (email) => serverSide.revokeSessions(email),
    expireSessions: (email) => serverSide.expireSessions(email),
    requireMfa: (email) => serverSide.requireMfa(email),
    fault,
    play: (scenario) =>
      playScenario(scenario, {
        expireAccessTokens: tokens.expire,
        expireSessions: () => serverSide.expireSessions(),
        revokeSessions: () => serverSide.revokeSessions(),
        fault,
        routes: routes.map(({ name }) => name as RouteName),
      }),
    protect: (handler, needs) => protectHandler(handler, needs, answering),
    as: async (email) => {
      const { accessToken, setCookies } = await serverSide.signIn(email)
      await jar.plant(setCookies, base.urlOf('/'))
      return accessToken
    },
    signedInAt: elsewhere.seat,
    navigate: (url) => travel(jar.fetch, url),
    reset: () => {
      faults.clear()
      elsewhere.clear()
      tokens.expire()
      jar.clear()
      clock.rewind()
      Object.assign(calls, noCalls())
      mails.length = 0
      serverSide = open()
    },
  }
}

// The engine types its names apart from its table; its own test holds the two together.
const noCalls = (): Record<RouteName, number> =>
  Object.fromEntries(routes.map(({ name }) => [name, 0])) as Record<RouteName, number>
