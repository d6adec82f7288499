// A refresh token in storage that the tabs of an origin share. Its secrets are what storage can refuse, and how late it tells.
import type { SharedStorage, Tabs } from './core.js'
import { read } from './marks.js'
import { attempt } from './page.js'
import type { TokenStorage } from './storage.js'
import { announce, newsWait, openChannel } from './tabs.js'
import { pause } from './wait.js'

type WebStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * Web storage, so that a reload keeps a body profile signed in.
 * `() => localStorage` also where a browser denies even the property, as in frames of other sites.
 * Any script on the page can read it: prefer a cookie profile wherever the backend can set one.
 */
export function webStorage(storage: WebStorage | (() => WebStorage), key = 'latchkey:refresh'): TokenStorage {
  const place = (): WebStorage => (typeof storage === 'function' ? storage() : storage)
  // What storage refuses to keep: without it, the spent token of before would be sent again, which looks like theft.
  let refused: string | null = null
  const shared: SharedStorage = {
    get: () => attempt(() => place().getItem(key)) ?? refused,
    set: (value) => {
      refused = value
      attempt(() => {
        if (value !== null) place().setItem(key, value)
        refused = null
      })
      if (value === refused) attempt(() => place().removeItem(key))
    },
    catchUp,
  }
  return shared
}

/**
 * Waits, bounded, until what other tabs said and stored before is known here. In a browser of several processes, both
 * can come later than the lock.
 */
async function catchUp(tabs: Tabs, signal: AbortSignal): Promise<void> {
  const { channel, page, clock } = tabs
  // A channel does not hear itself: what a second one says comes back behind all that was said before.
  const echo = channel && openChannel(tabs)
  if (!echo) return
  let echoed = false
  // What no storage keeps, none will tell of.
  const isKept = attempt(() => page.storage?.getItem('')) !== undefined
  const over = new AbortController()
  const stop = (): void => over.abort()
  const look = (): void => {
    if (echoed && (!isKept || Number(read(tabs, 'seq')) >= Math.max(tabs.counted, tabs.heard))) stop()
  }
  const { onmessage } = channel
  channel.onmessage = (event: MessageEvent<{ readonly tab?: unknown } | null>) => {
    onmessage?.call(channel as BroadcastChannel, event)
    echoed ||= event.data?.tab === tabs.tab
    look()
  }
  page.listen('storage', look, over.signal)
  signal.addEventListener('abort', stop)
  announce(tabs, { type: 'counted' }, echo)
  await pause(clock, newsWait, over.signal)
  signal.removeEventListener('abort', stop)
  stop()
  channel.onmessage = onmessage
  echo.close()
}
