// How servers treat a refresh token that comes twice: the real engine, and doubles of what others do (ROTATION.md).
import { createMemoryStore } from '@latchkey/engine'
import { createConfirm } from '../../src/confirmation.js'
import { createDenylist } from '../../src/denylist.js'
import { createExchange } from '../../src/exchange.js'
import { createPostbox } from '../../src/postbox.js'
import { createRefreshTokens } from '../../src/refresh-token.js'
import { createSessions } from '../../src/sessions.js'
import { readSettings } from '../../src/settings.js'
import { createTickets } from '../../src/tickets.js'
import { clearPasswords } from '../setting.js'

/** What a caller gets: a token of a generation (held: it stays in the jar as it is), or the end of the session. */
type Given = { readonly token: string; readonly gen: number; readonly isHeld?: boolean } | 'ended'

/** Who asks: the person, or a thief who holds the whole jar and comes from another network, or looks just the same. */
export type Caller = 'person' | 'stranger' | 'lookalike'

/** One session on one server. */
export type Server = {
  readonly first: string
  readonly refresh: (token: string, caller: Caller) => Promise<Given>
  /** The first use of an access token of that generation, or the client's ack. */
  readonly ack: (gen: number) => Promise<void>
}

type Clock = { readonly now: () => number }
export type Policy = (clock: Clock) => Promise<Server>

const account = {
  id: 'a',
  email: 'ada@example.com',
  passwordHash: '',
  emailVerified: true,
  displayName: null,
  role: 'user',
  isActive: true,
  createdAt: 0,
} as const
const silent = () => undefined

/** The engine itself: its judgement, its exchange, its store; nothing of it is replaced but the wire. */
export const latchkey: Policy = async (clock) => {
  const store = createMemoryStore({ clock })
  await store.insertAccount(account)
  const settings = readSettings({ store, passwords: clearPasswords, pepper: 'a pepper for simulations' })
  const tokens = createRefreshTokens(settings.peppers)
  const sessions = createSessions({
    store,
    tokens,
    exchange: createExchange(tokens, settings),
    settings,
    clock,
    denylist: createDenylist({ clock, ttl: 600 }),
    endings: { byToken: async () => undefined, byId: async () => false, all: async () => 0 },
    arrival: silent,
    postbox: createPostbox({
      mailer: null,
      tickets: createTickets(store, clock),
      appUrl: '',
      tell: silent,
      afterReply: (work) => work(),
    }),
    tell: silent,
  })
  const { refreshToken, sid, did } = await sessions.open(
    account,
    { userAgent: 'Chrome/140', ip: '203.0.113.7', did: null },
    ['pwd'],
  )
  const confirm = createConfirm(store)
  return {
    first: refreshToken,
    refresh: async (token, caller) => {
      const ip = caller === 'stranger' ? '198.51.100.9' : '203.0.113.7'
      const refreshed = await sessions.refresh(token, { userAgent: 'Chrome/140', ip, did })
      if (refreshed.outcome !== 'issued') return 'ended'
      const { refreshToken: given, gen } = refreshed.issued
      return { token: given, gen, isHeld: refreshed.by === 'debounce' }
    },
    ack: async (gen) => void (await confirm({ sid, gen })),
  }
}

type Spent = { readonly gen: number; readonly at: number; readonly parent: string | null; child: string }
type Book = {
  readonly now: number
  readonly token: string
  readonly spent: ReadonlyMap<string, Spent>
  readonly isLive: boolean
  /** Spends the token and mints a child of it. */
  readonly mint: () => string
  /** Takes a token out of circulation without minting. */
  readonly kill: (token: string) => void
}

/** A double: one rule that answers a token or the end. */
const double =
  (rule: (book: Book) => string | null): Policy =>
  async (clock) => {
    let count = 0
    let over = false
    const live = new Map<string, number>([['t0', 0]])
    const parents = new Map<string, string>()
    const spent = new Map<string, Spent>()
    return {
      first: 't0',
      ack: async () => undefined,
      refresh: async (token) => {
        const now = clock.now()
        const gen = live.get(token) ?? spent.get(token)?.gen ?? 0
        const mint = () => {
          count += 1
          const child = `t${count}`
          live.set(child, gen + 1)
          parents.set(child, token)
          live.delete(token)
          const known = spent.get(token)
          // The window counts from the first use.
          spent.set(token, { gen, at: known?.at ?? now, parent: parents.get(token) ?? null, child })
          return child
        }
        const kill = (dead: string) => void live.delete(dead)
        const given = over ? null : rule({ now, token, spent, isLive: live.has(token), mint, kill })
        over ||= given === null
        return given === null ? 'ended' : { token: given, gen: live.get(given) ?? gen + 1 }
      },
    }
  }

const grace = 30_000

/** Every repeat is theft. */
export const strict = double(({ isLive, mint }) => (isLive ? mint() : null))

/** Within the window each repeat gets a child of its own (Hydra, Auth0 with leeway). */
export const fork = double(({ now, token, spent, isLive, mint }) => {
  if (isLive) return mint()
  return now - (spent.get(token)?.at ?? -Infinity) <= grace ? mint() : null
})

/** Within the window a repeat gets a new child, and the child of before is dead (SuperTokens). */
export const rerotate = double(({ now, token, spent, isLive, mint, kill }) => {
  if (isLive) return mint()
  const known = spent.get(token)
  if (known === undefined || now - known.at > grace || spent.has(known.child)) return null
  kill(known.child)
  return mint()
})

/** Within the window a repeat gets the same child, later it is theft (better-auth). */
export const sameInGrace = double(({ now, token, spent, isLive, mint }) => {
  if (isLive) return mint()
  const known = spent.get(token)
  return known !== undefined && now - known.at <= grace ? known.child : null
})

/** The parent of the newest gets the newest, at any age; any other within ten seconds as well (Supabase). */
export const parentAlways = double(({ now, token, spent, isLive, mint }) => {
  if (isLive) return mint()
  const known = spent.get(token)
  if (known === undefined) return null
  if (!spent.has(known.child)) return known.child
  let newest = known.child
  for (let next = spent.get(newest); next !== undefined; next = spent.get(newest)) newest = next.child
  return now - known.at <= 10_000 ? newest : null
})

/** By the names under which they are printed. */
export const policies: Readonly<Record<string, Policy>> = {
  'strict (any repeat is theft)': strict,
  'fork within 30 s (Hydra-like)': fork,
  're-rotate within 30 s (SuperTokens-like)': rerotate,
  'same successor within 30 s (better-auth-like)': sameInGrace,
  'parent always (Supabase-v2-like)': parentAlways,
  'Latchkey, the real engine': latchkey,
}
