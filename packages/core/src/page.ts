// What the page around the client offers: locks, channels, storage, events; its secret is how each can be absent.

/** The page's capabilities, each of which may be missing: handed in by tests, read from the globals otherwise. */
export type Page = {
  readonly locks: Pick<LockManager, 'request'> | null
  /** Null where BroadcastChannel is absent or refuses. */
  readonly openChannel: (name: string) => Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'> | null
  /** Storage shared by the tabs of the origin; null where it is absent or refuses. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null
  /** Listens on window and document alike, until the signal aborts. */
  readonly listen: (type: string, listener: (event: Event) => void, signal: AbortSignal) => void
  readonly hidden: () => boolean
  /** The page's address, which relative URLs resolve against; null on a server. */
  readonly href: string | null
  readonly randomId: () => string
  /** The names of the clients that live on this page, of whatever bundle; absent on a server. */
  readonly clients?: string[]
}

const residents = Symbol.for('latchkey')

/** The page that this script runs in; on a server, a page that has nothing. */
export function browserPage(): Page {
  const scope = globalThis as Partial<typeof globalThis>
  const { document, window, location } = scope
  // Node has locks and a storage too, which all requests of a server would share.
  const { navigator } = location === undefined ? {} : scope
  return {
    locks: attempt(() => navigator?.locks) ?? null,
    openChannel: (name) => attempt(() => (window && BroadcastChannel ? new BroadcastChannel(name) : null)) ?? null,
    storage: attempt(() => navigator && scope.localStorage) ?? null,
    listen(type, listener, signal) {
      for (const target of [window, document]) target?.addEventListener(type, listener, { signal })
    },
    hidden: () => document?.visibilityState === 'hidden',
    get href() {
      // What `fetch` resolves against, a <base> element included.
      return document?.baseURI ?? location?.href ?? null
    },
    randomId: () => attempt(() => crypto.randomUUID()) ?? Math.random().toString(36).slice(2),
    ...(document && { clients: ((scope as { [residents]?: string[] })[residents] ??= []) }),
  }
}

/** The value, or undefined where the platform throws instead (SecurityError, quota, an insecure context). */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
