// An atom as a ref; its secret is that a hydrating component first agrees with what the server rendered.
import { useStore } from '@nanostores/vue'
import type { ReadableAtom } from 'nanostores'
import { computed, getCurrentInstance, onMounted, shallowRef, type ComputedRef } from 'vue'

/**
 * The atom's value, as the very object that the atom holds; the subscription ends with the component.
 * On a server, and in a browser until a hydrating component is mounted, it is the value that the atom began with.
 */
export function useAtom<Value>(atom: ReadableAtom<Value>): ComputedRef<Value> {
  const live = useStore(atom)
  const instance = getCurrentInstance()
  // A vnode that has an element before its component is set up came from the server's HTML.
  const first = shallowRef(typeof window === 'undefined' || (instance?.vnode.el ?? null) !== null)
  if (instance !== null) onMounted(() => (first.value = false))
  return computed(() => {
    if (first.value && atom.init !== undefined) return atom.init
    // Read to be told of changes only: in development useStore's ref holds a readonly proxy of the value.
    void live.value
    return atom.get()
  })
}
