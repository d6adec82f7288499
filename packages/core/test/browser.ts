// Several tabs of one origin in one process: storage, locks and channels as a browser shares them, delivered in order.
import type { Page } from '../src/index.js'

export type Tab = {
  readonly page: Page
  readonly fire: (type: string, event?: object) => void
  hide: () => void
  show: () => void
  /** Into the back/forward cache, and out of it. */
  readonly leave: () => void
  readonly comeBack: () => void
  /** Gone without a word: its locks are free, its channel closed, and nothing is listened to any longer. */
  readonly crash: () => void
  /** How many listeners are on the page. */
  readonly listeners: () => number
}

/** What a tab's browser lacks; `'throws'`: it is there, and refuses. */
export type Without = {
  readonly locks?: true | 'throws'
  readonly channel?: true | 'throws'
  readonly storage?: true | 'throws'
}

export type Browser = {
  readonly storage: Map<string, string>
  readonly openTab: (without?: Without) => Tab
  /** Takes the lock and never gives it back, as a frozen tab does. */
  readonly seizeLock: (name: string) => void
  /** Everything that was posted, for tests that look for tokens. */
  readonly posted: unknown[]
  /** How many channels are open, and how many locks are held. */
  readonly channels: () => number
  readonly locksHeld: () => number
  /** Posts as a stranger on that channel would. */
  readonly post: (channel: string, message: unknown) => void
}

type Turn = { readonly tab: string; readonly enter: () => void }

function fakeLocks() {
  const holders = new Map<string, Turn>()
  const queues = new Map<string, Turn[]>()
  const queueOf = (name: string): Turn[] => {
    const queue = queues.get(name) ?? []
    queues.set(name, queue)
    return queue
  }
  function pump(name: string): void {
    if (holders.has(name)) return
    const next = queueOf(name).shift()
    if (next === undefined) return
    holders.set(name, next)
    queueMicrotask(next.enter)
  }
  function release(name: string, turn: Turn): void {
    if (holders.get(name) !== turn) return
    holders.delete(name)
    pump(name)
  }
  return {
    held: () => holders.size,
    crash(tab: string): void {
      for (const [name, queue] of queues)
        queues.set(
          name,
          queue.filter((turn) => turn.tab !== tab),
        )
      for (const [name, turn] of Array.from(holders)) if (turn.tab === tab) release(name, turn)
    },
    of: (tab: string) =>
      ({
        request: (
          name: string,
          { signal, ifAvailable }: LockOptions,
          run: (lock: object | null) => unknown,
        ): Promise<unknown> =>
          new Promise((resolve, reject) => {
            if (ifAvailable && holders.has(name)) return resolve(run(null))
            const refuse = (): void => reject(new DOMException('aborted', 'AbortError'))
            if (signal?.aborted) return refuse()
            const turn: Turn = {
              tab,
              enter: () =>
                void Promise.resolve()
                  .then(() => run({ name }))
                  .then(resolve, reject)
                  .finally(() => release(name, turn)),
            }
            signal?.addEventListener('abort', () => {
              const queue = queueOf(name)
              if (!queue.includes(turn)) return
              queue.splice(queue.indexOf(turn), 1)
              refuse()
            })
            queueOf(name).push(turn)
            pump(name)
          }),
      }) as unknown as Pick<LockManager, 'request'>,
  }
}

type FakeChannel = { onmessage: ((event: MessageEvent) => unknown) | null }

const refuseAll = (): never => {
  throw new DOMException('refused', 'SecurityError')
}

/**
 * `deliver`: when a message or storage event arrives, at once by default. `deliverStorage`: when what was stored can be
 * read in another tab, as in a browser of several processes; without it, at once.
 */
export function fakeBrowser({
  deliver = queueMicrotask,
  deliverStorage,
}: {
  readonly deliver?: (call: () => void) => void
  readonly deliverStorage?: ((call: () => void) => void) | undefined
} = {}): Browser {
  const storage = new Map<string, string>()
  const channels = new Map<string, Set<FakeChannel>>()
  const posted: unknown[] = []
  const locks = fakeLocks()
  const fires = new Map<string, Tab['fire']>()
  /** What each tab reads, where that is not the same for all at once. */
  const views = new Map<string, Map<string, string>>()
  let tabs = 0

  function post(name: string, message: unknown, from?: FakeChannel): void {
    const copy: unknown = structuredClone(message)
    posted.push(copy)
    const peers = channels.get(name) ?? new Set()
    const listening = [...peers].filter((peer) => peer !== from)
    deliver(() => listening.forEach((peer) => peers.has(peer) && peer.onmessage?.({ data: copy } as MessageEvent)))
  }

  function openChannel(name: string): BroadcastChannel & FakeChannel {
    const peers = channels.get(name) ?? new Set()
    channels.set(name, peers)
    const own = {
      onmessage: null,
      postMessage: (message: unknown) => {
        if (!peers.has(own)) throw new DOMException('closed', 'InvalidStateError')
        post(name, message, own)
      },
      close: () => void peers.delete(own),
    } as unknown as BroadcastChannel & FakeChannel
    peers.add(own)
    return own
  }

  const put = (to: Map<string, string>, key: string, value: string | null): unknown =>
    value === null ? to.delete(key) : to.set(key, value)

  function changeStorage(tab: string, key: string, value: string | null): void {
    const view = views.get(tab) ?? storage
    if ((view.get(key) ?? null) === value) return
    put(view, key, value)
    put(storage, key, value)
    for (const [other, fire] of fires) {
      if (other === tab) continue
      const arrive = (): void => {
        put(views.get(other) ?? storage, key, deliverStorage ? value : (storage.get(key) ?? null))
        if (fires.has(other)) fire('storage', { key, newValue: value })
      }
      if (deliverStorage) deliverStorage(arrive)
      else deliver(arrive)
    }
  }

  return {
    storage,
    posted,
    post,
    channels: () => [...channels.values()].reduce((sum, { size }) => sum + size, 0),
    locksHeld: locks.held,
    seizeLock: (name) => void locks.of('frozen').request(name, {}, () => new Promise<void>(() => {})),
    openTab(without = {}) {
      const listeners = new Map<string, Set<(event: Event) => void>>()
      const open = new Set<BroadcastChannel>()
      const id = `tab-${++tabs}`
      let minted = 0
      let hidden = false
      const fire: Tab['fire'] = (type, event = {}) =>
        [...(listeners.get(type) ?? [])].forEach((listener) => listener({ type, ...event } as unknown as Event))
      if (!without.storage) fires.set(id, fire)
      if (deliverStorage) views.set(id, new Map(storage))
      const tab: Tab = {
        fire,
        hide() {
          hidden = true
          fire('visibilitychange')
        },
        show() {
          hidden = false
          fire('visibilitychange')
        },
        leave() {
          fires.delete(id)
          hidden = true
          fire('visibilitychange')
          fire('pagehide', { persisted: true })
        },
        comeBack() {
          if (!without.storage) fires.set(id, fire)
          hidden = false
          fire('pageshow', { persisted: true })
          fire('visibilitychange')
        },
        crash() {
          fires.delete(id)
          listeners.clear()
          open.forEach((channel) => channel.close())
          locks.crash(id)
        },
        listeners: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
        page: {
          locks: without.locks === 'throws' ? { request: refuseAll } : without.locks ? null : locks.of(id),
          openChannel(name) {
            if (without.channel === true) return null
            const channel = openChannel(name)
            open.add(channel)
            return without.channel === 'throws' ? Object.assign(channel, { postMessage: refuseAll }) : channel
          },
          storage:
            without.storage === 'throws'
              ? { getItem: refuseAll, setItem: refuseAll, removeItem: refuseAll }
              : without.storage
                ? null
                : {
                    getItem: (key) => (views.get(id) ?? storage).get(key) ?? null,
                    // As a browser does: null is a text there.
                    setItem: (key, value: unknown) => changeStorage(id, key, String(value)),
                    removeItem: (key) => changeStorage(id, key, null),
                  },
          listen(type, listener, signal) {
            const all = listeners.get(type) ?? new Set()
            listeners.set(type, all.add(listener))
            signal.addEventListener('abort', () => all.delete(listener))
          },
          hidden: () => hidden,
          href: 'https://app.test/',
          randomId: () => `${id}-${++minted}`,
          clients: [],
        },
      }
      return tab
    },
  }
}
