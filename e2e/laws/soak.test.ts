// A working day of twenty tabs on a bad network, in virtual time: the client and the real engine, and nothing between.
import { expect, it } from 'vitest'
import { createAuthClient, type AuthClient } from '@latchkey/core'
import { createEngine, createMemoryStore } from '@latchkey/engine'
import { fakeBrowser, type Tab } from '../../packages/core/test/browser.js'
import { manualClock, settle, type ManualClock } from '../../packages/core/test/manual-clock.js'
import { clearPasswords } from './admin.js'

const [second, minute, hour] = [1_000, 60_000, 3_600_000]
const account = { email: 'ada@example.com', password: 'a correct horse battery' }
const origin = 'https://api.example.com'

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

type Server = {
  readonly clock: ManualClock
  readonly fetch: typeof globalThis.fetch
  readonly exchanges: () => number
  readonly lost: () => number
  /** From now on so many of a hundred messages are lost. */
  readonly lose: (share: number) => void
}

/** The engine behind a network that loses a share of the requests and as many of the replies, and one cookie jar. */
function openServer(roll: () => number): Server {
  let loss = 0
  let [underWay, exchanges, lost] = [0, 0, 0]
  const jar = new Map<string, string>()
  const isBusy = (): boolean => underWay > 0
  const idle = async (): Promise<void> => {
    while (isBusy()) await settle()
    await settle()
  }
  const clock = manualClock(1_700_000_000_000, idle)
  const engine = createEngine({ store: createMemoryStore({ clock }), clock, passwords: clearPasswords })
  const travel = (): Promise<void> => new Promise((resolve) => void clock.after(20 + roll() * 280, resolve))
  const isLost = (): boolean => {
    const unlucky = roll() < loss / 2
    if (unlucky) lost += 1
    return unlucky
  }

  async function answer(request: Request): Promise<Response> {
    await travel()
    if (isLost()) throw new TypeError('Failed to fetch')
    const { pathname } = new URL(request.url)
    if (pathname === '/auth/refresh') exchanges += 1
    underWay += 1
    const text = await request.text()
    const headers = { ...Object.fromEntries(request.headers), cookie: [...jar.values()].join('; ') }
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    const call = { method: request.method, path: pathname, query: {}, headers, body, ip: '127.0.0.1' }
    const reply = await engine.answer(call).finally(() => {
      underWay -= 1
    })
    await travel()
    if (isLost()) throw new TypeError('Failed to fetch')
    for (const [pair = ''] of engine.setCookies(reply).map((each) => each.split(';')))
      jar.set(pair.split('=')[0] ?? '', pair)
    return new Response(reply.body === undefined ? null : JSON.stringify(reply.body), {
      status: reply.status,
      headers: reply.headers,
    })
  }

  return {
    clock,
    exchanges: () => exchanges,
    lost: () => lost,
    lose: (share) => void (loss = share / 100),
    fetch: (input, init) => {
      const request = new Request(input, init)
      const aborted = new Promise<never>((_, reject) =>
        request.signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
      )
      return Promise.race([aborted, answer(request)])
    },
  }
}

type Day = {
  readonly exchanges: number
  readonly ends: readonly string[]
  readonly lost: number
  readonly failed: number
}

/** One tab is in front at a time, as in a browser; each calls the API now and then; now and then one is reloaded. */
async function liveThrough(tabs: number, seed: number): Promise<Day> {
  const roll = dice(seed)
  const { clock, fetch, exchanges, lost, lose } = openServer(roll)
  const browser = fakeBrowser({ deliver: (call) => void clock.after(5 + roll() * 45, call) })
  const ends: string[] = []
  let failed = 0
  const open = (): { readonly auth: AuthClient; readonly tab: Tab } => {
    const tab = browser.openTab()
    const auth = createAuthClient({ baseURL: origin, fetch, clock, page: tab.page, random: roll })
    auth.on((event) => {
      if (event.type === 'expired' || event.type === 'logout') ends.push(`${event.type}: ${event.reason}`)
    })
    return { auth, tab }
  }
  const seats = Array.from({ length: tabs }, open)
  const signedIn = seats[0]?.auth.register(account)
  await clock.advance(minute)
  await signedIn
  const restored = Promise.all(seats.map(({ auth }) => auth.ready()))
  await clock.advance(minute)
  await restored
  lose(5)
  const show = (front: number): void =>
    seats.forEach(({ tab }, index) => (index === front ? tab.show() : tab.page.hidden() || tab.hide()))

  for (let passed = 0; passed < 8 * hour; passed += minute) {
    if (roll() < 0.2) show(Math.floor(roll() * tabs))
    const caller = seats[Math.floor(roll() * tabs)]
    if (caller !== undefined)
      caller.auth.fetch(`${origin}/auth/me`).then(
        ({ ok }) => void (ok || (failed += 1)),
        () => undefined,
      )
    const reloaded = Math.floor(roll() * tabs)
    if (roll() < 0.01 && tabs > 1) {
      seats[reloaded]?.tab.leave()
      seats[reloaded]?.auth.dispose()
      const seat = open()
      seats[reloaded] = seat
      void seat.auth.ready()
    }
    await clock.advance(minute)
  }
  await clock.advance(30 * second)
  for (const { auth } of seats)
    if (auth.$session.get().status !== 'authenticated') ends.push(auth.$session.get().status)
  for (const { auth } of seats) auth.dispose()
  return { exchanges: exchanges(), ends, lost: lost(), failed }
}

it.each([1, 2, 3])(
  'soak: twenty tabs, eight hours, a twentieth of all messages lost (day %d): nobody is logged out, and the exchanges are those of one tab',
  async (seed) => {
    const many = await liveThrough(20, seed)
    const one = await liveThrough(1, seed + 100)
    expect(many.lost).toBeGreaterThan(10)
    expect(many.ends).toEqual([])
    expect(one.ends).toEqual([])
    expect(many.failed).toBe(0)
    expect(many.exchanges / one.exchanges).toBeGreaterThan(0.9)
    expect(many.exchanges / one.exchanges).toBeLessThan(1.1)
  },
)
