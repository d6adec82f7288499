// What differs between the running backends for a person at a browser: routes, and how a session is ended from elsewhere.
import type { BrowserContext, Page } from 'playwright'
import type { ProfileName } from './page.js'
import { password } from './shape.js'

type Elsewhere = { readonly url: string; readonly email: string; readonly page: Page; readonly person: BrowserContext }
export type Flow = {
  readonly profile: ProfileName
  readonly server: 'fastapi' | 'django' | 'betterAuth' | 'oidc' | 'latchkey' | 'latchkeyBody' | 'latchkeyCookieOnly'
  readonly under?: string
  readonly mine: string
  readonly refresh: RegExp
  /** False where accounts are made elsewhere; else what is asked beside an address and a password. */
  readonly registers?: false | { readonly name: string }
  /** False where the session is what expires, and no refresh brings another token. */
  readonly expires?: false
  /** Ends the session behind the page’s back. */
  readonly revoke: (elsewhere: Elsewhere) => Promise<unknown>
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
/** Somebody with a copy of the cookies refreshes first. */
const stealCookies = async ({ url, person }: Elsewhere): Promise<unknown> => {
  const cookies = (await person.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  return fetch(`${url}/auth/refresh`, { method: 'POST', headers: { Cookie: cookies } })
}
const stored = (page: Page): Promise<string> => page.evaluate(() => localStorage.getItem('latchkey:refresh') ?? '')
const logoutAll = (page: Page): Promise<unknown> =>
  page.evaluate(() =>
    window.client.send({ method: 'POST', path: 'auth/logout-all', headers: { 'X-Latchkey': '1' } }).then(() => null),
  )

const fastapi = (path: string, more: Partial<Flow> & Pick<Flow, 'revoke'>): Flow => ({
  profile: `fastapi-${path}` as ProfileName,
  server: 'fastapi',
  under: path,
  mine: 'auth/me',
  refresh: /\/auth\/refresh/,
  ...more,
})
const betterAuth: Flow = {
  profile: 'better-auth',
  server: 'betterAuth',
  mine: 'api/hello',
  refresh: /get-session/,
  registers: { name: 'Ada' },
  expires: false,
  revoke: async ({ page }) =>
    page.evaluate(() =>
      window.client.send({ method: 'POST', path: 'api/auth/revoke-sessions', json: {} }).then(() => null),
    ),
}
const latchkey: Flow = {
  profile: 'latchkey',
  server: 'latchkey',
  mine: 'api/hello',
  refresh: /\/auth\/refresh$/,
  revoke: ({ page }) => logoutAll(page),
}
export const flows: readonly Flow[] = [
  fastapi('cookie', { revoke: stealCookies }),
  fastapi('form', { mine: 'users/me', revoke: stealCookies }),
  fastapi('cookie-only', { mine: 'users/me', revoke: stealCookies }),
  fastapi('envelope', {
    revoke: ({ page, url }) =>
      page.evaluate((me) => window.client.fetch(me, { method: 'DELETE' }).then(() => null), `${url}/auth/me`),
  }),
  fastapi('query', {
    mine: 'notes',
    revoke: async ({ page, url }) => post(`${url}/auth/refresh?token=${await stored(page)}`, {}),
  }),
  {
    profile: 'django',
    server: 'django',
    mine: 'api/me/',
    refresh: /\/token\/refresh\//,
    async revoke({ url, email }) {
      const login = await post(`${url}/api/token/`, { email, password })
      const { access } = (await login.json()) as { access: string }
      return post(`${url}/api/token/blacklist-all/`, {}, { Authorization: `Bearer ${access}` })
    },
  },
  betterAuth,
  { ...betterAuth, profile: 'better-auth-bearer' },
  {
    profile: 'oidc',
    server: 'oidc',
    mine: 'me',
    refresh: /\/token$/,
    registers: false,
    revoke: async ({ url, page }) =>
      fetch(`${url}/token/revocation`, {
        method: 'POST',
        body: new URLSearchParams({ token: await stored(page), client_id: 'web' }),
      }),
  },
  latchkey,
  { ...latchkey, profile: 'latchkey-body', server: 'latchkeyBody' },
  { ...latchkey, profile: 'latchkey-cookie-only', server: 'latchkeyCookieOnly' },
]
