// The part of the store behind which second factors rest. Its secret: each act is one step, so of many at once one wins.

/** The second factor of an account; pending until a first code has proven that an authenticator holds its secret. */
export type Totp = {
  readonly accountId: string
  /** Sealed: a dump of the store makes no codes. */
  readonly secret: string
  readonly confirmedAt: number | null
  /** The newest time step that was accepted; it and those before it are used up (B24). */
  readonly lastStep: number
  /** `selector:hash` of each backup code that is left. */
  readonly backupCodes: readonly string[]
  /** Codes tried since `triesSince`, right ones taken back. */
  readonly tries: number
  readonly triesSince: number
}

/** A question that was put to somebody and may be answered once, as a digest; bound to what it is for (B15). */
export type Challenge = {
  /** base64url of SHA-256 of the challenge's text. */
  readonly hash: string
  readonly purpose: string
  /** Whom it was put to; null where the answer itself says who it is. */
  readonly accountId: string | null
  /** What must still hold when it is answered, in the words of who put it; null for nothing. */
  readonly bond: string | null
  readonly tries: number
  readonly expiresAt: number
}

/** So many tries in so many milliseconds. */
export type TryBudget = { readonly tries: number; readonly within: number }

/** Second factors and the challenges that ask for them. Every method is one transaction; the store's own clock rules. */
export type FactorStore = {
  totpOf(accountId: string): Promise<Totp | null>
  /** Puts a pending one in the place of another pending one; false, and nothing done, where one is confirmed. */
  enrollTotp(accountId: string, secret: string): Promise<boolean>
  /** Confirms the pending one that has that secret, with its first step and codes: one of many at once. */
  confirmTotp(accountId: string, secret: string, step: number, backupCodes: readonly string[]): Promise<boolean>
  /** Takes a try out of the account's budget before the code is looked at; null where nothing is left, or is confirmed. */
  tryTotp(accountId: string, budget: TryBudget): Promise<Totp | null>
  /** Uses a step up and gives the tries back: one of many at once, and none after it for that step or one before (B24). */
  acceptStep(accountId: string, step: number): Promise<boolean>
  /** Uses a backup code up, as it rests, and gives the tries back: one of many at once (B25). */
  spendBackupCode(accountId: string, code: string): Promise<boolean>
  /** False where none is confirmed. */
  replaceBackupCodes(accountId: string, backupCodes: readonly string[]): Promise<boolean>
  /** Puts the secret, sealed anew, in the place of the one that is known; false where another came in between. */
  resealTotp(accountId: string, known: string, sealed: string): Promise<boolean>
  /** Those of accounts after that id, pending ones too, by id: a page for whoever goes through all of them. */
  listTotps(page: { readonly after: string; readonly limit: number }): Promise<readonly Totp[]>
  /** Removes it with its codes; false where none was confirmed. */
  removeTotp(accountId: string): Promise<boolean>

  /** Puts it there, and clears away some that have expired. */
  insertChallenge(challenge: Challenge): Promise<void>
  /** A living challenge that has a try left; null for anything else. */
  findChallenge(hash: string, purpose: string, maxTries: number): Promise<Challenge | null>
  /** Counts a try of a living challenge before its answer is looked at; null where it is none, or has no try left. */
  tryChallenge(hash: string, purpose: string, maxTries: number): Promise<Challenge | null>
  /** Removes a living challenge: one of many at once gets it. */
  spendChallenge(hash: string, purpose: string): Promise<Challenge | null>
  /** Removes what was put to the account. */
  dropChallenges(accountId: string): Promise<void>
}
