// The page under test: a client at `window.auth`, the private data on show, and a record of everything that was shown.
import {
  createAuthClient,
  latchkey,
  webStorage,
  type AuthClient,
  type AuthClientOptions,
  type LatchkeyUser,
} from '@latchkey/core'
import { diagnose } from '@latchkey/core/diagnose'
import { storedKey } from '@latchkey/core/dpop'
import { workerFetch } from '@latchkey/core/worker'

/** What the page shows at a moment: the user's email, or that nobody is signed in. */
export type Shown = { readonly at: 'render' | 'pageshow' | 'frame'; readonly persisted: boolean; readonly text: string }

declare global {
  interface Window {
    auth: AuthClient
    shown: Shown[]
    storedKey: typeof storedKey
    diagnose: typeof diagnose
  }
}

const settings = new URL(location.href).searchParams
const jitterless = settings.has('jitterless')

if (settings.has('lockless')) Object.defineProperty(navigator, 'locks', { value: undefined })
if (settings.has('deaf')) Reflect.deleteProperty(globalThis, 'BroadcastChannel')

const baseURL = settings.get('api') ?? '/'

/** Where a body profile's refresh token rests; nothing for a cookie profile. */
function rest(): Partial<AuthClientOptions<LatchkeyUser>> {
  const profile = latchkey({ refreshToken: 'body' })
  const script = `/worker.js?${new URLSearchParams({ api: baseURL })}`
  const storage = webStorage(() => localStorage)
  if (settings.has('stored')) return { profile, storage }
  if (settings.has('worker')) return { profile, fetch: workerFetch(new Worker(script), { baseURL }) }
  if (settings.has('shared'))
    return { profile, storage, fetch: workerFetch(new SharedWorker(script).port, { baseURL }) }
  // An app's own wrapper that forgets what it was asked for.
  if (settings.has('careless')) return { fetch: (input, init) => fetch(input, { ...init, credentials: 'same-origin' }) }
  return {}
}

window.shown = []
window.storedKey = storedKey
window.diagnose = diagnose
window.auth = createAuthClient({
  baseURL,
  ...rest(),
  refresh: { proactive: settings.has('always') ? 'always' : 'visible' },
  ...(jitterless ? { random: () => 0 } : {}),
})

const text = (): string => document.querySelector('main')?.textContent ?? ''
const see = (at: Shown['at'], persisted = false): void => void window.shown.push({ at, persisted, text: text() })

window.auth.$session.subscribe((session) => {
  const main = document.querySelector('main')
  if (main) main.textContent = session.status === 'authenticated' ? `private: ${session.user.email}` : session.status
  see('render')
})
// Listens after the client does: what stands here is what the person sees first.
addEventListener('pageshow', ({ persisted }) => {
  see('pageshow', persisted)
  requestAnimationFrame(() => see('frame', persisted))
})
void window.auth.ready()
