// A browser on a bad network in virtual time: one jar, many tabs, no lock between them. Its secret: events in the order of their time.
import type { Caller, Policy, Server } from './policy.js'

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Event = { readonly at: number; readonly run: () => void | Promise<void> }

/** Runs what was planned, earliest first. */
function openTime() {
  const heap: Event[] = []
  let now = 1_700_000_000_000
  const later = (one: number, other: number): boolean => (heap[one]?.at ?? 0) > (heap[other]?.at ?? 0)
  const swap = (one: number, other: number): void => {
    const [a, b] = [heap[one], heap[other]]
    if (a !== undefined && b !== undefined) [heap[one], heap[other]] = [b, a]
  }
  const plan = (after: number, run: Event['run']): void => {
    let at = heap.push({ at: now + after, run }) - 1
    for (let up = (at - 1) >> 1; at > 0 && later(up, at); up = (at - 1) >> 1) {
      swap(up, at)
      at = up
    }
  }
  const next = (): Event | undefined => {
    swap(0, heap.length - 1)
    const first = heap.pop()
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const small = right < heap.length && later(left, right) ? right : left
      if (small >= heap.length || !later(at, small)) return first
      swap(at, small)
      at = small
    }
  }
  /** Runs until nothing is planned, or until `over`. */
  const run = async (over: () => boolean): Promise<void> => {
    while (heap.length > 0 && !over()) {
      const event = next()
      if (event === undefined) return
      now = event.at
      await event.run()
    }
  }
  return { now: () => now, plan, run }
}

export type Conditions = { readonly tabs: number; readonly loss: number; readonly rounds: number }

const lifetime = 600_000
/** Tabs notice at their own time: timers of hidden ones are late. */
const spread = 60_000
const slowest = 5_000
const attemptTimeout = 8_000
/** Milliseconds between the attempts of one tab, after its timeout. */
const backoff = [0, 8_000, 16_000, 32_000]

/** A person's tabs over so many lifetimes of an access token: true where they were signed out, which nobody wanted. */
export async function isSignedOut(policy: Policy, { tabs, loss, rounds }: Conditions, seed: number): Promise<boolean> {
  const roll = dice(seed)
  const time = openTime()
  const server = await policy(time)
  const jar = { token: server.first }
  let over = false
  for (let round = 0; round < rounds; round += 1) {
    for (let tab = 0; tab < tabs; tab += 1) {
      time.plan(round * lifetime + roll() * spread, () => ask(server, 0))
    }
  }

  function ask({ refresh, ack }: Server, attempt: number): void {
    const token = jar.token
    let answered = false
    time.plan(attemptTimeout, () => {
      const wait = backoff[attempt + 1]
      if (!answered && wait !== undefined) time.plan(wait, () => ask(server, attempt + 1))
    })
    if (roll() < loss) return
    const [there, back, isLost] = [roll() * slowest, roll() * slowest, roll() < loss]
    time.plan(there, async () => {
      const given = await refresh(token, 'person')
      if (isLost) return
      time.plan(back, () => {
        answered = true
        if (given === 'ended') {
          over = true
          return
        }
        if (given.isHeld !== true) jar.token = given.token
        if (roll() >= loss) time.plan(roll() * slowest, () => ack(given.gen))
      })
    })
  }

  await time.run(() => over)
  return over
}

/** How a thief goes about it. */
export type Thief = {
  readonly caller: Exclude<Caller, 'person'>
  /** `own`: by a timer of its own. `shadow`: a second after the person, each time. */
  readonly pace: 'own' | 'shadow'
  /** Whether access tokens are used: the person's by an idle tab are not, a silent thief's neither. */
  readonly acks: boolean
}

/** Milliseconds from the theft until the session ended; null where 48 hours pass. */
export async function timeToDetection(
  policy: Policy,
  { caller, pace, acks }: Thief,
  seed: number,
): Promise<number | null> {
  const roll = dice(seed)
  const time = openTime()
  const server = await policy(time)
  const held = { person: server.first, thief: server.first }
  let detectedAt: number | null = null
  const start = time.now()
  const hours48 = 48 * 3_600_000

  const use = async (who: 'person' | 'thief'): Promise<void> => {
    const given = await server.refresh(held[who], who === 'person' ? 'person' : caller)
    if (given === 'ended') detectedAt ??= time.now() - start
    else {
      held[who] = given.token
      if (acks) await server.ack(given.gen)
    }
  }
  const offset = roll() * lifetime
  for (let at = roll() * lifetime; at < hours48; at += lifetime * (0.9 + roll() * 0.2)) {
    time.plan(at, () => use('person'))
    if (pace === 'shadow') time.plan(at + 1_000, () => use('thief'))
  }
  if (pace === 'own') {
    for (let at = offset; at < hours48; at += lifetime * (0.9 + roll() * 0.2)) time.plan(at, () => use('thief'))
  }
  await time.run(() => detectedAt !== null)
  return detectedAt
}
