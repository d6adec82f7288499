// Who may get a token where `auth.fetch` is not what sends. Its secret: a socket's origin is its API's, spelled otherwise.

/** Plain http and ws are for this machine only. */
const mayTravel = ({ protocol, hostname }: URL): boolean =>
  /^(?:https|wss):$/.test(protocol) || /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)

const asHttp = (url: URL): string => url.origin.replace(/^ws/, 'http')

/** What relative addresses resolve against: the page; null on a server. */
const page = (): string | undefined => (globalThis as { location?: { href: string } }).location?.href

/** The address resolved against the API's, or null where it is none. */
export function resolveBeside(url: string | URL, baseURL: string): URL | null {
  const base = URL.canParse(baseURL, page()) ? new URL(baseURL, page()).href : page()
  return URL.canParse(url, base) ? new URL(url, base) : null
}

/** Why this address may not get a token: another origin than the API's and the listed ones, or plain text; null where it may. */
export function whyNot(url: URL, baseURL: string, origins: readonly string[]): 'stranger' | 'plain' | null {
  const allowed = [baseURL, ...origins].flatMap((one) => resolveBeside(one, baseURL) ?? []).map(asHttp)
  if (!allowed.includes(asHttp(url))) return 'stranger'
  return mayTravel(url) ? null : 'plain'
}
