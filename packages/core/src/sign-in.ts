// Login, register, second factor and logout; its secret is that the last of them wins, whatever is still under way.
import type { CallOptions } from './call.js'
import type { Core } from './core.js'
import type { Answer } from './endpoints.js'
import { AuthError } from './errors.js'
import { identify } from './exchange.js'
import { ended, rest, takeIn, usable } from './holding.js'
import { interrupt, resume } from './restore.js'
import { deliver, owe } from './revocation.js'
import { rearm } from './scheduler.js'
import type { Session } from './session.js'
import { exclusive } from './lock.js'
import { openSid } from './marks.js'
import { announce, stamp } from './tabs.js'
import { pause } from './wait.js'

/** A session with somebody in it. */
export type AuthenticatedSession<User> = Extract<Session<User>, { readonly status: 'authenticated' }>

/** What a login came to: signed in, or a second factor is asked for, which `verifyMfa` answers. */
export type LoginResult<User> =
  | { readonly status: 'authenticated'; readonly session: AuthenticatedSession<User> }
  | { readonly status: 'mfa-required'; readonly challenge: string; readonly methods: readonly string[] }

/** What registering came to; `registered` where the backend does not sign in by itself. */
export type RegisterResult<User> = LoginResult<User> | { readonly status: 'registered' }

/** How long a logout waits for requests that it has aborted: their cookies must not land after it. */
const landingWait = 2_000

/** Signs in by the call; a later login or logout takes its place. @throws `account_changed` where one did */
export async function enter<User>(
  core: Core<User>,
  via: 'login' | 'register' | 'mfa',
  call: (options: CallOptions) => Promise<Answer<User>>,
): Promise<RegisterResult<User>> {
  const mine = begin(core)
  const { signal } = mine.abort
  core.asking += 1
  const asked = interrupt(core).then(() => exclusive(core, () => ask(core, call, signal), signal))
  mine.landed = asked.catch(() => null)
  try {
    const answer = await asked
    signal.throwIfAborted()
    if (answer === null) return { status: 'registered' }
    if ('challenge' in answer) return { status: 'mfa-required', ...answer }
    const grant = await identify(core, answer, signal)
    signal.throwIfAborted()
    rest(core, grant.refreshToken ?? null)
    takeIn(core, grant, via)
    announce(core, { type: 'logged-in', sid: core.sid ?? '' })
    const { session } = core
    // Who was told of the login may have signed out at once.
    if (signal.aborted || session.status !== 'authenticated') throw signal.reason as Error
    return { status: 'authenticated', session }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    core.asking -= 1
    rearm(core)
    resume(core)
  }
}

/** Begins a login or logout, which ends the one before. */
function begin<User>(core: Core<User>, landed?: Promise<unknown>): NonNullable<Core<User>['act']> {
  core.act?.abort.abort(new AuthError('account_changed', 'A later login or logout took the place of this one.'))
  return (core.act = { abort: new AbortController(), landed })
}

/** Inside the lock, so that no refresh of another tab crosses it: an undelivered logout first, then the login itself. */
async function ask<User>(
  core: Core<User>,
  call: (options: CallOptions) => Promise<Answer<User>>,
  signal: AbortSignal,
): Promise<Answer<User>> {
  await deliver(core)
  const answer = await call({ signal })
  // Before another tab has the lock: what it owed would end this session instead.
  if (answer !== null && !('challenge' in answer) && !signal.aborted) owe(core, null)
  stamp(core)
  return answer
}

/** Signs out here before the first await, then in the other tabs, then on the server, now or when it can be reached. */
export async function logout<User>(
  core: Core<User>,
  everywhere = false,
  reason: 'logged-out' | 'idle' = 'logged-out',
): Promise<void> {
  const mine = begin(core, core.act?.landed)
  const flown = interrupt(core)
  const isIn = core.asking > 0 || core.session.status !== 'unauthenticated' || openSid(core) !== null
  const refreshToken = (core.own = core.resting.get()) ?? undefined
  if (core.profile.logout && isIn)
    owe(core, everywhere ? 'all' : 'this', { bearer: usable(core)?.value ?? null, refreshToken })
  ended(core, reason, true)
  const landing = new AbortController()
  void Promise.all([flown, mine.landed]).then(() => landing.abort())
  await pause(core.clock, landingWait, landing.signal)
  // A login that began meanwhile delivers what is owed before it asks for itself.
  if (core.act === mine) await exclusive(core, () => deliver(core), mine.abort.signal)
}
