// Which tokens are of one family, as far as this process has seen them. Its secret: it may forget, and only costs a wait.

/** Remembers the family of a token's digest. */
export type Kin = {
  readonly of: (hash: string) => string | null
  readonly learn: (hash: string, familyId: string) => void
}

/** The last `most` tokens; with them, all refreshes of one family queue in one lane before any takes a connection (S16). */
export function createKin(most = 20_000): Kin {
  const families = new Map<string, string>()
  return {
    of: (hash) => families.get(hash) ?? null,
    learn: (hash, familyId) => {
      families.delete(hash)
      families.set(hash, familyId)
      const [oldest] = families.keys()
      if (families.size > most && oldest !== undefined) families.delete(oldest)
    },
  }
}
