// One call of an account page: whether it is under way, what was wrong with it, and that it was done.
import { isAuthError, type AuthError } from '@latchkey/core'
import { ref, shallowRef } from 'vue'
import { auth } from './auth'

/** Runs one call at a time, and once more after the fresh login that it may want; an `AuthError` is kept to be shown, anything else is thrown. */
export function useCall() {
  const isPending = ref(false)
  const error = shallowRef<AuthError | null>(null)
  const done = ref('')
  async function run(call: () => Promise<unknown>, said = '') {
    isPending.value = true
    error.value = null
    done.value = ''
    try {
      await auth.withStepUp(call)
      done.value = said
    } catch (caught) {
      if (!isAuthError(caught)) throw caught
      error.value = caught
    } finally {
      isPending.value = false
    }
  }
  return { isPending, error, done, run }
}
