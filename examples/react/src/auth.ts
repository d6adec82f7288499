// The one client of this app, and who is asked for a session: once, when the app starts.
import { createAuthClient, isAuthError } from '@latchkey/core'
import { createAccount } from '@latchkey/core/account'
import { createHttp } from '@latchkey/core/http'

const { protocol, hostname } = window.location
const apiURL: string = import.meta.env.VITE_API_URL ?? `${protocol}//${hostname}:8787`
const idleSeconds = Number(import.meta.env.VITE_IDLE_SECONDS ?? 15 * 60)

export const auth = createAuthClient({
  baseURL: apiURL,
  idle: { after: idleSeconds * 1000, warn: Math.min(60, idleSeconds / 2) * 1000 },
})

/** ky with the access token: `http.get('api/hello')`. */
export const http = createHttp(auth)

/** The calls of the account's own pages. */
export const account = createAccount(auth)

/** What a return from a provider came to; null where this page is none. It is out of the address before the router looks. */
export const returned = comeBack()

async function comeBack() {
  const back = await account.returned().catch(linkLater).catch(asFailed)
  if (back?.status !== 'authenticated') await auth.restore()
  return back && { ...back, generation: auth.$session.get().generation }
}

/** A link wants a fresh login: it waits for one, which the page asks for. */
async function linkLater(error: unknown) {
  if (!isAuthError(error, 'step_up_required')) throw error
  return auth.withStepUp(account.returned)
}

function asFailed(error: unknown) {
  if (!isAuthError(error)) throw error
  return { status: 'failed', code: error.code, said: error.message } as const
}

/** What to say of a sign-in elsewhere that failed; nothing to whoever cancelled it. */
export function failureOf({ code, said }: { readonly code: string; readonly said?: string }): string | null {
  if (code === 'cancelled') return null
  return failures[code] ?? said ?? 'That sign-in did not work. Try it again.'
}

const failures: Readonly<Record<string, string>> = {
  link_required: 'An account has that address already. Log in with its password.',
  email_unverified: 'The provider has not confirmed your address. Log in with a password.',
  account_disabled: 'That account is closed.',
}
