// The passwords that attackers try first: some 49,000, most used first. Its secret: they are loaded when the first one is chosen.

/** How early a password comes among the common ones, by its lower-case text; the first is 1. */
export type Ranks = ReadonlyMap<string, number>

let loading: Promise<Ranks> | null = null

/**
 * The list of zxcvbn-ts, made of leaks. An import of its own, so that a page or a server that never sets a password does
 * not load its 200 kB (gzipped). A failed load is forgotten: the next asks again.
 */
export function commonPasswords(): Promise<Ranks> {
  loading ??= load().catch((cause: unknown) => {
    loading = null
    throw cause
  })
  return loading
}

async function load(): Promise<Ranks> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Map(dictionary['passwords-common'].map((text, at) => [text.toLowerCase(), at + 1]))
}
