// Sends as a page of one origin would, with a cookie jar of its own. Its secret: what a browser adds to a request.
import type { Profile, WireCall } from '@latchkey/core'
import { Cookie, CookieJar } from 'tough-cookie'
import { showPage } from './page-cookies.js'
import type { Secrets } from './secrets.js'

/** One request and its answer. */
export type Exchange = {
  /** `POST auth/login`, without the query, which can bear tokens. */
  readonly call: string
  readonly status: number
  readonly ok: boolean
  readonly headers: Headers
  readonly cookies: readonly Cookie[]
  readonly content: string
  /** Undefined where the answer is not JSON, nor a text that the profile reads. */
  readonly json: unknown
}

export type SendOptions = {
  /** The page's origin; null for a request that says none. */
  readonly origin?: string | null
  readonly bearer?: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** In place of what the call spells. */
  readonly body?: string
  readonly cookies?: boolean
  /** Sent by another site's page, which reads none of the cookies that go along. */
  readonly foreign?: true
}

export type Browser = {
  readonly send: (call: WireCall, options?: SendOptions) => Promise<Exchange>
  /** From now on profiles read the cookies of this browser. */
  readonly show: () => void
  /** A `fetch` for the real client, with this jar. */
  readonly fetch: typeof globalThis.fetch
  readonly url: (path: string) => string
  readonly cookiesFor: (path: string) => Promise<readonly Cookie[]>
  /** Another browser with the same cookies, as a thief has it. */
  readonly copy: () => Promise<Browser>
}

/** The server did not answer; the message names the call, and no more. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

export type World = {
  readonly profile: Profile
  readonly baseURL: string
  readonly origin: string
  readonly secrets: Secrets
  readonly timeout: number
}

// Secure cookies over plain http are for loopback here as they are in browsers; prefixes are judged by a check.
const newJar = (): CookieJar =>
  new CookieJar(undefined, { rejectPublicSuffixes: false, prefixSecurity: 'unsafe-disabled' })

export function openBrowser(world: World, jar: CookieJar = newJar()): Browser {
  const { secrets, timeout, profile } = world
  const base = world.baseURL.endsWith('/') ? world.baseURL : `${world.baseURL}/`
  const url = (path: string): string => new URL(path, base).href

  async function exchange(request: Request, withCookies: boolean): Promise<Response> {
    const cookie = await jar.getCookieString(request.url)
    if (withCookies && cookie !== '') request.headers.set('Cookie', cookie)
    const { pathname } = new URL(request.url)
    const response = await globalThis
      .fetch(request, { signal: AbortSignal.timeout(timeout) })
      .catch((error: unknown) => {
        throw new Unanswered(`No answer to ${request.method} ${pathname}.`, { cause: error })
      })
    for (const line of response.headers.getSetCookie()) {
      const cookie = Cookie.parse(line)
      secrets.add(cookie?.value)
      if (withCookies) await jar.setCookie(line, request.url, { ignoreError: true })
    }
    return response
  }

  const show = (): void =>
    showPage(() =>
      jar
        .getCookiesSync(base)
        .filter(({ httpOnly }) => !httpOnly)
        .map((cookie) => cookie.cookieString())
        .join('; '),
    )

  return {
    url,
    show,
    cookiesFor: (path) => jar.getCookies(url(path)),
    async send(call, options = {}) {
      show()
      const response = await exchange(requestOf(call, url(call.path), options, world), options.cookies !== false)
      const content = await response.text()
      const parsed = parse(content)
      const json = parsed === undefined && content !== '' ? profile.readText?.(content, response.status) : parsed
      const status =
        json === undefined ? response.status : (profile.statusOf?.(response.status, json) ?? response.status)
      return {
        call: `${call.method} ${new URL(url(call.path)).pathname}`,
        status,
        ok: status >= 200 && status < 300,
        headers: response.headers,
        cookies: response.headers.getSetCookie().flatMap((line) => Cookie.parse(line) ?? []),
        content,
        json,
      }
    },
    async fetch(input, init) {
      const request = new Request(input, { ...init, redirect: 'manual' })
      if (!request.headers.has('Origin')) request.headers.set('Origin', world.origin)
      return exchange(request, request.credentials === 'include')
    },
    copy: async () => openBrowser(world, await jar.clone()),
  }
}

function requestOf(call: WireCall, url: string, options: SendOptions, { origin, profile }: World): Request {
  const bearer = call.bare ? null : (options.bearer ?? null)
  const own = options.foreign === true ? {} : profile.attach?.(bearer)
  const attached = own ?? (bearer === null ? {} : { Authorization: `Bearer ${bearer}` })
  const headers = new Headers({ Accept: 'application/json', ...attached, ...call.headers, ...options.headers })
  const from = options.origin === undefined ? origin : options.origin
  if (from !== null) headers.set('Origin', from)
  if (call.json !== undefined && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  const spelled = call.json !== undefined ? JSON.stringify(call.json) : call.form && new URLSearchParams(call.form)
  const body = options.body ?? spelled
  const query = call.query === undefined ? '' : `${url.includes('?') ? '&' : '?'}${new URLSearchParams(call.query)}`
  const bears = body !== undefined && call.method !== 'GET'
  return new Request(url + query, { method: call.method, headers, redirect: 'manual', ...(bears && { body }) })
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content) as unknown
  } catch {
    return undefined
  }
}
