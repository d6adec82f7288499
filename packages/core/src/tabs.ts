// What the tabs of an origin say to each other, and when it has arrived. Its secrets are BroadcastChannel, and how to do
// without.
import { listen, note, type Tabs } from './core.js'
import { onWritten, relist, write, written } from './marks.js'
import { readMessage, type News, type PeerMessage } from './messages.js'
import { attempt } from './page.js'
import { pause } from './wait.js'

type Announcement = PeerMessage extends infer Message
  ? Message extends PeerMessage
    ? Omit<Message, 'seq'> & { readonly seq?: number }
    : never
  : never

/** Milliseconds that news may take to the next tab in the lock. */
export const newsWait = 500
const ignoredPause = 60_000

const envelope = ({ name, tab, counted }: Tabs, message: Announcement): object => ({
  v: 1,
  name,
  tab,
  seq: counted,
  ...message,
})

export function announce(tabs: Tabs, message: Announcement): void {
  attempt(() => tabs.channel?.postMessage(envelope(tabs, message)))
}

/** Counts an exchange, inside the lock, before anybody can be told of it; the count. */
export function stamp(tabs: Tabs): number {
  tabs.counted = Math.max(tabs.counted, written(tabs)) + 1
  write(tabs, 'seq', String(tabs.counted))
  announce(tabs, { type: 'counted' })
  return tabs.counted
}

/**
 * Inside the lock: true where an exchange was counted of which no message has arrived yet. `signedIn`: also where
 * another tab had the lock just now, whose count may be on its way like its message.
 */
export const isBehind = (tabs: Tabs, signedIn: boolean): boolean =>
  tabs.channel !== null && ((signedIn && tabs.followed) || Math.max(written(tabs), tabs.heard) > tabs.counted)

/**
 * Inside the lock: waits, bounded, until what other tabs said and stored before is known here. In a browser of several
 * processes, both can come later than the lock.
 */
export async function catchUpWith(tabs: Tabs, signal: AbortSignal): Promise<void> {
  // A channel does not hear itself: what a second one says comes back behind all that was said before.
  const echo = tabs.channel && openChannel(tabs)
  if (!echo) return
  let echoed = false
  // What no storage keeps, none will tell of.
  const isKept = attempt(() => tabs.page.storage?.getItem('')) !== undefined
  const over = new AbortController()
  const stop = (): void => over.abort()
  signal.addEventListener('abort', stop)
  tabs.onCounted = (own) => {
    echoed ||= own
    if (echoed && (!isKept || written(tabs) >= Math.max(tabs.counted, tabs.heard))) stop()
  }
  attempt(() => echo.postMessage(envelope(tabs, { type: 'counted' })))
  await pause(tabs.clock, newsWait, over.signal)
  signal.removeEventListener('abort', stop)
  tabs.onCounted = () => {}
  echo.close()
}

/** Counts what is none of this protocol's messages: told of at the first, and then once a minute at most (F35). */
function ignore(tabs: Tabs): void {
  tabs.ignored += 1
  const now = tabs.clock.monotonic()
  if (now - tabs.toldOf < ignoredPause) return
  tabs.toldOf = now
  note(tabs, `Ignored so far: ${tabs.ignored} messages of other tabs that are not of this protocol.`)
}

const openChannel = ({ page, name }: Tabs): Tabs['channel'] => page.openChannel(`latchkey:1:${name}`)

/** Listens to the other tabs. `onMark`: the mark changed there, as storage tells: the way news travels without a channel. */
export function openTabs(tabs: Tabs, onMessage: (message: News) => void, onMark: () => void): void {
  // A new tab has missed nothing: what was counted before it came is not waited for.
  tabs.counted = written(tabs)
  if (!tabs.talks) return
  const open = (): void => {
    tabs.channel ??= openChannel(tabs)
    if (tabs.channel === null) return
    tabs.channel.onmessage = ({ data }) => {
      const message = readMessage(data, tabs.name)
      if (message === null) return ignore(tabs)
      if (message.type === 'counted') {
        tabs.heard = Math.max(tabs.heard, message.seq)
        return tabs.onCounted(message.tab === tabs.tab)
      }
      if (message.tab === tabs.tab) return
      if (message.type !== 'hello') tabs.counted = Math.max(tabs.counted, message.seq)
      onMessage(message)
    }
  }
  // An open channel would keep the page out of the back/forward cache.
  const close = (): void => {
    tabs.channel?.close()
    tabs.channel = null
    relist(tabs, false)
  }
  open()
  listen(tabs, ['pagehide'], close)
  listen(tabs, ['pageshow'], () => {
    open()
    relist(tabs, true)
  })
  onWritten(tabs, 'session', onMark)
  onWritten(tabs, 'seq', () => tabs.onCounted(false))
  tabs.ends.push(close)
}
