// One form's call to the server; its secret is that only the last one sent is shown.
import { isAuthError, type AuthError } from '@latchkey/core'
import { atom } from 'nanostores'

/** Messages by the name of the field; empty where the server complained about none. */
export type FieldErrors = Readonly<Record<string, string>>

/** How the last call went, discriminated on `status`. */
export type SubmissionState<Result> = { readonly fieldErrors: FieldErrors } & (
  | { readonly status: 'idle'; readonly isPending: false; readonly error: null; readonly data: null }
  | { readonly status: 'pending'; readonly isPending: true; readonly error: null; readonly data: null }
  | { readonly status: 'success'; readonly isPending: false; readonly error: null; readonly data: Result }
  | { readonly status: 'error'; readonly isPending: false; readonly error: AuthError; readonly data: null }
)

/** What a form does; the same functions for the life of the client. */
export type SubmissionActions<Input extends readonly unknown[], Result> = {
  /** Sends it; a failure is in `error`. Sent again while pending, the later one is shown, whichever answers first. */
  readonly mutate: (...input: Input) => void
  /** As `mutate`, for a caller who goes on with the result. @throws what the client's call throws */
  readonly mutateAsync: (...input: Input) => Promise<Result>
  /** Forgets the last call. One under way goes on, and is not shown. */
  readonly reset: () => void
}

/** What the form hooks return: the very same object until the state changes. */
export type Submission<Input extends readonly unknown[], Result> = SubmissionState<Result> &
  SubmissionActions<Input, Result>

/** A call and how it went, in the functions that React subscribes with. */
export type SubmissionStore<Input extends readonly unknown[], Result> = {
  readonly listen: (changed: () => void) => () => void
  readonly current: () => Submission<Input, Result>
}

const blank = { isPending: false, error: null, fieldErrors: {}, data: null } as const
const idle = { ...blank, status: 'idle' } as const
const pending = { ...blank, status: 'pending', isPending: true } as const

/** A call and how it went, as a store; what is no `AuthError` is a fault of the code, and reported as one. */
export function createSubmission<Input extends readonly unknown[], Result>(
  call: (...input: Input) => Promise<Result>,
): SubmissionStore<Input, Result> {
  let latest = 0
  const actions: SubmissionActions<Input, Result> = {
    mutate: (...input) => void mutateAsync(...input).catch((error) => isAuthError(error) || reportError(error)),
    mutateAsync,
    reset() {
      latest += 1
      show(idle)
    },
  }
  const $submission = atom<Submission<Input, Result>>({ ...idle, ...actions })
  const show = (state: SubmissionState<Result>) => $submission.set({ ...state, ...actions })

  async function mutateAsync(...input: Input): Promise<Result> {
    const mine = (latest += 1)
    const settle = (state: SubmissionState<Result>) => void (mine === latest && show(state))
    show(pending)
    try {
      const data = await call(...input)
      settle({ ...blank, status: 'success', data })
      return data
    } catch (error) {
      settle(isAuthError(error) ? { ...blank, status: 'error', error, fieldErrors: error.fieldErrors ?? {} } : idle)
      throw error
    }
  }
  return { listen: (changed) => $submission.listen(changed), current: () => $submission.get() }
}
