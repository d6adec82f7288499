// What was written down of what happened. Its secret: an order of its own, which two entries of one moment keep as well.

/** One thing that happened; never a token, a password or an address that a mail went to. */
export type AuditEntry = {
  /** Ascends as entries are written. */
  readonly id: number
  readonly at: number
  readonly type: string
  readonly accountId: string | null
  readonly sid: string | null
  /** Who did it, where that is another than the account: an admin. */
  readonly actorId: string | null
  readonly ip: string | null
  /** What the user agent is called by people: “Firefox on Linux”. */
  readonly device: string | null
  /** A few words of the code's own: the role that was given, the device that was new. */
  readonly detail: string | null
}

/** Which entries: those below `before`, of one account or one type where these are given. */
export type AuditQuery = {
  readonly limit: number
  readonly before: number | null
  readonly accountId: string | null
  readonly type: string | null
}

/** The part of the store that keeps the audit log. */
export type AuditStore = {
  /** All of them, in this order, or none. */
  appendAudit(entries: readonly Omit<AuditEntry, 'id'>[]): Promise<void>
  /** Newest first. */
  listAudit(query: AuditQuery): Promise<readonly AuditEntry[]>
}
