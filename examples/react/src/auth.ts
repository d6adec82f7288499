// The one client of this app, and who is asked for a session: once, when the app starts.
import { createAuthClient } from '@latchkey/core'
import { createHttp } from '@latchkey/core/http'

const { protocol, hostname } = window.location
const apiURL: string = import.meta.env.VITE_API_URL ?? `${protocol}//${hostname}:8787`

export const auth = createAuthClient({ baseURL: apiURL })

/** ky with the access token: `http.get('api/hello')`. */
export const http = createHttp(auth)

void auth.restore()
