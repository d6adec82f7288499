// The key pair that a browser proves itself with; its secret is that nobody, this page included, can read the private half.
import { generateKeyPair } from 'dpop'

/** Gives the same pair each time. */
export type DpopKey = () => Promise<CryptoKeyPair>

const newPair = (): Promise<CryptoKeyPair> => generateKeyPair('ES256', { extractable: false })

/** A key of this page alone: another tab, and this one after a reload, has another. Switch `tabs` off with it. */
export function memoryKey(): DpopKey {
  let pair: Promise<CryptoKeyPair> | null = null
  return () => (pair ??= newPair())
}

/**
 * A key of this origin, in IndexedDB, which keeps it without ever showing it: all tabs have the same, also after a
 * reload. Where IndexedDB refuses, a key of this page alone.
 */
export function storedKey(name = 'default'): DpopKey {
  let pair: Promise<CryptoKeyPair> | null = null
  return () => (pair ??= load(name).catch(newPair))
}

const [database, shelf] = ['latchkey:dpop', 'keys']

async function load(name: string): Promise<CryptoKeyPair> {
  const opening = indexedDB.open(database)
  opening.onupgradeneeded = () => void opening.result.createObjectStore(shelf)
  const db = await settled(opening)
  try {
    const found = await settled<CryptoKeyPair | undefined>(db.transaction(shelf).objectStore(shelf).get(name))
    if (found !== undefined) return found
    const made = await newPair()
    const store = db.transaction(shelf, 'readwrite').objectStore(shelf)
    // Another tab may have been faster: who comes first within a transaction has made the key of all.
    const kept = await settled<CryptoKeyPair | undefined>(store.get(name))
    if (kept === undefined) await settled(store.put(made, name))
    return kept ?? made
  } finally {
    db.close()
  }
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB gave no reason.'))
  })
}
