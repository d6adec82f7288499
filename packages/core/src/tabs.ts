// What the tabs of an origin say to each other, and when it has arrived. Its secrets are BroadcastChannel, and how to do
// without.
import { arm, atEnd, listen, note, type Tabs } from './core.js'
import { enlist, onWritten, read, write } from './marks.js'
import { readMessage, type News, type PeerMessage } from './messages.js'
import { attempt } from './page.js'

type Announcement = PeerMessage extends infer Message
  ? Message extends PeerMessage
    ? Omit<Message, 'seq'> & { readonly seq?: number }
    : never
  : never

/** Milliseconds that news may take to the next tab in the lock. */
export const newsWait = 500
const ignoredPause = 60_000

/** Says it to the other tabs; `channel`: with another voice. */
export function announce(tabs: Tabs, message: Announcement, channel = tabs.channel): void {
  const { name, tab, counted } = tabs
  attempt(() => channel?.postMessage({ v: 1, name, tab, seq: counted, ...message }))
}

/** How many exchanges the origin has made, as storage or another tab tells; of some, the news may still be on its way. */
const made = (tabs: Tabs): number => Math.max(Number(read(tabs, 'seq')) || 0, tabs.heard)

/** Counts an exchange, inside the lock, before anybody can be told of it. */
export function stamp(tabs: Tabs): void {
  tabs.counted = Math.max(tabs.counted, made(tabs)) + 1
  write(tabs, 'seq', String(tabs.counted))
  announce(tabs, { type: 'counted' })
}

/**
 * Inside the lock: true where an exchange was counted of which no message has arrived yet. `signedIn`: also where
 * another tab had the lock just now, whose count may be on its way like its message.
 */
export const isBehind = (tabs: Tabs, signedIn: boolean): boolean =>
  tabs.channel !== null && ((signedIn && tabs.followed) || made(tabs) > tabs.counted)

/** Counts what is none of this protocol's messages: told of at the first, and then once a minute at most (F35). */
function ignore(tabs: Tabs): void {
  tabs.ignored += 1
  if (tabs.timers.ignored) return
  note(tabs, `Ignored so far: ${tabs.ignored} messages of other tabs that are not of this protocol.`)
  arm(tabs, 'ignored', ignoredPause)
}

export const openChannel = ({ page, name }: Tabs): Tabs['channel'] => page.openChannel(`latchkey:1:${name}`)

/** Listens to the other tabs. `onMark`: the mark changed there, as storage tells: the way news travels without a channel. */
export function openTabs(tabs: Tabs, onMessage: (message: News) => void, onMark: () => void): void {
  // A new tab has missed nothing: what was counted before it came is not waited for.
  tabs.counted = made(tabs)
  if (!tabs.talks) return
  const open = (): void => {
    tabs.channel ??= openChannel(tabs)
    if (tabs.channel === null) return
    tabs.channel.onmessage = ({ data }) => {
      const message = readMessage(data, tabs.name)
      if (message === null) return ignore(tabs)
      if (message.type === 'counted') tabs.heard = Math.max(tabs.heard, message.seq)
      if (message.type === 'counted' || message.tab === tabs.tab) return
      // Neither brings what the last exchange came to: who signed in can be asked for it.
      if (message.type !== 'hello' && message.type !== 'logged-in') tabs.counted = Math.max(tabs.counted, message.seq)
      onMessage(message)
    }
  }
  // An open channel would keep the page out of the back/forward cache.
  const close = (): void => {
    tabs.channel?.close()
    tabs.channel = null
    enlist(tabs, false)
  }
  open()
  listen(tabs, ['pagehide'], close)
  listen(tabs, ['pageshow'], () => {
    open()
    enlist(tabs)
  })
  onWritten(tabs, 'session', onMark)
  atEnd(tabs, close)
}
