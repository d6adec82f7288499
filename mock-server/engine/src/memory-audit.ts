// The audit log of the memory store; its secret is that it forgets the oldest rather than grow for ever.
import type { AuditEntry, AuditStore } from './audit-store.js'

const most = 10_000

/** Entries in the order in which they came; `forget` drops those older than a moment and answers how many. */
export function createMemoryAudit(): AuditStore & {
  readonly forget: (before: number, limit: number) => number
  /** Takes what tells where somebody was from all entries of an account, or by it. */
  readonly erase: (accountId: string) => void
} {
  let entries: readonly AuditEntry[] = []
  let count = 0

  return {
    appendAudit: async (more) => {
      const numbered = more.map((entry) => {
        count += 1
        return { id: count, ...entry }
      })
      entries = [...entries, ...numbered].slice(-most)
    },
    listAudit: async ({ limit, before, accountId, type }) =>
      entries
        .filter(
          (entry) =>
            (before === null || entry.id < before) &&
            (accountId === null || entry.accountId === accountId) &&
            (type === null || entry.type === type),
        )
        .slice(-limit)
        .toReversed(),
    erase: (accountId) => {
      entries = entries.map((entry) => {
        if (entry.accountId !== accountId && entry.actorId !== accountId) return entry
        const detail = entry.detail === entry.device ? null : entry.detail
        return { ...entry, ip: null, device: null, detail }
      })
    },
    forget: (before, limit) => {
      const old = new Set(entries.filter(({ at }) => at < before).slice(0, limit))
      entries = entries.filter((entry) => !old.has(entry))
      return old.size
    },
  }
}
