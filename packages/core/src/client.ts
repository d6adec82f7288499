// The composition root: the only place that wires the rooms together.
import * as access from './access.js'
import { parseOrigin } from './address.js'
import { assemble } from './assembly.js'
import type { AuthClient, AuthClientOptions } from './auth-client.js'
import { createAuthFetch } from './auth-fetch.js'
import { bearer, doubt, obtain, replace } from './bearer.js'
import { send } from './call.js'
import { listen, notVetted, shownAgain } from './core.js'
import { signIn } from './endpoints.js'
import { AuthError } from './errors.js'
import { openIdle } from './idle.js'
import { moveIn } from './namesake.js'
import { checkMark, onMessage } from './peers.js'
import type { Credentials, LatchkeyUser, MfaAnswer, WireCall } from './profile.js'
import { abortFlight, refreshed } from './refresher.js'
import { ready, restore } from './restore.js'
import { deliverLater } from './revocation.js'
import { openScheduler, rearm } from './scheduler.js'
import { enter, logout } from './sign-in.js'
import { createStepUps } from './step-up.js'
import { read } from './marks.js'
import { openTabs } from './tabs.js'
import { acknowledge } from './verdict.js'

/**
 * Makes the client. No network until `restore`, `login` or a request; safe to call on a server, where it stays `pending`.
 * @throws `misconfigured` for a `baseURL` or an origin that is no URL
 */
export function createAuthClient<User = LatchkeyUser, Login extends Credentials = Credentials>(
  options: AuthClientOptions<User, Login>,
): AuthClient<User, Login> {
  const ending = new AbortController()
  const gone = ending.signal
  const core = assemble(options, gone)
  const { base, page } = core
  core.restore = ({ force } = {}) => restore(core, force)
  core.onChange = () => rearm(core)
  core.agreed = read(core, 'session')
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
  moveIn(core)
  if (options.idle) openIdle(core, options.idle)

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
  const entry = (name: 'login' | 'register' | 'verifyMfa', via: 'login' | 'register' | 'mfa') =>
    live((input: Credentials | MfaAnswer) => enter(core, via, (given) => signIn(core, name, input, given)))
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
    register: entry('register', 'register'),
    login: entry('login', 'login') as AuthClient<User>['login'],
    verifyMfa: entry('verifyMfa', 'mfa') as AuthClient<User>['verifyMfa'],
    logout: live(({ everywhere } = {}) => logout(core, everywhere)),
    refresh: live(async () => {
      if (core.session.status === 'pending') return restore(core)
      if (core.session.status === 'authenticated') await refreshed(core)
      return core.session
    }),
    getAccessToken: async ({ minValidity = 0, signal } = {}) =>
      (await obtainToken(signal, minValidity * 1000))?.value ?? null,
    fetch: createAuthFetch(core, (options.origins ?? (base ? [base] : [])).map(parseOrigin), {
      usable: () => bearer(core),
      obtain: obtainToken,
      replace: (spent, signal) => replace(core, spent, signal),
      doubt: (token) => doubt(core, token),
    }),
    ...createStepUps(core),
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
      core.act?.abort.abort()
      void abortFlight(core)
      core.asked?.abort()
      for (const stop of Object.values(core.timers)) stop()
    },
  }
}
