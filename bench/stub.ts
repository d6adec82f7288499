// A server without a network: what is left to measure is the client.
import { createAuthClient, type Clock } from '@latchkey/core'

export const api = 'https://api.test'
export const url = `${api}/projects`

const grantOf = (token: string) => ({
  access_token: token,
  token_type: 'Bearer',
  expires_in: 3600,
  sid: 's',
  user: { id: '1' },
})

/** A token whose text tells its number, and no secret. */
export const tokenOf = (generation: number): string =>
  `e30.${Buffer.from(JSON.stringify({ sub: '1', gen: generation })).toString('base64url')}.e30`

/** `accepts`: whether the API takes a token; each refresh issues the next. */
export function stub(accepts: (authorization: string | null) => boolean = () => true) {
  let generation = 0
  let exchanges = 0
  const fetch = (async (input: string | Request, init?: RequestInit) => {
    const path = typeof input === 'string' ? input : input.url
    const headers = { 'Content-Type': 'application/json' }
    if (path.startsWith(`${api}/auth/`)) {
      if (path.endsWith('/refresh')) exchanges += 1
      return new Response(JSON.stringify(grantOf(tokenOf(++generation))), { headers })
    }
    const sent = init?.headers as Readonly<Record<string, string>> | undefined
    const isFine = accepts(sent?.['Authorization'] ?? null)
    return new Response('{}', { status: isFine ? 200 : 401, headers })
  }) as typeof globalThis.fetch
  return { fetch, token: () => tokenOf(generation), exchanges: () => exchanges }
}

export async function signedIn(fetch: typeof globalThis.fetch, clock?: Clock) {
  const auth = createAuthClient({ baseURL: api, fetch, refresh: { proactive: 'never' }, ...(clock && { clock }) })
  await auth.login({ email: 'ada@example.com', password: 'never checked here' })
  return auth
}
