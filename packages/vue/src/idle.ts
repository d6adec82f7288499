// The countdown before an idle session ends; its secret is what takes the warning back: a deed in any tab.
import { onMounted, onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { useBinding } from './binding.js'

/** How long until nobody's acting ends the session. */
export type IdleWarning = {
  /** Local milliseconds since the epoch. */
  readonly endsAt: number
  readonly secondsLeft: number
}

/**
 * The warning that the client's `idle` option gives, once a second while it stands; null while there is none.
 * Any deed takes it back, in this tab or another: a button “Stay signed in” needs nothing behind it.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useIdleWarning(): Readonly<ShallowRef<IdleWarning | null>> {
  const { client } = useBinding()
  const warning = shallowRef<IdleWarning | null>(null)
  let ticking: ReturnType<typeof setInterval> | undefined

  const end = () => {
    clearInterval(ticking)
    warning.value = null
  }
  const begin = (endsAt: number) => {
    const tick = () => {
      warning.value = { endsAt, secondsLeft: Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)) }
    }
    clearInterval(ticking)
    ticking = setInterval(tick, 1000)
    tick()
  }
  const act = (event: Event) => {
    if (!(event instanceof StorageEvent) || event.key?.endsWith(':active')) end()
  }
  let stop = () => {}
  onMounted(() => {
    stop = client.on((event) => {
      if (event.type === 'idle-warning') begin(event.endsAt)
      else if (event.type === 'logout' || event.type === 'expired') end()
    })
    deeds.forEach((deed) => window.addEventListener(deed, act))
  })
  onScopeDispose(() => {
    stop()
    clearInterval(ticking)
    if (typeof window !== 'undefined') deeds.forEach((deed) => window.removeEventListener(deed, act))
  })
  return warning
}

/** What the core counts as acting; what is done in another tab, that one writes down under `…:active`. */
const deeds = ['pointerdown', 'keydown', 'wheel', 'touchstart', 'storage']
