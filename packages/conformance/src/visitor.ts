// Somebody at the backend's door who speaks its profile. Its secret: which of the cookies is the refresh token.
import type { Credentials, Profile, WireCall, WireGrant } from '@latchkey/core'
import type { Cookie } from 'tough-cookie'
import type { Browser, Exchange, SendOptions } from './browser.js'
import type { Secrets } from './secrets.js'

export type Visitor = {
  readonly browser: Browser
  /** The newest grant; null before a login. */
  readonly grant: () => WireGrant | null
  readonly login: (credentials: Credentials) => Promise<Exchange>
  /** Presents the refresh token that is held; what comes back is held from then on. */
  readonly refresh: (options?: SendOptions) => Promise<Exchange>
  /** Tells the backend that the rotated token arrived, where it wants to know. */
  readonly acknowledge: () => Promise<void>
  readonly logout: () => Promise<Exchange | null>
  /** One call with the access token that is held. */
  readonly ask: (call: WireCall, options?: SendOptions) => Promise<Exchange>
  /** The refresh token, for comparing and never for printing; null where there is none. */
  readonly refreshToken: () => Promise<string | null>
  readonly refreshCookies: () => Promise<readonly Cookie[]>
  /** The same person's tokens in other hands. */
  readonly copy: () => Promise<Visitor>
}

type Held = {
  readonly grant: WireGrant | null
  readonly refresh: string | undefined
  readonly set: ReadonlySet<string>
}

const nothing: Held = { grant: null, refresh: undefined, set: new Set() }

export function openVisitor(profile: Profile, browser: Browser, secrets: Secrets, start: Held = nothing): Visitor {
  let held = start
  // As the client does: pages send cookies to such backends only.
  const cookies = profile.refreshToken === 'cookie' || profile.bearer === 'cookie'
  const send = (call: WireCall, options?: SendOptions): Promise<Exchange> => browser.send(call, { cookies, ...options })
  const bearer = (): string | null => held.grant?.accessToken ?? null

  /** What has to come first, such as for a CSRF cookie, comes first. */
  async function prepared(call: WireCall, options?: SendOptions): Promise<Exchange> {
    browser.show()
    const first = profile.prepare?.() ?? null
    if (first !== null) await send(first)
    return send(call, options)
  }

  function keep(exchange: Exchange, presented?: string): Exchange {
    if (!exchange.ok) return exchange
    const grant = readGrant(profile, exchange, presented)
    secrets.add(grant?.accessToken)
    secrets.add(grant?.refreshToken)
    const names = exchange.cookies.map(({ key }) => key)
    held = {
      grant: grant ?? held.grant,
      refresh: (profile.refreshToken === 'access' ? grant?.accessToken : grant?.refreshToken) ?? held.refresh,
      set: new Set([...held.set, ...names]),
    }
    return exchange
  }

  async function refreshCookies(): Promise<readonly Cookie[]> {
    if (profile.refreshToken !== 'cookie') return []
    const sent = await browser.cookiesFor(profile.refresh('').path)
    const own = sent.filter(({ key }) => held.set.has(key) && !otherCookies.test(key))
    const named = own.filter(({ key }) => /refresh/i.test(key))
    return named.length > 0 ? named : own
  }

  async function refreshToken(): Promise<string | null> {
    if (isLookedAt(profile)) return null
    if (profile.refreshToken !== 'cookie') return held.refresh ?? null
    const cookies = await refreshCookies()
    return cookies.length === 0 ? null : cookies.map(({ key, value }) => `${key}=${value}`).join('; ')
  }

  return {
    browser,
    grant: () => held.grant,
    refreshCookies,
    refreshToken,
    login: async (credentials) => keep(await prepared(profile.login(credentials))),
    refresh: async (options) => keep(await prepared(profile.refresh(held.refresh), options), held.refresh),
    async acknowledge() {
      const call = profile.acknowledge?.()
      if (call !== undefined) await send(call, { bearer: bearer() })
    },
    async logout() {
      const call = profile.logout?.({ everywhere: false, refreshToken: held.refresh })
      return call === undefined ? null : prepared(call, { bearer: bearer() })
    },
    ask: (call, options) =>
      call.method === 'GET'
        ? send(call, { bearer: bearer(), ...options })
        : prepared(call, { bearer: bearer(), ...options }),
    copy: async () => openVisitor(profile, await browser.copy(), secrets, held),
  }
}

/** Cookies that are no refresh tokens, by how backends name them: against forgery, for access, and for the device. */
const otherCookies = /csrf|xsrf|access|handshake|device|(?:^|[-_])did$/i

/** One session cookie, or one token, that a refresh looks at and never exchanges for another. */
export const isLookedAt = (profile: Profile): boolean =>
  profile.renews === false || (profile.bearer === 'cookie' && profile.refresh().method === 'GET')

/** What the profile reads from an answer; null where it cannot. */
function readGrant(profile: Profile, { json, headers }: Exchange, presented?: string): WireGrant | null {
  try {
    return profile.readGrant(json, headers, presented)
  } catch {
    return null
  }
}
