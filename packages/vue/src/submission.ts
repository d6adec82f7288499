// One form's call to the server, as refs; its secret is that only the last one sent is shown.
import { isAuthError, type AuthError } from '@latchkey/core'
import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'

/** Messages by the name of the field; empty where the server complained about none. */
export type FieldErrors = Readonly<Record<string, string>>

/** What the form composables return: how the last call went, as refs, and what the form does. */
export type Submission<Input extends readonly unknown[], Result> = {
  readonly status: ComputedRef<State<Result>['status']>
  readonly isPending: ComputedRef<boolean>
  /** Null until a call has failed, and again while the next one is under way. */
  readonly error: ComputedRef<AuthError | null>
  readonly fieldErrors: ComputedRef<FieldErrors>
  /** Null until a call has succeeded, and again while the next one is under way. */
  readonly data: ComputedRef<Result | null>
  /** Sends it; a failure is in `error`. Sent again while pending, the later one is shown, whichever answers first. */
  readonly mutate: (...input: Input) => void
  /** As `mutate`, for a caller who goes on with the result. @throws what the client's call throws */
  readonly mutateAsync: (...input: Input) => Promise<Result>
  /** Forgets the last call. One under way goes on, and is not shown. */
  readonly reset: () => void
}

type State<Result> =
  | { readonly status: 'idle' | 'pending' }
  | { readonly status: 'success'; readonly data: Result }
  | { readonly status: 'error'; readonly error: AuthError }

const none: FieldErrors = {}

/** A call and how it went; an answer that comes after the component is not shown to anybody. */
export function useSubmission<Input extends readonly unknown[], Result>(
  call: (...input: Input) => Promise<Result>,
): Submission<Input, Result> {
  const state = shallowRef<State<Result>>({ status: 'idle' })
  let latest = 0
  /** Takes the place of every call before it. */
  const next = (show: State<Result>) => {
    state.value = show
    return (latest += 1)
  }
  onScopeDispose(() => (latest += 1))

  async function mutateAsync(...input: Input): Promise<Result> {
    const mine = next({ status: 'pending' })
    const settle = (show: State<Result>) => void (mine === latest && (state.value = show))
    try {
      const data = await call(...input)
      settle({ status: 'success', data })
      return data
    } catch (error) {
      settle(isAuthError(error) ? { status: 'error', error } : { status: 'idle' })
      throw error
    }
  }

  const error = computed(() => (state.value.status === 'error' ? state.value.error : null))
  return {
    status: computed(() => state.value.status),
    isPending: computed(() => state.value.status === 'pending'),
    error,
    fieldErrors: computed(() => error.value?.fieldErrors ?? none),
    data: computed(() => (state.value.status === 'success' ? state.value.data : null)),
    // What is no AuthError is a fault of the code, and reported as one.
    mutate: (...input) => void mutateAsync(...input).catch((error) => isAuthError(error) || reportError(error)),
    mutateAsync,
    reset: () => void next({ status: 'idle' }),
  }
}
