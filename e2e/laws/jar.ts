// A `fetch` with one cookie, as a page of a browser has it: kept as soon as a reply's head is there, sent where asked to.

/** Sends as a page of that origin, and each request on a connection of its own. */
export function openJar(origin: string): typeof globalThis.fetch {
  let cookie: string | null = null
  return async (input, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('Origin', origin)
    headers.set('Connection', 'close')
    if (cookie !== null && init.credentials === 'include') headers.set('Cookie', cookie)
    const response = await fetch(input, { ...init, headers })
    const [set] = response.headers.getSetCookie()
    if (set !== undefined) cookie = /max-age=0(;|$)/i.test(set) ? null : (set.split(';')[0] ?? null)
    return response
  }
}
