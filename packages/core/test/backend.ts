// A scripted auth server and API: it keeps one session, counts what it is asked, and misbehaves when a test says so.
import type { Clock, LatchkeyUser } from '../src/index.js'

export type Sent = {
  readonly path: string
  readonly authorization: string | null
  readonly init: RequestInit
  readonly body: string
}

export type Backend = {
  readonly fetch: typeof globalThis.fetch
  readonly sent: readonly Sent[]
  readonly count: (path: string) => number
  /** Replaces the answers to this path until it is called with null; a function may return a promise, or throw a TypeError. */
  readonly answer: (path: string, reply: ((sent: Sent) => Response | Promise<Response>) | null) => void
  /** What the server itself would have answered, with all that this changes there: for scripts that delay or lose it. */
  readonly own: (sent: Sent) => Response
  /** Holds back the answers to this path; the function lets them go. What the server does, it does at once. */
  readonly delay: (path: string) => () => void
  /** The access token that the API accepts: the last one issued. */
  readonly token: () => string
  /** Makes the API refuse the current token. */
  readonly expire: () => void
  readonly signedIn: (as: string | null) => void
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A JWT of these claims with a signature that nobody checks. */
export const jwt = (claims: object): string =>
  `${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode(claims)}.c2lnbmF0dXJl`

export const userOf = (name: string): LatchkeyUser => ({
  id: `user-${name}`,
  email: `${name}@example.com`,
  email_verified: true,
  display_name: name,
  role: name === 'admin' ? 'admin' : 'user',
  permissions: ['posts:read'],
  created_at: '2026-01-01T00:00:00.000Z',
})

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })

export const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ title: code, status, code }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  })

export function fakeBackend(clock: Clock, { lifetime = 600 } = {}): Backend {
  const sent: Sent[] = []
  const scripts = new Map<string, (sent: Sent) => Response | Promise<Response>>()
  let session: { readonly name: string; readonly sid: string } | null = null
  let sessions = 0
  let gen = 0
  let valid = ''

  function grant(status = 200): Response {
    if (session === null) return problem(401, 'no_session')
    const user = userOf(session.name)
    const iat = Math.floor(clock.now() / 1000)
    gen += 1
    valid = jwt({ sub: user.id, sid: session.sid, gen, iat, exp: iat + lifetime, role: user.role })
    return json(
      { access_token: valid, token_type: 'Bearer', expires_in: lifetime, user, sid: session.sid, gen },
      status,
    )
  }
  const signedIn = (as: string | null): void => {
    session = as === null ? null : { name: as, sid: `sid-${++sessions}` }
  }

  function own({ path, authorization, body }: Sent): Response {
    switch (path) {
      case '/auth/login': {
        const { email, password } = JSON.parse(body) as { email: string; password: string }
        if (password === 'wrong') return problem(401, 'invalid_credentials')
        signedIn(email.split('@')[0] ?? '')
        return grant()
      }
      case '/auth/register':
        signedIn((JSON.parse(body) as { email: string }).email.split('@')[0] ?? '')
        return grant(201)
      case '/auth/refresh':
        return grant()
      case '/auth/refresh/ack':
        return new Response(null, { status: 204 })
      case '/auth/logout':
      case '/auth/logout-all':
        session = null
        return new Response(null, { status: 204 })
      default:
        if (authorization !== `Bearer ${valid}`)
          return problem(401, 'invalid_token', { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
        return json({ path, body })
    }
  }

  return {
    sent,
    own,
    delay(path) {
      let resolve = (): void => {}
      const promise = new Promise<void>((settle) => {
        resolve = settle
      })
      scripts.set(path, async (one) => {
        const reply = own(one)
        await promise
        return reply
      })
      return () => {
        scripts.delete(path)
        resolve()
      }
    },
    count: (path) => sent.filter((one) => one.path === path).length,
    answer: (path, reply) => void (reply === null ? scripts.delete(path) : scripts.set(path, reply)),
    token: () => valid,
    expire: () => void (valid = ''),
    signedIn,
    async fetch(input, init = {}) {
      const request = new Request(input, init)
      const { pathname } = new URL(request.url)
      const one = {
        path: pathname,
        authorization: request.headers.get('Authorization'),
        init,
        body: await request.text(),
      }
      sent.push(one)
      const aborted = new Promise<never>((_, reject) => {
        const refuse = (): void => reject(new DOMException('aborted', 'AbortError'))
        if (request.signal.aborted) refuse()
        request.signal.addEventListener('abort', refuse)
      })
      return await Promise.race([aborted, (async () => (scripts.get(pathname) ?? own)(one))()])
    },
  }
}
