// The composition root: the only place that wires the rooms together.
import * as access from './access.js'
import { parseOrigin } from './address.js'
import { assemble } from './assembly.js'
import type { AuthClient, AuthClientOptions } from './auth-client.js'
import { createAuthFetch } from './auth-fetch.js'
import { bearer, doubt, obtain, replace } from './bearer.js'
import { send, type CallOptions } from './call.js'
import type { Challenge } from './challenge.js'
import { listen, note, notVetted, shownAgain, type Core } from './core.js'
import { login, register, verifyMfa, type Answer } from './endpoints.js'
import { AuthError } from './errors.js'
import { isSameSubject } from './holding.js'
import { createIdle } from './idle.js'
import { moveIn } from './page.js'
import { checkMark, onMessage } from './peers.js'
import type { Credentials, LatchkeyUser, WireCall } from './profile.js'
import { abortFlight, refreshed } from './refresher.js'
import { ready, restore } from './restore.js'
import { deliverLater } from './revocation.js'
import { openScheduler, rearm } from './scheduler.js'
import { enter, logout } from './sign-in.js'
import { createStepUps } from './step-up.js'
import { markOf } from './marks.js'
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
  core.onChange = () => {
    rearm(core)
    idle?.look()
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
  const onStepUp = ({ params }: Challenge): void => {
    const maxAge = Number(params.get('max_age') ?? NaN)
    core.emit({
      type: 'step-up-required',
      acrValues: params.get('acr_values') ?? null,
      maxAge: Number.isNaN(maxAge) ? null : maxAge,
    })
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
      origins: (options.origins ?? (base === null ? [] : [base])).map(parseOrigin),
      base: () => page.href,
      generation: () => core.session.generation,
      usableToken: () => bearer(core),
      obtainToken,
      replaceToken: (spent, signal) => replace(core, spent, signal),
      isExpiry: core.profile.isExpiry,
      onRefusedAgain: (token) => doubt(core, token),
      onStepUp,
    }),
    ...stepUps,
    hasRole: holds(access.hasRole),
    can: holds(access.can),
    on: core.on,
    timeline: core.timeline,
    send: live(
      async (call: WireCall) =>
        (await send(core, call, { bearer: (await obtainToken())?.value ?? null, onStepUp })).body,
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
