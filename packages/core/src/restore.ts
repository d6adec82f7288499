// Looks whether somebody is signed in; its secret is that a login or logout in between ends the look.
import { askPeers } from './announcement.js'
import type { Core } from './core.js'
import { ended } from './holding.js'
import { abortFlight, refreshed } from './refresher.js'
import { deliverLater } from './revocation.js'
import type { Session } from './session.js'
import { pendingLogout } from './marks.js'
import { waitFor } from './wait.js'

/** Looks once: other tabs first, then the server. Concurrent calls share the look; `force` looks again. */
export async function restore<User>(core: Core<User>, force = false): Promise<Session<User>> {
  core.gone.throwIfAborted()
  // What came in between has made the look under way void: who has news of a session is not content with it.
  if (core.look && force && !isLooking(core))
    return core.look.then((found) => (core.gone.aborted ? found : restore(core, true)))
  if (core.look) return core.look
  if (!force && core.session.status !== 'pending') return core.session
  core.looking = core.session.generation
  core.look = look(core, force).then(() => {
    core.look = core.looking = null
    return core.session
  })
  return core.look
}

/** Settles when the status is no longer `pending`; on a page it starts the look by itself. */
export function ready<User>(core: Core<User>): Promise<Session<User>> {
  if (core.page.href !== null) restore(core).catch(() => undefined)
  let stop = (): void => {}
  const known = new Promise<Session<User>>((settle) => {
    if (core.session.status !== 'pending') settle(core.session)
    // What is pending changes but once, into what is known.
    stop = core.$session.listen(settle)
  })
  return waitFor(known, core.gone).finally(() => stop())
}

/** True while it looks, and no login or logout has come in between. */
export const isLooking = <User>({ looking, session }: Core<User>): boolean => looking === session.generation

/** A login or logout comes in between: ends the look and the flight. Resolves when the flight's request is over. */
export function interrupt<User>(core: Core<User>): Promise<void> {
  if (core.looking !== undefined) core.looking = null
  return abortFlight(core)
}

/** That is over. Where nobody signed in, what was looked for before is looked for after all. */
export function resume<User>(core: Core<User>): void {
  if (core.looking !== undefined && core.session.status === 'pending')
    void Promise.resolve(core.look)
      .then(() => restore(core))
      .catch(() => undefined)
}

async function look<User>(core: Core<User>, force: boolean): Promise<void> {
  if (pendingLogout(core) !== null) {
    ended(core, 'logged-out', false)
    deliverLater(core)
  } else if (!(await askPeers(core)) && isLooking(core) && !core.gone.aborted) {
    // Unreachable is no verdict: the session stays as it is, and the scheduler tries again.
    await refreshed(core, { force }).catch(() => undefined)
  }
}
