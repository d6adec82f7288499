// What a return from a provider came to, for the pages that say so; its secret is when it is a thing of the past.
import { useSession } from '@latchkey/vue'
import { computed, shallowRef } from 'vue'
import { failureOf, returned } from './auth'

export const labelOf = (provider: string): string => provider.charAt(0).toUpperCase() + provider.slice(1)

/** It is over by a login that comes after it, and by `drop`. */
export function useReturned() {
  const session = useSession()
  const back = shallowRef<Awaited<typeof returned>>(null)
  void returned.then((result) => (back.value = result))
  const now = computed(() => (back.value?.generation === session.value.generation ? back.value : null))
  return {
    half: computed(() => (now.value?.status === 'mfa-required' ? now.value : null)),
    /** The provider that was linked. */
    linked: computed(() => (now.value?.status === 'linked' ? now.value.identity.provider : null)),
    hasFailed: computed(() => now.value?.status === 'failed'),
    failure: computed(() => (now.value?.status === 'failed' ? failureOf(now.value) : null)),
    drop: () => void (back.value = null),
  }
}
