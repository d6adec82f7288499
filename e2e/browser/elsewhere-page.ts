// A page that signs in by any transport and at a provider: a client and an account at `window`, and what each return brought.
import { createAuthClient, latchkey, type AuthClient } from '@latchkey/core'
import { createAccount, type Account, type Returned } from '@latchkey/core/account'

declare global {
  interface Window {
    latchkeyClient: AuthClient
    account: Account
    brought: Promise<Returned<unknown> | null>
    /** The address as the first script after the client saw it. */
    seen: string
  }
}

const settings = new URL(location.href).searchParams
const transport = settings.get('transport')

window.latchkeyClient = createAuthClient({
  baseURL: settings.get('api') ?? '/',
  profile: latchkey({ transport: transport === 'body' || transport === 'cookie-only' ? transport : 'cookie' }),
})
window.account = createAccount(window.latchkeyClient)
window.brought = window.account.returned()
window.brought.catch(() => undefined)
window.seen = location.href

window.latchkeyClient.$session.subscribe((session) => {
  const main = document.querySelector('main')
  if (main) main.textContent = session.status === 'authenticated' ? `signed in: ${session.user.email}` : session.status
})
async function look(): Promise<void> {
  const brought = await window.brought
  if (brought?.status !== 'authenticated') await window.latchkeyClient.restore()
}
look().catch(() => undefined)
