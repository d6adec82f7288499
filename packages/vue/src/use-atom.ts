// An atom as a ref; its secret is that a hydrating component first agrees with what the server rendered.
import type { ReadableAtom } from 'nanostores'
import { getCurrentInstance, onMounted, onScopeDispose, shallowRef, type ShallowRef } from 'vue'

/**
 * The atom's value, as the very object that the atom holds; the subscription ends with the component.
 * On a server, and in a browser until a hydrating component is mounted, it is the value that the atom began with.
 */
export function useAtom<Value>(atom: ReadableAtom<Value>): Readonly<ShallowRef<Value>> {
  const hasPage = typeof window !== 'undefined'
  // A vnode that has an element before its component is set up came from the server's HTML.
  let isFirst = (getCurrentInstance()?.vnode.el ?? null) !== null
  const value = shallowRef(hasPage && !isFirst ? atom.get() : (atom.init ?? atom.get()))
  const follow = () => {
    if (!isFirst) value.value = atom.get()
  }
  if (isFirst) {
    onMounted(() => {
      isFirst = false
      follow()
    })
  }
  if (hasPage) onScopeDispose(atom.listen(follow))
  return value
}
