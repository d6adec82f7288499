// One call of an account page: whether it is under way, what was wrong with it, and that it was done.
import { isAuthError, type AuthError } from '@latchkey/core'
import { useState } from 'react'
import { auth } from './auth'

/** Runs one call at a time, and once more after the fresh login that it may want; an `AuthError` is kept to be shown, anything else is thrown to the error page. */
export function useCall() {
  const [state, setState] = useState<{ isPending: boolean; error: AuthError | null; done: string }>({
    isPending: false,
    error: null,
    done: '',
  })
  const run = async (call: () => Promise<unknown>, done = '') => {
    setState({ isPending: true, error: null, done: '' })
    try {
      await auth.withStepUp(call)
      setState({ isPending: false, error: null, done })
    } catch (error) {
      setState({ isPending: false, error: isAuthError(error) ? error : null, done: '' })
      if (!isAuthError(error)) throw error
    }
  }
  return { ...state, run: (call: () => Promise<unknown>, done?: string) => void run(call, done) }
}
