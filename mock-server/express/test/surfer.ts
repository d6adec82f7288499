// A browser that follows redirects from place to place, with a cookie jar for each, and can be stopped on the way.
export type Surfer = {
  /** Cookies by origin and name. */
  readonly jar: Map<string, Map<string, string>>
  /** One request, with the cookies of its place. */
  readonly get: (url: string, headers?: Readonly<Record<string, string>>) => Promise<Response>
  /** Follows from there until an address that begins so, which is not asked; the address. */
  readonly until: (url: string, goal: string) => Promise<URL>
}

/** A browser with nothing in it. */
export function openSurfer(): Surfer {
  const jar: Surfer['jar'] = new Map()
  const get: Surfer['get'] = async (url, headers = {}) => {
    const { origin } = new URL(url)
    const cookies = jar.get(origin) ?? new Map<string, string>()
    jar.set(origin, cookies)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { ...(cookie && { cookie }), ...headers } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
  return {
    jar,
    get,
    until: async (url, goal) => {
      let at = url
      for (let hops = 0; !at.startsWith(goal); hops += 1) {
        const response = await get(at)
        const location = response.headers.get('location')
        if (location === null || hops > 10) {
          throw new Error(`${at} answered ${response.status} and leads nowhere: ${await response.text()}`)
        }
        at = new URL(location, at).href
      }
      return new URL(at)
    },
  }
}
