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
  return {
    get: () => attempt(() => place().getItem(key)) ?? refused,
    set: (value) => {
      refused = value
      attempt(() => {
        if (value !== null) place().setItem(key, value)
        refused = null
      })
      if (value === refused) attempt(() => place().removeItem(key))
    },
  }
}
