// Where a body profile's refresh token rests between exchanges; its secret is that memory forgets.

/**
 * A place for one short text. Reading and writing never throw. Where tabs share one, build it on `webStorage`, which
 * also waits until what another tab wrote can be read here: a refresh token that is presented twice looks like theft.
 */
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
