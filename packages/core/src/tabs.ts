// The other tabs of this origin: one exchange at a time, announcements, and what is left in storage for those who
// missed one. Its secrets are Web Locks, BroadcastChannel and storage, and how to do without each.
import { listen, note, type Tabs } from './core.js'
import { endReasons, type EndReason } from './end-reason.js'
import { readMessage, type News, type PeerMessage } from './messages.js'
import { attempt } from './page.js'
import { pause, within } from './wait.js'

/** The last login or logout of the origin, as left in storage: the tombstone that a missed message cannot hide. No token. */
export type SessionMark = { readonly sid: string; readonly state: 'in' | EndReason }

type Announcement = PeerMessage extends infer Message
  ? Message extends PeerMessage
    ? Omit<Message, 'seq'> & { readonly seq?: number }
    : never
  : never

const lockWait = 5_000
/** Milliseconds that news may take to the next tab in the lock. */
export const newsWait = 500
const ignoredPause = 60_000

const keyOf = (tabs: Tabs, key: string): string => `latchkey:${tabs.name}:${key}`

/** What storage has under the client's key; null where there is nothing, or no storage. */
export const read = (tabs: Tabs, key: string): string | null =>
  attempt(() => tabs.page.storage?.getItem(keyOf(tabs, key))) ?? null

/** Writes, where storage takes it; null removes. */
export function write(tabs: Tabs, key: string, value: string | null): void {
  const { storage } = tabs.page
  attempt(() => (value === null ? storage?.removeItem(keyOf(tabs, key)) : storage?.setItem(keyOf(tabs, key), value)))
}

/** Calls when another tab wrote under that key. */
export function onWritten(tabs: Tabs, key: string, call: () => void): void {
  listen(tabs, ['storage'], (event) => {
    if ((event as StorageEvent).key === keyOf(tabs, key)) call()
  })
}

/**
 * Runs one exchange at a time per origin. Waits at most 5 s for the lock, then goes on without it: a frozen tab must
 * not stop the others, and the server's rotation makes that safe. Null where the signal ended the wait.
 */
export async function exclusive<T>(tabs: Tabs, run: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  const leave = await enter(tabs, signal)
  try {
    return signal.aborted ? null : await run()
  } finally {
    leave()
  }
}

async function enter(tabs: Tabs, signal: AbortSignal): Promise<() => void> {
  /** What leaves the lock again; null where another tab has it and this one would not wait. Rejects without locks. */
  const take = (options: LockOptions): Promise<(() => void) | null> =>
    new Promise((entered, refuse) => {
      const { locks } = tabs.page
      if (locks === null) return refuse()
      locks
        .request(`latchkey:1:${tabs.name}`, options, (lock) =>
          lock === null ? entered(null) : new Promise<void>((leave) => entered(leave)),
        )
        .catch(refuse)
    })
  tabs.followed = false
  try {
    const leave = await take({ ifAvailable: true })
    if (leave !== null) return leave
    const waited = await within(tabs.clock, lockWait, signal, (waiting) => take({ signal: waiting }))
    tabs.followed = true
    if (waited !== null) return waited
  } catch {
    // No lock: the turns of this tab are left.
  }
  const before = tabs.turn
  let leave = (): void => {}
  tabs.turn = new Promise<void>((done) => {
    leave = done
  })
  await before
  return leave
}

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

/** How many exchanges storage tells of. */
const written = (tabs: Tabs): number => Number(read(tabs, 'seq')) || 0

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

/** The tabs that say that they hold a token, so that a new one knows whom to ask; without this one. */
function holders(tabs: Tabs): readonly unknown[] {
  const stored: unknown = attempt(() => JSON.parse(read(tabs, 'tabs') ?? ''))
  return Array.isArray(stored) ? stored.filter((id) => id !== tabs.tab) : []
}

function writeHolders(tabs: Tabs, others: readonly unknown[], here = tabs.listed): void {
  if (tabs.talks) write(tabs, 'tabs', JSON.stringify(here ? [...others, tabs.tab] : others))
}

/** Says whether this tab holds a token. */
export function setHolding(tabs: Tabs, holding: boolean): void {
  if (!holding && !tabs.listed) return
  tabs.listed = holding
  writeHolders(tabs, holders(tabs))
}

/** True where another tab says that it holds a token. */
export const peersHold = (tabs: Tabs): boolean => tabs.channel !== null && holders(tabs).length > 0

/** Forgets the holders: they were asked and did not answer. They write themselves down again with their next token. */
export const forgetPeers = (tabs: Tabs): void => writeHolders(tabs, [])

export function markOf(tabs: Tabs): SessionMark | null {
  const mark: unknown = attempt(() => JSON.parse(read(tabs, 'session') ?? ''))
  const { sid, state } = (mark ?? {}) as Partial<SessionMark>
  return typeof sid === 'string' && state !== undefined && ['in', ...endReasons].includes(state) ? { sid, state } : null
}

export const setMark = (tabs: Tabs, mark: SessionMark): void => write(tabs, 'session', JSON.stringify(mark))

/** A logout that the server has not heard of yet: `all` for logout everywhere. Blocks every silent restore. */
export function pendingLogout(tabs: Tabs): 'this' | 'all' | null {
  const scope = read(tabs, 'logout') ?? tabs.unwritten
  return scope === 'this' || scope === 'all' ? scope : null
}

export function setPendingLogout(tabs: Tabs, scope: 'this' | 'all' | null): void {
  write(tabs, 'logout', scope)
  tabs.unwritten = read(tabs, 'logout') === scope ? null : scope
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
    if (tabs.listed) writeHolders(tabs, holders(tabs), false)
  }
  open()
  listen(tabs, ['pagehide'], close)
  listen(tabs, ['pageshow'], () => {
    open()
    if (tabs.listed) writeHolders(tabs, holders(tabs))
  })
  onWritten(tabs, 'session', onMark)
  onWritten(tabs, 'seq', () => tabs.onCounted(false))
  tabs.ends.push(close)
}
