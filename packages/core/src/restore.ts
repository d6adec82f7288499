// Looks whether somebody is signed in; its secret is that a login or logout in between ends the look.
import { type AuthError } from './errors.js'
import type { Holding } from './holding.js'
import type { Session } from './session.js'
import { waitFor } from './wait.js'

export type Restore<User> = {
  readonly restore: (options?: { readonly force?: boolean }) => Promise<Session<User>>
  readonly ready: () => Promise<Session<User>>
  /** True while it looks, and no login or logout has come in between. */
  readonly isLooking: () => boolean
  /** True from the call of `restore` until it has settled. */
  readonly isUnderWay: () => boolean
  /** A login or logout comes in between. */
  readonly interrupt: () => void
  /** That is over. Where nobody signed in, what was interrupted is looked for after all. */
  readonly resume: () => void
}

type Wiring<User> = {
  readonly holding: Pick<Holding<User>, '$session' | 'session'>
  /** The signal that the client is disposed of, with what its promises then reject with. */
  readonly gone: AbortSignal
  /** True on a page, where `ready` may start the look by itself. */
  readonly hasPage: boolean
  /** Does the looking; rejects for nothing. */
  readonly look: (force: boolean) => Promise<void>
  /** It has looked: what happened elsewhere meanwhile can be looked at now. */
  readonly onLooked: () => void
}

export function createRestore<User>({ holding, gone, hasPage, look, onLooked }: Wiring<User>): Restore<User> {
  let underWay: Promise<Session<User>> | null = null
  /** The generation in which the look began. */
  let looking: number | null = null
  let interrupted = false

  function restore({ force = false } = {}): Promise<Session<User>> {
    if (gone.aborted) return Promise.reject(gone.reason as AuthError)
    if (underWay !== null) return underWay
    if (!force && holding.session().status !== 'pending') return Promise.resolve(holding.session())
    looking = holding.session().generation
    underWay = look(force)
      .then(() => holding.session())
      .finally(() => {
        underWay = looking = null
        onLooked()
      })
    return underWay
  }

  return {
    restore,
    ready() {
      if (hasPage && !gone.aborted) void restore()
      let stop = (): void => {}
      const known = new Promise<Session<User>>((settle) => {
        stop = holding.$session.subscribe((session) => {
          if (session.status !== 'pending') settle(session)
        })
      })
      return waitFor(known, gone).finally(() => stop())
    },
    isLooking: () => looking === holding.session().generation,
    isUnderWay: () => underWay !== null,
    interrupt() {
      interrupted ||= looking !== null
      looking = null
    },
    resume() {
      if (interrupted && holding.session().status === 'pending')
        void Promise.resolve(underWay)
          .then(() => restore())
          .catch(() => undefined)
      interrupted = false
    },
  }
}
