// Ends a session in which nobody acts. Its secrets: what somebody does in any tab counts for all, and sleep is no deed.
import { arm, listen, shownAgain, type Core } from './core.js'
import { isSignIn } from './events.js'
import { logout } from './sign-in.js'
import { onWritten, read, write } from './marks.js'

/** When a session ends because nobody acts: milliseconds since the last deed, and how long before the end to warn. */
export type IdleOptions = { readonly after: number; readonly warn?: number }

const key = 'active'
const deeds = ['pointerdown', 'keydown', 'wheel', 'touchstart']
/** A deed is written down at most once a second. */
const grain = 1_000

/** By the wall clock, because timers and the monotonic clock may stand still while the device sleeps. */
export function openIdle<User>(core: Core<User>, { after, warn = 0 }: IdleOptions): void {
  const { clock } = core
  const stored = (): number => Number(read(core, key)) || 0
  const isSignedIn = (): boolean => core.session.status === 'authenticated'
  // What was done before a reload counts; a first visit counts from now.
  let own = stored() || clock.now()
  let warned = false

  /** Milliseconds since the last deed in any tab; where the clock was set back, now is taken for it. */
  function since(): number {
    const passed = clock.now() - Math.max(own, stored())
    if (passed < 0) note()
    return Math.max(passed, 0)
  }
  function note(): void {
    own = clock.now()
    write(core, key, String(own))
  }
  /** Once when the end is near, and once when it is not any more: somebody acted, here or elsewhere, or the session is over. */
  function warnOf(endsAt: number | null): void {
    if (warned === (endsAt !== null)) return
    warned = !warned
    core.emit({ type: 'idle-warning', endsAt })
  }
  function look(): void {
    arm(core, 'idle')
    if (!isSignedIn()) return warnOf(null)
    const left = after - since()
    warnOf(left > 0 && left <= warn ? clock.now() + left : null)
    if (left <= 0) return void logout(core, false, 'idle').catch(() => {})
    arm(core, 'idle', warned ? left : left - warn, look)
  }
  function act(): void {
    if (!isSignedIn()) return
    const passed = since()
    if (passed < grain && !warned) return
    // The first touch after a long sleep comes too late: it looks, and finds the session over.
    if (passed < after) note()
    look()
  }
  core.on((event) => {
    if (isSignIn(event)) note()
    look()
  })
  listen(core, deeds, act)
  listen(core, shownAgain, look)
  onWritten(core, key, look)
}
