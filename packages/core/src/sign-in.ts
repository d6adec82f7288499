// Login, register, second factor and logout; its secret is that the last of them wins, whatever is still under way.
import type { Clock } from './clock.js'
import type { CallOptions, Endpoints, Grant, MfaChallenge } from './endpoints.js'
import { AuthError } from './errors.js'
import type { FullGrant, Holding } from './holding.js'
import type { Credentials, MfaAnswer } from './profile.js'
import type { Refresher } from './refresher.js'
import type { Revocation } from './revocation.js'
import type { Session } from './session.js'
import type { TokenStorage } from './storage.js'
import type { Tabs } from './tabs.js'
import { pause } from './wait.js'

/** A session with somebody in it. */
export type AuthenticatedSession<User> = Extract<Session<User>, { readonly status: 'authenticated' }>

/** What a login came to: signed in, or a second factor is asked for, which `verifyMfa` answers. */
export type LoginResult<User> =
  | { readonly status: 'authenticated'; readonly session: AuthenticatedSession<User> }
  | { readonly status: 'mfa-required'; readonly challenge: string; readonly methods: readonly string[] }

/** What registering came to; `registered` where the backend does not sign in by itself. */
export type RegisterResult<User> = LoginResult<User> | { readonly status: 'registered' }

export type SignIn<User> = {
  readonly login: (credentials: Credentials) => Promise<LoginResult<User>>
  readonly register: (input: Credentials) => Promise<RegisterResult<User>>
  readonly verifyMfa: (answer: MfaAnswer) => Promise<LoginResult<User>>
  readonly logout: (options: {
    readonly everywhere?: boolean
    readonly reason?: 'logged-out' | 'idle'
  }) => Promise<void>
  readonly abort: () => void
}

type Wiring<User> = {
  readonly clock: Clock
  readonly endpoints: Endpoints<User>
  readonly holding: Holding<User>
  readonly refresher: Pick<Refresher, 'abort'>
  readonly revocation: Revocation
  readonly storage: TokenStorage
  readonly tabs: Pick<Tabs, 'exclusive' | 'announce' | 'stamp'>
  readonly complete: (grant: Grant<User>, signal: AbortSignal) => Promise<FullGrant<User>>
  /** False where the backend has no logout route. */
  readonly revokes: boolean
  readonly onSettled: () => void
}

type Answer<User> = Grant<User> | MfaChallenge | null

/** How long a logout waits for requests that it has aborted: their cookies must not land after it. */
const landingWait = 2_000

export function createSignIn<User>(wiring: Wiring<User>): SignIn<User> {
  const { endpoints, holding, refresher, revocation, storage, tabs } = wiring
  let current = { abort: new AbortController(), landed: Promise.resolve<unknown>(null) }
  /** Logins whose answers have not been taken in: the server may sign in, whatever becomes of them here. */
  let asking = 0

  async function enter(
    via: 'login' | 'register' | 'mfa',
    call: (options: CallOptions) => Promise<Answer<User>>,
  ): Promise<RegisterResult<User>> {
    current.abort.abort()
    const mine = { abort: new AbortController(), landed: Promise.resolve<unknown>(null) }
    current = mine
    const { signal } = mine.abort
    asking += 1
    const flown = refresher.abort()
    const asked = flown.then(() => tabs.exclusive(() => ask(call, signal), signal))
    mine.landed = asked.catch(() => null)
    try {
      const told = await asked
      if (told === null || current !== mine) throw superseded()
      const { answer, seq } = told
      if (answer === null) return { status: 'registered' }
      if ('challenge' in answer) return { status: 'mfa-required', ...answer }
      const grant = await wiring.complete(answer, signal)
      if (current !== mine) throw superseded()
      storage.set(grant.refreshToken ?? null)
      holding.grant(grant, via, seq)
      const session = holding.session()
      tabs.announce({ type: 'logged-in', sid: holding.sid() ?? '' })
      if (session.status !== 'authenticated') throw superseded()
      return { status: 'authenticated', session }
    } catch (error) {
      throw current === mine ? error : superseded()
    } finally {
      asking -= 1
      wiring.onSettled()
    }
  }

  /** Inside the lock, so that no refresh of another tab crosses it: an undelivered logout first, then the login itself. */
  async function ask(
    call: (options: CallOptions) => Promise<Answer<User>>,
    signal: AbortSignal,
  ): Promise<{ readonly answer: Answer<User>; readonly seq: number }> {
    await revocation.deliver()
    const answer = await call({ signal })
    // Before another tab has the lock: what it owed would end this session instead.
    if (answer !== null && !('challenge' in answer) && !signal.aborted) revocation.forget()
    return { answer, seq: tabs.stamp() }
  }

  return {
    login: (credentials) =>
      enter('login', (options) => endpoints.login(credentials, options)) as Promise<LoginResult<User>>,
    verifyMfa: (answer) =>
      enter('mfa', (options) => endpoints.verifyMfa(answer, options)) as Promise<LoginResult<User>>,
    register: (input) => enter('register', (options) => endpoints.register(input, options)),
    async logout({ everywhere = false, reason = 'logged-out' }) {
      current.abort.abort()
      const { landed } = current
      const mine = { abort: new AbortController(), landed }
      current = mine
      const flown = refresher.abort()
      if (wiring.revokes && (asking > 0 || holding.session().status !== 'unauthenticated')) {
        revocation.owe(everywhere, {
          bearer: holding.usableToken()?.value ?? null,
          refreshToken: storage.get() ?? undefined,
        })
      }
      storage.set(null)
      holding.end(reason, true)
      const landing = new AbortController()
      void Promise.all([flown, landed]).then(() => landing.abort())
      await pause(wiring.clock, landingWait, landing.signal)
      // A login that began meanwhile delivers what is owed before it asks for itself.
      if (current === mine) await tabs.exclusive(revocation.deliver, mine.abort.signal)
    },
    abort: () => current.abort.abort(),
  }
}

function superseded(): AuthError {
  return new AuthError('account_changed', 'A later login or logout took the place of this one.')
}
