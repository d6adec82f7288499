// Several tabs of one origin in one process: storage, locks and channels as a browser shares them, delivered in order.
import type { Page } from '../src/index.js'

export type Tab = {
  readonly page: Page
  readonly fire: (type: string, event?: object) => void
  hide: () => void
  show: () => void
}

export type Browser = {
  readonly storage: Map<string, string>
  readonly openTab: (without?: { readonly locks?: true; readonly channel?: true; readonly storage?: true }) => Tab
  /** Takes the lock and never gives it back, as a frozen tab does. */
  readonly seizeLock: (name: string) => void
  /** Everything that was posted, for tests that look for tokens. */
  readonly posted: unknown[]
}

export function fakeBrowser(): Browser {
  const storage = new Map<string, string>()
  const channels = new Map<string, Set<{ onmessage: ((event: MessageEvent) => unknown) | null }>>()
  const posted: unknown[] = []
  const queues = new Map<string, Promise<unknown>>()
  let tabs = 0

  const locks = {
    request(name: string, { signal }: LockOptions, run: () => unknown): Promise<unknown> {
      const before = queues.get(name) ?? Promise.resolve()
      const turn = new Promise<boolean>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
        void before.then(() => resolve(true))
      })
      const held = turn.then(() => run())
      queues.set(name, Promise.allSettled([held, before]))
      return held
    },
  } as unknown as Pick<LockManager, 'request'>

  const openChannel = (name: string): BroadcastChannel => {
    const peers = channels.get(name) ?? new Set()
    channels.set(name, peers)
    const own = {
      onmessage: null as ((event: MessageEvent) => unknown) | null,
      postMessage(data: unknown) {
        const copy: unknown = structuredClone(data)
        posted.push(copy)
        const listening = [...peers].filter((peer) => peer !== own)
        queueMicrotask(() =>
          listening.forEach((peer) => peers.has(peer) && peer.onmessage?.({ data: copy } as MessageEvent)),
        )
      },
      close: () => void peers.delete(own),
    }
    peers.add(own)
    return own as unknown as BroadcastChannel
  }

  return {
    storage,
    posted,
    seizeLock: (name) => void locks.request(name, {}, () => new Promise<void>(() => {})),
    openTab(without = {}) {
      const listeners = new Map<string, Set<(event: Event) => void>>()
      const id = `tab-${++tabs}`
      let minted = 0
      let hidden = false
      const tab: Tab = {
        fire: (type, event = {}) => listeners.get(type)?.forEach((listener) => listener(event as Event)),
        hide() {
          hidden = true
          tab.fire('visibilitychange')
        },
        show() {
          hidden = false
          tab.fire('visibilitychange')
        },
        page: {
          locks: without.locks ? null : locks,
          openChannel: (name) => (without.channel ? null : openChannel(name)),
          storage: without.storage
            ? null
            : {
                getItem: (key) => storage.get(key) ?? null,
                setItem: (key, value) => void storage.set(key, value),
                removeItem: (key) => void storage.delete(key),
              },
          listen(type, listener) {
            const all = listeners.get(type) ?? new Set()
            listeners.set(type, all.add(listener))
            return () => void all.delete(listener)
          },
          hidden: () => hidden,
          href: 'https://app.test/',
          randomId: () => `${id}-${++minted}`,
        },
      }
      return tab
    },
  }
}
