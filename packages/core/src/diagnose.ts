// Says in words why a session does not survive a reload; its secret is what a page can conclude about a cookie that it
// cannot see.
import { AuthError, isAuthError, type AuthClient } from './index.js'

/** One thing that was found, as a stable name and a sentence that says what to do. */
export type Finding = {
  readonly code:
    | 'cookie-came-back'
    | 'not-signed-in'
    | 'cookies-blocked'
    | 'third-party'
    | 'mixed-scheme'
    | 'insecure-api'
    | 'cors-refused'
    | 'server-unreachable'
    | 'mixed-content'
    | 'misconfigured'
    | 'cookie-path'
  readonly message: string
}

export type Diagnosis = { readonly ok: boolean; readonly findings: readonly Finding[] }

/** What is looked at beside the client; the page's own by default. */
export type Surroundings = {
  readonly href?: string
  readonly cookieEnabled?: boolean
  readonly fetch?: typeof globalThis.fetch
}

/**
 * Runs one refresh round trip and concludes why the cookie did or did not come back. Log in first: without a session
 * there is nothing to come back. One exchange, and one request without credentials where that one gets no answer.
 */
export async function diagnose<User>(
  auth: Pick<AuthClient<User>, 'baseURL' | 'refresh' | '$session' | '$refresh'>,
  { href = location.href, cookieEnabled = navigator.cookieEnabled, fetch = globalThis.fetch }: Surroundings = {},
): Promise<Diagnosis> {
  const [page, api] = [new URL(href), new URL(auth.baseURL, href)]
  const error = await auth.refresh().then(() => auth.$refresh.get().error, asAuthError)
  if (error === null && auth.$session.get().status === 'authenticated') {
    return {
      ok: true,
      findings: [{ code: 'cookie-came-back', message: 'The refresh token came back and was accepted.' }],
    }
  }
  if (error === null) return { ok: false, findings: whyNoCookie(page, api, cookieEnabled) }
  if (error.status !== undefined) return { ok: false, findings: [answered(error)] }
  return { ok: false, findings: [await whyNoAnswer(page, api, fetch)] }
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

async function whyNoAnswer(page: URL, api: URL, fetch: typeof globalThis.fetch): Promise<Finding> {
  if (page.protocol === 'https:' && api.protocol === 'http:' && !isLoopback(api)) {
    return { code: 'mixed-content', message: `An https page may not call ${api.origin}. Serve the API over https.` }
  }
  const isThere = await fetch(api, { mode: 'no-cors', credentials: 'omit' }).then(
    () => true,
    () => false,
  )
  return isThere && page.origin !== api.origin
    ? {
        code: 'cors-refused',
        message: `${api.origin} answers, but not to this page: it must send Access-Control-Allow-Origin: ${page.origin} (not *), Access-Control-Allow-Credentials: true, and allow the headers x-latchkey, authorization and content-type.`,
      }
    : { code: 'server-unreachable', message: `${api.origin} does not answer. Is it running, and the device online?` }
}

function whyNoCookie(page: URL, api: URL, cookieEnabled: boolean): readonly Finding[] {
  const found: Finding[] = []
  if (!cookieEnabled) found.push({ code: 'cookies-blocked', message: 'This browser keeps no cookies for this page.' })
  if (!isSameSite(page, api)) {
    found.push({
      code: 'third-party',
      message: `${page.hostname} and ${api.hostname} are different sites, so the cookie is a third party’s: SameSite=Strict and Lax never send it, and browsers block None. Put both under one domain, or use a body profile.`,
    })
  } else if (page.protocol !== api.protocol) {
    found.push({
      code: 'mixed-scheme',
      message: `${page.protocol}//… and ${api.protocol}//… count as different sites. Use https for both.`,
    })
  }
  if (api.protocol === 'http:' && !isLoopback(api)) {
    found.push({
      code: 'insecure-api',
      message: 'A Secure cookie is not kept over plain http. Serve the API over https.',
    })
  }
  if (found.length > 0) return found
  return [
    {
      code: 'not-signed-in',
      message: 'The server saw no session. If nobody has logged in yet, that is right: log in and ask again.',
    },
    {
      code: 'cookie-path',
      message: `If somebody has: the cookie’s Path must cover ${new URL('auth/refresh', api).pathname}, its Domain ${api.hostname}, and login must have been called with credentials included.`,
    },
  ]
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)

/** Without the public suffix list: the same host, or the same last two labels. */
function isSameSite(a: URL, b: URL): boolean {
  const site = ({ hostname }: URL): string =>
    /^[\d.]+$|^\[/.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.')
  return a.hostname === b.hostname || site(a) === site(b)
}
