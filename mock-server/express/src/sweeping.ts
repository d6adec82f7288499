// When what has gone by is thrown away. Its secret: small bites, one after the other, and never for ever.
import type { EngineClock, SweepStore } from '@latchkey/engine'

const day = 86_400_000
/** How long an ended session is remembered: a copied token that is shown late is told from one that never was, and a device is not new again. */
const endedDays = 90
/** A day and not at once: clocks of servers and database differ, and nobody waits for the room. */
const expiredDays = 1
const bite = 500
const mostBites = 1_000
const hour = 3_600_000

/** Throws away what nobody can need any more, and answers how many rows it was. */
export async function sweep(
  store: SweepStore,
  { clock, auditDays }: { readonly clock: EngineClock; readonly auditDays: number },
): Promise<number> {
  const now = clock.now()
  const rule = {
    endedBefore: now - endedDays * day,
    expiredBefore: now - expiredDays * day,
    auditBefore: now - auditDays * day,
    limit: bite,
  }
  let gone = 0
  for (let bites = 0; bites < mostBites; bites += 1) {
    const count = await store.sweep(rule)
    gone += count
    if (count === 0) break
  }
  return gone
}

/** Does the work every hour, at a minute of its own so that several processes take turns; the answer stops it, after the work in hand. */
export function everyHour(work: () => Promise<void>): () => Promise<void> {
  let busy: Promise<void> = Promise.resolve()
  const run = () => {
    busy = work()
  }
  let timer = setTimeout(() => {
    run()
    timer = setInterval(run, hour).unref()
  }, Math.random() * hour).unref()
  return async () => {
    clearTimeout(timer)
    await busy
  }
}
