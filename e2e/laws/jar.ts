// A `fetch` with cookies, as a page of a browser has it: kept as soon as a reply's head is there, sent where asked to.

/** Sends as a page of that origin, and each request on a connection of its own. */
export function openJar(origin: string): typeof globalThis.fetch {
  const cookies = new Map<string, string>()
  return async (input, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('Origin', origin)
    headers.set('Connection', 'close')
    if (cookies.size > 0 && init.credentials === 'include') headers.set('Cookie', [...cookies.values()].join('; '))
    const response = await fetch(input, { ...init, headers })
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const [name = ''] = pair.split('=')
      if (/max-age=0(;|$)/i.test(set)) cookies.delete(name)
      else cookies.set(name, pair)
    }
    return response
  }
}
