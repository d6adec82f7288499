// Resumes what an API refused until somebody proves themselves again; its secret is that it is resumed once, by the same
// account (RFC 9470).
import { insufficient, isStepUp } from './challenge.js'
import { accountChanged, AuthError, isAuthError } from './errors.js'

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

/** `isSameAccount` compares with whoever was signed in when a request began to wait. */
export function createStepUps(remember: () => () => boolean): StepUps {
  const waiting = new Set<(proved: boolean) => void>()
  const settle = (proved: boolean): void => {
    for (const go of Array.from(waiting)) go(proved)
  }

  async function withStepUp<T>(request: () => Promise<T>): Promise<T> {
    const isSameAccount = remember()
    try {
      const first = await request()
      if (!isRefusal(first)) return first
    } catch (error) {
      if (!isAuthError(error, 'step_up_required') && !isRefusal((error as { response?: unknown } | null)?.response))
        throw error
    }
    const proved = await new Promise<boolean>((resolve) => {
      const go = (answer: boolean): void => {
        waiting.delete(go)
        resolve(answer)
      }
      waiting.add(go)
    })
    if (!proved) throw new AuthError('step_up_required', 'This needs a fresh login, and nobody gave one.')
    if (!isSameAccount()) throw accountChanged()
    return request()
  }
  return {
    stepUp: { waiting: () => waiting.size, resolve: () => settle(true), reject: () => settle(false) },
    withStepUp,
  }
}

function isRefusal(answer: unknown): boolean {
  return answer instanceof Response && answer.status === 401 && isStepUp(insufficient(answer))
}
