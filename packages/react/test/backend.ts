// A backend for one person, as a `fetch`: what the real client sees, and what it asked for.
import { createAuthClient, type IdleOptions } from '@latchkey/core'
import { ada } from './hand-made-client.js'

const encode = (part: object) => btoa(JSON.stringify(part)).replaceAll('=', '')

/** A real client whose server knows Ada; `isSignedIn` says whether her cookie is there. */
export function createBackend({ isSignedIn, idle }: { readonly isSignedIn: boolean; readonly idle?: IdleOptions }) {
  const calls: string[] = []
  let gen = 0
  const grant = () => {
    const iat = Math.floor(Date.now() / 1000)
    gen += 1
    // Each a second longer than the last, so that every grant is told apart without waiting.
    const lifetime = 600 + gen
    const claims = { sub: ada.id, sid: 's1', gen, iat, exp: iat + lifetime }
    const access_token = `${encode({ alg: 'none' })}.${encode(claims)}.x`
    return Response.json({ access_token, token_type: 'Bearer', expires_in: lifetime, user: ada, sid: 's1', gen })
  }
  const refused = () => Response.json({ code: 'no_session' }, { status: 401 })
  const answers: Readonly<Record<string, () => Response>> = {
    '/auth/login': grant,
    '/auth/refresh': () => (isSignedIn ? grant() : refused()),
  }
  const client = createAuthClient({
    baseURL: 'https://api.test',
    tabs: false,
    ...(idle && { idle }),
    fetch: async (input) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input)
      calls.push(pathname)
      return answers[pathname]?.() ?? new Response(null, { status: 204 })
    },
  })
  return { client, calls }
}
