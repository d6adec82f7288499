// Says in words why a session does not survive a reload; its secret is what a page can conclude about a cookie that it
// cannot see.
import { cookieReason, isLoopback, type Finding, type Places } from './cookie-reasons.js'
import { AuthError, isAuthError, latchkey, type AuthClient, type Profile } from './index.js'

export { type Finding } from './cookie-reasons.js'

export type Diagnosis = { readonly ok: boolean; readonly findings: readonly Finding[] }

/** What is looked at beside the client; the page's own by default. */
export type Surroundings = {
  /** The client's own; Latchkey's by default. */
  readonly profile?: Pick<Profile, 'refresh' | 'refreshToken' | 'isRefused'>
  readonly href?: string
  /** Origins of the pages that this one is framed in. */
  readonly ancestors?: readonly string[]
  readonly cookieEnabled?: boolean
  readonly fetch?: typeof globalThis.fetch
}

type Client = Pick<AuthClient, 'baseURL' | 'timeline'> & {
  readonly refresh: () => Promise<unknown>
  readonly $session: { readonly get: () => { readonly status: string } }
  readonly $refresh: { readonly get: () => { readonly error: AuthError | null } }
}

/**
 * Runs one refresh round trip and concludes why the cookie did or did not come back. Log in first: without a session
 * there is nothing to come back. One exchange; where it fails, one or two requests more, past the client.
 */
export async function diagnose(auth: Client, around: Surroundings = {}): Promise<Diagnosis> {
  const { profile = latchkey(), href = location.href, fetch = globalThis.fetch } = around
  const api = new URL(auth.baseURL, href)
  const places = {
    page: new URL(href),
    api,
    ancestors: (around.ancestors ?? framedBy()).map((origin) => new URL(origin)),
  }
  const error = await auth.refresh().then(() => auth.$refresh.get().error, asAuthError)
  if (error === null && auth.$session.get().status === 'authenticated') {
    return {
      ok: true,
      findings: [{ code: 'cookie-came-back', message: 'The refresh token came back and was accepted.' }],
    }
  }
  const ask = asker(profile, api, fetch)
  if (error === null) return { ok: false, findings: await whyNoCookie(auth, places, around, ask) }
  if (error.status === undefined) return { ok: false, findings: await whyNoAnswer(places, fetch, ask) }
  // A server that lets no cookie in from another site says so before it looks for one.
  const reason = error.status === 403 ? cookieReason(places) : null
  return { ok: false, findings: [reason ?? answered(error)] }
}

/** The refresh once more, past the client and its `fetch` option; null where no answer comes. */
type Ask = (credentials: RequestCredentials) => Promise<{ readonly ok: boolean; readonly isKnown: boolean } | null>

function asker(profile: NonNullable<Surroundings['profile']>, api: URL, fetch: typeof globalThis.fetch): Ask {
  const { method, path, headers = {} } = profile.refresh()
  const url = new URL(path, api.href.replace(/\/*$/, '/'))
  return async (credentials) => {
    try {
      const response = await fetch(url, { method, headers, credentials, cache: 'no-store' })
      const body: unknown = await response.json().catch(() => null)
      const refused = profile.isRefused(response.status, body)
      return { ok: response.ok, isKnown: typeof refused === 'string' && refused !== 'no-session' }
    } catch {
      return null
    }
  }
}

async function whyNoCookie(
  auth: Client,
  places: Places,
  { profile = latchkey(), cookieEnabled = navigator.cookieEnabled }: Surroundings,
  ask: Ask,
): Promise<readonly Finding[]> {
  const signedIn = auth.timeline().some((event) => event.type === 'login' && /^(login|register|mfa)$/.test(event.via))
  const notSignedIn: Finding = {
    code: 'not-signed-in',
    message: 'The server saw no session. If nobody has logged in yet, that is right: log in and ask again.',
  }
  if (profile.refreshToken !== 'cookie') return [notSignedIn]
  const answer = await ask('include')
  if (answer?.ok) {
    const message =
      'With credentials the server knows the session, without them it cannot: the client’s fetch option drops them. It must pass on credentials: "include".'
    return [{ code: 'credentials', message }]
  }
  if (answer?.isKnown)
    return [{ code: 'session-over', message: 'The cookie came back, and the server says that its session is over.' }]
  const reason = cookieReason(places)
  if (reason !== null) return [reason]
  if (!cookieEnabled) return [{ code: 'cookies-blocked', message: 'This browser keeps no cookies for this page.' }]
  const { api } = places
  const message = `The cookie’s Path must cover ${new URL(profile.refresh().path, api.href.replace(/\/*$/, '/')).pathname}, its Domain ${api.hostname}, and login must have been called with credentials included.`
  return signedIn ? [{ code: 'cookie-path', message }] : [notSignedIn, { code: 'cookie-path', message }]
}

async function whyNoAnswer(
  { page, api }: Places,
  fetch: typeof globalThis.fetch,
  ask: Ask,
): Promise<readonly Finding[]> {
  if (page.protocol === 'https:' && api.protocol === 'http:' && !isLoopback(api)) {
    return [{ code: 'mixed-content', message: `An https page may not call ${api.origin}. Serve the API over https.` }]
  }
  if (page.origin !== api.origin && (await ask('omit')) !== null) {
    const message = `${api.origin} answers this page without cookies, but not with them: it must send Access-Control-Allow-Credentials: true, and Access-Control-Allow-Origin: ${page.origin}, not *.`
    return [{ code: 'cors-credentials', message }]
  }
  const isThere = await fetch(api, { mode: 'no-cors', credentials: 'omit' }).then(
    () => true,
    () => false,
  )
  const found: Finding[] = []
  if (!isThere)
    found.push({
      code: 'server-unreachable',
      message: `${api.origin} does not answer. Is it running, and the device online?`,
    })
  // Cross-Origin-Resource-Policy makes a server that runs look like one that does not.
  if (page.origin !== api.origin) {
    found.push({
      code: 'cors-refused',
      message: `${isThere ? '' : 'If it is: '}${api.origin} must send Access-Control-Allow-Origin: ${page.origin} (not *), Access-Control-Allow-Credentials: true, and allow the headers x-latchkey, authorization and content-type.`,
    })
  }
  return found
}

function asAuthError(error: unknown): AuthError {
  return isAuthError(error)
    ? error
    : new AuthError('protocol_error', 'The refresh failed unexpectedly.', { cause: error })
}

function answered(error: AuthError): Finding {
  const message = `The server answered ${error.status} to the refresh: ${error.message} A CSRF rule may not list this origin, or the profile may not fit.`
  return { code: 'misconfigured', message }
}

/** The origins above this page; of Firefox, which lists none, the one that it was opened from. */
function framedBy(): readonly string[] {
  const { top, self, location, document } = globalThis as unknown as Window & typeof globalThis
  if (top === self) return []
  const { ancestorOrigins } = location as { readonly ancestorOrigins?: ArrayLike<string> }
  return (ancestorOrigins === undefined ? [document.referrer] : Array.from(ancestorOrigins)).filter((url) =>
    URL.canParse(url),
  )
}
