// Resumes what an API refused until somebody proves themselves again; its secret is that it is resumed once, by the same
// account (RFC 9470).
import { insufficient, isStepUp } from './challenge.js'
import { atEnd, type Core } from './core.js'
import { accountChanged, AuthError, isAuthError } from './errors.js'
import { isSignIn } from './events.js'
import { isSameSubject } from './holding.js'

export type StepUp = {
  /** How many requests wait for a fresher login. */
  readonly waiting: () => number
  /** Somebody proved themselves again: what waits is sent once more. A login of the same account does this by itself. */
  readonly resolve: () => void
  /** Nobody will: what waits rejects with `step_up_required`. */
  readonly reject: () => void
}

export type StepUps = {
  readonly stepUp: StepUp
  /** Runs the request; where it is refused for want of a fresher login, waits for one and runs it once more. */
  readonly withStepUp: <T>(request: () => Promise<T>) => Promise<T>
}

export function createStepUps<User>(core: Core<User>): StepUps {
  const waiting = new Set<(proved: boolean) => void>()
  const settle = (proved: boolean): void => {
    waiting.forEach((go) => go(proved))
    waiting.clear()
  }
  core.on((event) => {
    if (event.type === 'logout' || event.type === 'expired') settle(false)
    if (isSignIn(event)) settle(true)
  })
  atEnd(core, () => settle(false))

  return {
    stepUp: { waiting: () => waiting.size, resolve: () => settle(true), reject: () => settle(false) },
    async withStepUp(request) {
      const { session, token } = core
      try {
        const first = await request()
        if (!isRefusal(first)) return first
      } catch (error) {
        if (!isAuthError(error, 'step_up_required') && !isRefusal((error as { response?: unknown } | null)?.response))
          throw error
      }
      if (!(await new Promise<boolean>((go) => waiting.add(go))))
        throw new AuthError('step_up_required', 'This needs a fresh login. Log in again.')
      // Compared with whoever was signed in when the request began.
      if (session.status !== 'authenticated' || !isSameSubject(core, token?.claims ?? {}, session.user))
        throw accountChanged()
      return request()
    },
  }
}

function isRefusal(answer: unknown): boolean {
  return answer instanceof Response && answer.status === 401 && isStepUp(insufficient(answer))
}
