// The other tabs of this origin: one exchange at a time, announcements, and what is left in storage for those who
// missed one. Its secrets are Web Locks, BroadcastChannel and storage, and how to do without each.
import type { Clock } from './clock.js'
import { endReasons, type EndReason } from './end-reason.js'
import { readMessage, type PeerMessage } from './messages.js'
import { attempt, type Page } from './page.js'

/** The last login or logout of the origin, as left in storage: the tombstone that a missed message cannot hide. No token. */
export type SessionMark = { readonly sid: string; readonly state: 'in' | EndReason }

type Announcement = PeerMessage extends infer Message
  ? Message extends PeerMessage
    ? Omit<Message, 'seq'> & { readonly seq?: number }
    : never
  : never

export type Tabs = {
  /**
   * Runs one exchange at a time per origin. Waits at most 5 s for the lock, then goes on without it: a frozen tab must
   * not stop the others, and the server's rotation makes that safe. Null where the signal ended the wait.
   */
  readonly exclusive: <T>(run: () => Promise<T>, signal: AbortSignal) => Promise<T | null>
  readonly announce: (message: Announcement) => void
  /** Counts an exchange, inside the lock, before anybody can be told of it; the count. */
  readonly stamp: () => number
  /**
   * Inside the lock: true where an exchange was counted of which no message has arrived yet. `signedIn`: also where
   * another tab had the lock just now, whose count may be on its way like its message.
   */
  readonly isBehind: (signedIn: boolean) => boolean
  /** Says whether this tab holds a token, so that a new tab knows whom to ask. */
  readonly setHolding: (holding: boolean) => void
  /** True where another tab says that it holds a token. */
  readonly peersHold: () => boolean
  /** Forgets the holders: they were asked and did not answer. They write themselves down again with their next token. */
  readonly forgetPeers: () => void
  readonly mark: () => SessionMark | null
  readonly setMark: (mark: SessionMark) => void
  /** A logout that the server has not heard of yet: `all` for logout everywhere. Blocks every silent restore. */
  readonly pendingLogout: () => 'this' | 'all' | null
  readonly setPendingLogout: (scope: 'this' | 'all' | null) => void
  readonly dispose: () => void
}

type Wiring = {
  readonly name: string
  readonly page: Page
  readonly clock: Clock
  /** False: this tab neither speaks nor listens, but still takes the lock. */
  readonly enabled: boolean
  readonly onMessage: (message: PeerMessage) => void
  /** So many messages were none of this protocol's until now: told at the first, and then once a minute at most. */
  readonly onIgnored: (count: number) => void
  /** The mark changed in another tab, as the storage event tells: the way news travels without a channel. */
  readonly onMark: () => void
}

const lockWait = 5_000
const ignoredPause = 60_000
/** What a request for the lock comes to where another tab has it. */
const taken = Symbol('taken')

export function createTabs({ name, page, clock, enabled, onMessage, onIgnored, onMark }: Wiring): Tabs {
  const tab = page.randomId()
  const prefix = `latchkey:${name}:`
  const read = (key: string): string | null => attempt(() => page.storage?.getItem(prefix + key)) ?? null
  const write = (key: string, value: string | null): void => {
    attempt(() =>
      value === null ? page.storage?.removeItem(prefix + key) : page.storage?.setItem(prefix + key, value),
    )
  }
  const list = (key: string): readonly unknown[] => {
    const stored: unknown = attempt(() => JSON.parse(read(key) ?? '[]'))
    return Array.isArray(stored) ? stored : []
  }
  // A new tab has missed nothing: what was counted before it came is not waited for.
  let seq = Number(read('seq')) || 0
  /** A pending logout that storage did not take. */
  let unwritten: string | null = null
  let holding = false
  /** Where there is no lock, this tab's own calls still take turns. */
  let turn: Promise<unknown> = Promise.resolve()
  let channel: ReturnType<Page['openChannel']> = null
  /** Whether this tab had to wait for the lock. In WebKit and Firefox, storage tells of its last holder later than the lock. */
  let followed = false
  let ignored = 0
  let toldOf = -Infinity

  function receive(event: MessageEvent): void {
    const message = readMessage(event.data, name)
    if (message === null) return ignore()
    if (message.tab === tab) return
    if (message.type !== 'hello') seq = Math.max(seq, message.seq)
    onMessage(message)
  }
  function ignore(): void {
    ignored += 1
    if (clock.monotonic() - toldOf < ignoredPause) return
    toldOf = clock.monotonic()
    onIgnored(ignored)
  }
  const open = (): void => {
    if (!enabled || channel !== null) return
    channel = page.openChannel(`latchkey:1:${name}`)
    if (channel !== null) channel.onmessage = receive
  }
  const close = (): void => {
    channel?.close()
    channel = null
  }
  const writeHolders = (here = holding): void => {
    if (!enabled) return
    const others = list('tabs').filter((id) => id !== tab)
    write('tabs', JSON.stringify(here ? [...others, tab] : others))
  }
  open()
  const unlisten = [
    // An open channel would keep the page out of the back/forward cache.
    page.listen('pagehide', () => {
      close()
      if (holding) writeHolders(false)
    }),
    page.listen('pageshow', () => {
      open()
      if (holding) writeHolders()
    }),
    page.listen('storage', (event) => {
      if (enabled && (event as StorageEvent).key === `${prefix}session`) onMark()
    }),
  ]

  function inTurn<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
    followed = false
    const mine = turn.then(() => (signal.aborted ? null : run()))
    turn = mine.catch(() => null)
    return mine
  }

  return {
    async exclusive<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
      const { locks } = page
      if (locks === null) return inTurn(run, signal)
      const waiting = new AbortController()
      const stop = (): void => waiting.abort()
      const cancelWait = clock.after(lockWait, stop)
      signal.addEventListener('abort', stop)
      let entered = false
      try {
        if (signal.aborted) return null
        const take = (options: LockOptions, waited: boolean): Promise<T | null | typeof taken> =>
          locks.request(`latchkey:1:${name}`, options, (lock) => {
            if (lock === null) return taken
            entered = true
            followed = waited
            cancelWait()
            return signal.aborted ? null : run()
          })
        const first = await take({ ifAvailable: true }, false)
        return first === taken ? ((await take({ signal: waiting.signal }, true)) as T | null) : first
      } catch (error) {
        if (entered) throw error
        return await inTurn(run, signal)
      } finally {
        cancelWait()
        signal.removeEventListener('abort', stop)
      }
    },
    announce(message) {
      attempt(() => channel?.postMessage({ v: 1, name, tab, seq, ...message }))
    },
    stamp() {
      seq = Math.max(seq, Number(read('seq')) || 0) + 1
      write('seq', String(seq))
      return seq
    },
    isBehind: (signedIn) => channel !== null && ((signedIn && followed) || (Number(read('seq')) || 0) > seq),
    setHolding(now) {
      if (!now && !holding) return
      holding = now
      writeHolders()
    },
    peersHold: () => channel !== null && list('tabs').some((id) => id !== tab),
    forgetPeers: () => write('tabs', JSON.stringify(holding ? [tab] : [])),
    mark() {
      const mark: unknown = attempt(() => JSON.parse(read('session') ?? 'null'))
      const { sid, state } = (mark ?? {}) as Partial<SessionMark>
      const isKnown = state === 'in' || (endReasons as readonly unknown[]).includes(state)
      return typeof sid === 'string' && state !== undefined && isKnown ? { sid, state } : null
    },
    setMark: (mark) => write('session', JSON.stringify(mark)),
    pendingLogout() {
      const scope = read('logout') ?? unwritten
      return scope === 'this' || scope === 'all' ? scope : null
    },
    setPendingLogout(scope) {
      write('logout', scope)
      unwritten = read('logout') === scope ? null : scope
    },
    dispose() {
      if (holding) writeHolders(false)
      close()
      unlisten.forEach((stop) => stop())
    },
  }
}
