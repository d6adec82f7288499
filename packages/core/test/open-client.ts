// One client on a fake page, a manual clock and a scripted backend: what most laws start from.
import {
  createAuthClient,
  type AuthClient,
  type AuthClientOptions,
  type AuthEvent,
  type LatchkeyUser,
} from '../src/index.js'
import { fakeBackend, type Backend } from './backend.js'
import { fakeBrowser, type Browser, type Tab, type Without } from './browser.js'
import { manualClock, type ManualClock } from './manual-clock.js'

export type Opened = {
  readonly auth: AuthClient
  readonly events: AuthEvent[]
  readonly backend: Backend
  readonly clock: ManualClock
  readonly browser: Browser
  readonly tab: Tab
}

export type World = { readonly backend: Backend; readonly clock: ManualClock; readonly browser: Browser }

/** `latency`: milliseconds that messages between tabs take; `storageLatency`: what one tab stores, to the others. */
export function world({
  latency,
  storageLatency,
  ...options
}: { readonly lifetime?: number; readonly latency?: number; readonly storageLatency?: number } = {}): World {
  const clock = manualClock()
  const later = (ms: number) => (call: () => void) => void clock.after(ms, call)
  const browser = fakeBrowser({
    ...(latency !== undefined && { deliver: later(latency) }),
    ...(storageLatency !== undefined && { deliverStorage: later(storageLatency) }),
  })
  return { clock, backend: fakeBackend(clock, options), browser }
}

export const credentials = { email: 'ada@example.com', password: 'correct horse battery' }

export function openClient(
  { backend, clock, browser }: World = world(),
  options: Partial<AuthClientOptions<LatchkeyUser>> = {},
  without: Without = {},
  tab: Tab = browser.openTab(without),
): Opened {
  const auth = createAuthClient({
    baseURL: 'https://api.test',
    fetch: backend.fetch,
    clock,
    page: tab.page,
    random: () => 0.5,
    ...options,
  })
  const events: AuthEvent[] = []
  auth.on((event) => events.push(event))
  return { auth, events, backend, clock, browser, tab }
}

/** Somebody signed in already, in this many tabs. */
export async function signedIn(
  given: World = world(),
  options: Partial<AuthClientOptions<LatchkeyUser>> = {},
  without: Without = {},
): Promise<Opened> {
  const opened = openClient(given, options, without)
  await opened.auth.login(credentials)
  return opened
}

/** So many tabs of one browser, all signed in by the login of the first. */
export async function signedInTabs(
  count: number,
  given: World = world(),
  options: Partial<AuthClientOptions<LatchkeyUser>> = {},
): Promise<readonly [Opened, ...Opened[]]> {
  const first = await signedIn(given, options)
  const others = Array.from({ length: count - 1 }, () => openClient(given, options))
  const restored = Promise.all(others.map(({ auth }) => auth.restore()))
  await given.clock.advance(2_000)
  await restored
  return [first, ...others]
}

export const project = 'https://api.test/projects'
