// Where a body profile's refresh token rests between exchanges; its secret is what storage can refuse.
import { attempt } from './page.js'

/** A place for one short text. Reading and writing never throw. */
export type TokenStorage = {
  readonly get: () => string | null
  readonly set: (value: string | null) => void
}

/** Memory: gone with the page, out of reach of anything that reads storage. The default. */
export function memoryStorage(): TokenStorage {
  let held: string | null = null
  return {
    get: () => held,
    set: (value) => {
      held = value
    },
  }
}

/**
 * Web storage, so that a reload keeps a body profile signed in.
 * Any script on the page can read it: prefer a cookie profile wherever the backend can set one.
 */
export function webStorage(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  key = 'latchkey:refresh',
): TokenStorage {
  // What storage refuses to keep: without it, the spent token of before would be sent again, which looks like theft.
  let refused: string | null = null
  return {
    get: () => attempt(() => storage.getItem(key)) ?? refused,
    set: (value) => {
      refused = value
      attempt(() => {
        if (value !== null) storage.setItem(key, value)
        refused = null
      })
      if (value === refused) attempt(() => storage.removeItem(key))
    },
  }
}
