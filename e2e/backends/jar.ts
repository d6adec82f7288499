// A fetch for Node that keeps cookies as the FastAPI backends set them: by name and path, until they expire.
type Cookie = { readonly value: string; readonly path: string; readonly expiresAt: number }

export type Jar = {
  readonly fetch: typeof globalThis.fetch
  /** Calls as `POST /path`, with the status of their answers. */
  readonly calls: readonly { readonly call: string; readonly status: number }[]
  /** Another browser with the same cookies: a thief’s. */
  readonly copy: () => Jar
}

export function openJar(cookies: ReadonlyMap<string, Cookie> = new Map()): Jar {
  const held = new Map(cookies)
  const calls: { call: string; status: number }[] = []

  function cookiesFor(path: string): string {
    const fitting = [...held].filter(([, cookie]) => path.startsWith(cookie.path) && cookie.expiresAt > Date.now())
    return fitting.map(([name, { value }]) => `${name}=${value}`).join('; ')
  }
  function keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split('; ')
    const [name = '', value = ''] = pair.split('=', 2)
    const attribute = (key: string): string | undefined =>
      attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1)
    const expiresAt = Date.now() + Number(attribute('max-age') ?? Infinity) * 1000
    held.set(name, { value, path: attribute('path') ?? '/', expiresAt })
  }
  return {
    calls,
    copy: () => openJar(held),
    async fetch(input, init) {
      const request = new Request(input, init)
      const { pathname } = new URL(request.url)
      const cookie = cookiesFor(pathname)
      if (request.credentials === 'include' && cookie !== '') request.headers.set('Cookie', cookie)
      const response = await globalThis.fetch(request)
      response.headers.getSetCookie().forEach(keep)
      calls.push({ call: `${request.method} ${pathname}`, status: response.status })
      return response
    },
  }
}
