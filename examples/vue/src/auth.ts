// The one client of this app, and who is asked for a session: once, when the app starts.
import { createAuthClient } from '@latchkey/core'
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

void auth.restore()
