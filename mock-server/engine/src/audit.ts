// Writes down what happened. Its secret: replies never wait for it, and a store that is away for a while loses nothing.
import type { AuditEntry, AuditStore } from './audit-store.js'
import type { EngineEvent } from './event.js'
import { StoreUnavailable } from './store.js'

type Line = Omit<AuditEntry, 'id'>

/** Takes events in, and writes them as soon as the store takes them. */
export type Audit = {
  readonly write: (event: EngineEvent) => void
  /** Settles when everything that was taken in is written, or the store has refused once more. */
  readonly settled: () => Promise<void>
}

/** The pulse of every living session is no news, and would double the writes of a refresh: metrics count it. */
const unwritten: ReadonlySet<string> = new Set(['refreshed'])
const batch = 100
const most = 5_000

/** The longest words that are written down. */
const maxDetail = 200

/** An audit log in the store. Of entries that wait for a lost store it keeps 5,000, and then says how many are missing. */
export function createAudit(store: AuditStore): Audit {
  const waiting: Line[] = []
  let missing = 0
  let writing: Promise<void> | null = null

  const take = (line: Line): void => {
    waiting.push(line)
    if (waiting.length <= most) return
    waiting.shift()
    missing += 1
  }

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lines = waiting.splice(0, batch)
      const gap = missing
      try {
        await store.appendAudit(gap === 0 ? lines : [gapOf(gap, lines), ...lines])
        missing -= gap
      } catch (cause) {
        if (cause instanceof StoreUnavailable) waiting.unshift(...lines)
        // The store will never take these: the rest must not wait behind them.
        else missing += lines.length
        return
      }
    }
  }

  const begin = (): Promise<void> => {
    writing ??= drain().finally(() => {
      writing = null
    })
    return writing
  }

  return {
    write: (event) => {
      if (unwritten.has(event.type)) return
      take(lineOf(event))
      void begin()
    },
    settled: async () => {
      await writing
      if (waiting.length > 0) await begin()
    },
  }
}

const lineOf = ({ type, at, accountId, sid, actorId, ip, device, detail }: EngineEvent): Line => ({
  type,
  at,
  accountId,
  sid,
  actorId: actorId ?? null,
  ip: ip ?? null,
  device: device ?? null,
  detail: detail?.slice(0, maxDetail) ?? null,
})

const gapOf = (missing: number, [next]: readonly Line[]): Line => ({
  type: 'audit_gap',
  at: next?.at ?? 0,
  accountId: null,
  sid: null,
  actorId: null,
  ip: null,
  device: null,
  detail: `${missing} entries are missing`,
})
