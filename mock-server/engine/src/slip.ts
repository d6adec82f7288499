// The port for what is known for a few minutes and taken once: half-done sign-ins. Its secret: one of many at once gets it (S41).

/** A note under the digest of a secret that somebody else holds. */
export type Slip = {
  /** base64url of SHA-256 of the secret. */
  readonly hash: string
  /** What it is good for; for nothing else (B15). */
  readonly kind: string
  readonly content: string
  readonly expiresAt: number
}

/** The slips' part of a store. */
export type Slips = {
  insertSlip(slip: Slip): Promise<void>
  /** Removes the slip and tells its content: to one of many at once, and to nobody after it expired by the store's own clock. */
  takeSlip(hash: string, kind: string): Promise<string | null>
}
