// The countdown before an idle session ends; its secret is what makes the seconds pass.
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

  let stop = () => {}

  onMounted(() => {
    stop = client.on((event) => {
      if (event.type !== 'idle-warning') return
      clearInterval(ticking)
      const { endsAt } = event
      warning.value = null
      if (endsAt === null) return
      const tick = () => {
        warning.value = { endsAt, secondsLeft: Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)) }
      }
      ticking = setInterval(tick, 1000)
      tick()
    })
  })
  onScopeDispose(() => {
    stop()
    clearInterval(ticking)
  })
  return warning
}
