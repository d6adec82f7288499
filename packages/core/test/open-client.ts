// One client on a fake page, a manual clock and a scripted backend: what most laws start from.
import {
  createAuthClient,
  type AuthClient,
  type AuthClientOptions,
  type AuthEvent,
  type LatchkeyUser,
} from '../src/index.js'
import { fakeBackend, type Backend } from './backend.js'
import { fakeBrowser, type Browser, type Tab } from './browser.js'
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

export function world(options: { readonly lifetime?: number } = {}): World {
  const clock = manualClock()
  return { clock, backend: fakeBackend(clock, options), browser: fakeBrowser() }
}

export const credentials = { email: 'ada@example.com', password: 'correct horse battery' }

export function openClient(
  { backend, clock, browser }: World = world(),
  options: Partial<AuthClientOptions<LatchkeyUser>> = {},
  without: Parameters<Browser['openTab']>[0] = {},
): Opened {
  const tab = browser.openTab(without)
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
