// A server without a network: what is left to measure is the client.
import { createAuthClient } from '@latchkey/core'

export const api = 'https://api.test'
export const url = `${api}/projects`

/** A grant whose token tells its number and no secret, in a fourth part that makes it opaque. */
export const grantOf = (generation: number) => ({
  access_token: `e30.e30.e30.${generation}`,
  token_type: 'Bearer',
  expires_in: 3600,
  sid: 's',
  gen: generation,
  user: { id: '1' },
})

export const fetch = (async (input: string | Request) => {
  const path = typeof input === 'string' ? input : input.url
  return new Response(path === `${api}/auth/login` ? JSON.stringify(grantOf(1)) : '{}', {
    headers: { 'Content-Type': 'application/json' },
  })
}) as typeof globalThis.fetch

export async function signedIn() {
  const auth = createAuthClient({ baseURL: api, fetch, refresh: { proactive: 'never' } })
  await auth.login({ email: 'ada@example.com', password: 'never checked here' })
  return auth
}
