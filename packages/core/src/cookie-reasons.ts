// Why a browser keeps a cookie from a request; its secret is how much of that the addresses alone tell.

/** One thing that was found, as a stable name and a sentence that says what to do. */
export type Finding = {
  readonly code:
    | 'cookie-came-back'
    | 'session-over'
    | 'not-signed-in'
    | 'cookies-blocked'
    | 'credentials'
    | 'same-site'
    | 'third-party'
    | 'mixed-scheme'
    | 'insecure-api'
    | 'cookie-path'
    | 'cors-refused'
    | 'cors-credentials'
    | 'server-unreachable'
    | 'mixed-content'
    | 'misconfigured'
  readonly message: string
}

/** Where a request comes from, and where it goes. */
export type Places = {
  readonly page: URL
  readonly api: URL
  /** The pages that the page is framed in. */
  readonly ancestors: readonly URL[]
}

/** What the addresses tell: the first that stands in the way, or null where nothing does. */
export function cookieReason({ page, api, ancestors }: Places): Finding | null {
  const frame = ancestors.find((ancestor) => !isSameSite(ancestor, api))
  if (!isSameSite(page, api)) {
    return {
      code: 'same-site',
      message: `${page.hostname} and ${api.hostname} are different sites: a cookie of SameSite=Strict or Lax is not sent between them, and one of None is a third party’s, which browsers block. Put both under one domain, or use a body profile.`,
    }
  }
  if (frame !== undefined) {
    return {
      code: 'third-party',
      message: `This page is framed by ${frame.origin}, another site, so all its cookies are a third party’s: SameSite=Strict and Lax never send them, and browsers block None. Open it in a window of its own, or use a body profile.`,
    }
  }
  if (page.protocol !== api.protocol) {
    return {
      code: 'mixed-scheme',
      message: `${page.protocol}//… and ${api.protocol}//… count as different sites. Use https for both.`,
    }
  }
  return api.protocol === 'http:' && !isLoopback(api)
    ? {
        code: 'insecure-api',
        message: 'A Secure cookie is not kept over plain http. Serve the API over https.',
      }
    : null
}

export const isLoopback = ({ hostname }: URL): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)

/** Without the public suffix list: the same host, or the same last two labels. */
function isSameSite(a: URL, b: URL): boolean {
  const site = ({ hostname }: URL): string =>
    /^[\d.]+$|^\[/.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.')
  return a.hostname === b.hostname || site(a) === site(b)
}
