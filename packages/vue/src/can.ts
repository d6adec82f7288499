// The directive `v-can`; its secret is what becomes of a denied element: hidden, and inert should a style show it.
import type { Directive } from 'vue'
import type { Binding } from './binding.js'

/** `v-can="'posts:write'"`: the permission that an element asks for. */
export type CanDirective = Directive<HTMLElement, string>

declare module 'vue' {
  interface GlobalDirectives {
    vCan: CanDirective
  }
}

/**
 * Hides an element from whoever lacks the permission, and until the session is known; it follows the session by itself.
 * It sets `hidden` and `inert`, which are its own on that element then, and takes nothing out of the page: for what
 * must not be rendered there is `<Protect>`, and what must not be known stays on the server.
 */
export function createCan({ client, shown, checks }: Binding): CanDirective {
  const watched = new WeakMap<HTMLElement, { permission: string; readonly stop: () => void }>()
  const isDenied = (permission: string) => !checks(shown(client.$session.get())).can(permission)

  function apply(element: HTMLElement, permission = ''): void {
    const denied = isDenied(permission)
    element.toggleAttribute('hidden', denied)
    element.toggleAttribute('inert', denied)
  }

  return {
    beforeMount(element, { value }) {
      const stop = client.$session.listen(() => apply(element, watched.get(element)?.permission))
      watched.set(element, { permission: value, stop })
      apply(element, value)
    },
    updated(element, { value }) {
      const watching = watched.get(element)
      if (watching) watching.permission = value
      apply(element, value)
    },
    unmounted: (element) => watched.get(element)?.stop(),
    getSSRProps: ({ value }) => (isDenied(value) ? { hidden: true, inert: true } : {}),
  }
}
