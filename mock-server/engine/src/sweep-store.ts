// What is thrown away once nobody can need it. Its secret: in small bites, so that no sign-in waits for the cleaning.

/** What has gone by; all moments in milliseconds. */
export type SweepRule = {
  /** Sessions that ended or expired before this, with all their tokens. */
  readonly endedBefore: number
  /** Questions, half-done sign-ins and mail tokens that expired before this; `endedBefore` where absent. */
  readonly expiredBefore?: number
  /** Audit entries older than this. */
  readonly auditBefore: number
  /** Rows of each kind at most. */
  readonly limit: number
}

/** The part of the store that forgets. */
export type SweepStore = {
  /** Deletes one bite, and answers how many rows it was: zero where nothing is left to do. Safe for several at once. */
  sweep(rule: SweepRule): Promise<number>
}
