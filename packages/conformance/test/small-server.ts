// A small backend that does everything right, until a law gives it a flaw. It speaks the profile `fastapi-cookie`.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import { openFamilies, readAccess, signAccess, type Flaws } from './small-tokens.js'

export const origin = 'http://localhost:5173'
type Answer = {
  readonly status: number
  readonly body?: unknown
  readonly cookie?: string
  readonly headers?: Record<string, string>
}
type Call = {
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
  readonly refresh: string
  readonly bearer: string
}

export type SmallServer = {
  readonly url: string
  readonly everywhere: string
  /** Every token that it issued and every password that it was sent: what no report may hold. */
  readonly secrets: readonly string[]
}

/** Listens on a free port until the test file ends. */
export async function openSmallServer(...given: readonly string[]): Promise<SmallServer> {
  const flaws: Flaws = new Set(given)
  const secrets: string[] = []
  const routes = openRoutes(flaws, secrets)
  const server = createServer((request, response) => {
    void answer(request, response, flaws, routes)
  })
  await new Promise<void>((listening) => server.listen(0, '0.0.0.0', listening))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, everywhere: `http://0.0.0.0:${port}`, secrets }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  flaws: Flaws,
  routes: ReturnType<typeof openRoutes>,
): Promise<void> {
  const headers = crossOrigin(request, flaws)
  if (!flaws.has('cacheable')) headers['Cache-Control'] = 'no-store'
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const route = routes.get(`${request.method} ${pathname}`)
  try {
    const call = await read(request)
    const reply: Answer =
      request.method === 'OPTIONS'
        ? { status: flaws.has('preflight-401') ? 401 : 204 }
        : (route?.(call) ?? { status: 404, body: { detail: 'Not Found' } })
    if (reply.cookie !== undefined) headers['Set-Cookie'] = reply.cookie
    response.writeHead(reply.status, { ...headers, ...reply.headers, 'Content-Type': 'application/json' })
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body))
  } catch (error) {
    const malformed = error instanceof SyntaxError && !flaws.has('stack-trace')
    response.writeHead(malformed ? 422 : 500, { ...headers, 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ detail: malformed ? 'That is no JSON' : String((error as Error).stack) }))
  }
}

function crossOrigin({ headers: { origin: from = '' } }: IncomingMessage, flaws: Flaws): Record<string, string> {
  const rest = {
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Headers': 'authorization, content-type',
    'Access-Control-Allow-Methods': 'GET, POST',
    Vary: 'Origin',
  }
  if (flaws.has('no-cors')) return {}
  if (flaws.has('wildcard')) return { ...rest, 'Access-Control-Allow-Origin': '*' }
  if (from === origin || flaws.has('echo')) return { ...rest, 'Access-Control-Allow-Origin': from }
  return rest
}

async function read(request: IncomingMessage): Promise<Call> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const content = Buffer.concat(chunks).toString()
  const { cookie = '', authorization = '' } = request.headers
  return {
    headers: request.headers,
    body: content === '' ? {} : JSON.parse(content),
    refresh: /refresh_token=([^;]*)/.exec(cookie)?.[1] ?? '',
    bearer: authorization.replace(/^Bearer /, ''),
  }
}

function openRoutes(flaws: Flaws, secrets: string[]) {
  const passwords = new Map<string, string>()
  const failures = new Map<string, number>()
  const families = openFamilies(flaws)
  const refuse = (status: number, detail: unknown, headers?: Record<string, string>): Answer => ({
    status,
    body: { detail },
    ...(headers && { headers }),
  })
  const unauthorized = refuse(401, 'Not authenticated', { 'WWW-Authenticate': 'Bearer' })

  function cookie(token: string, life = 3_600): string {
    const site = flaws.has('same-site-none') ? 'None' : 'Strict'
    return `refresh_token=${token}; Path=/; Max-Age=${life}; SameSite=${site}; Secure${flaws.has('no-http-only') ? '' : '; HttpOnly'}`
  }
  function grant(email: string, token: string): Answer {
    const access = signAccess(email, flaws)
    secrets.push(access, token)
    const body = {
      ...(flaws.has('other-names') ? { jwt: access } : { access_token: access }),
      expires_in: flaws.has('long-lived') ? 7 * 86_400 : 600,
      ...(flaws.has('token-in-body') && { refresh_token: token }),
    }
    return { status: 200, body, cookie: cookie(token) }
  }
  function credentialsIn(body: unknown): { readonly email: string; readonly password: string } {
    const { email, password } = (body ?? {}) as Record<string, unknown>
    if (typeof email === 'string' && typeof password === 'string') {
      secrets.push(password)
      return { email, password }
    }
    throw flaws.has('stack-trace') ? new TypeError('no email') : new SyntaxError('no email')
  }
  function login({ body }: Call): Answer {
    const { email, password } = credentialsIn(body)
    if (passwords.get(email) === password) {
      failures.delete(email)
      return grant(email, families.start(email))
    }
    failures.set(email, (failures.get(email) ?? 0) + 1)
    if ((failures.get(email) ?? 0) > 10 && !flaws.has('no-limit'))
      return refuse(429, 'Too many attempts', { 'Retry-After': '1' })
    if (flaws.has('wrong-password-500')) return refuse(500, 'No')
    if (flaws.has('enumeration') && !passwords.has(email)) return refuse(404, 'No such account')
    if (flaws.has('telling-words') && !passwords.has(email)) return refuse(401, 'No such account')
    // A careless server shows what it was sent; a report must not.
    if (flaws.has('echoes-secrets')) return refuse(401, `Incorrect password ${password}`)
    return refuse(401, 'Incorrect email or password')
  }
  const isForeign = ({ headers }: Call): boolean =>
    headers.origin !== undefined && headers.origin !== origin && !flaws.has('no-csrf-check')

  return new Map<string, (call: Call) => Answer>([
    [
      'POST /auth/register',
      ({ body }) => {
        const { email, password } = credentialsIn(body)
        passwords.set(email, password)
        return { status: 200, body: { id: 1, email, role: 'user' } }
      },
    ],
    ['POST /auth/login', login],
    [
      'POST /auth/refresh',
      (call) => {
        if (isForeign(call)) return refuse(403, 'Forbidden')
        if (flaws.has('takes-access') && readAccess(call.refresh, flaws) !== null)
          return grant('a', families.start('a'))
        const spent = families.spend(call.refresh)
        if (spent !== null) return grant(spent.email, spent.next)
        return flaws.has('refresh-500') ? refuse(500, 'No') : refuse(401, 'Invalid refresh token')
      },
    ],
    [
      'POST /auth/logout',
      (call) => {
        if (isForeign(call)) return refuse(403, 'Forbidden')
        if (!flaws.has('logout-forgets')) families.end(call.refresh)
        return {
          status: 200,
          body: {},
          ...(!flaws.has('cookie-stays') && { cookie: cookie(randomBytes(2).toString('hex'), 0) }),
        }
      },
    ],
    [
      'GET /auth/me',
      ({ bearer }) => {
        const email = readAccess(bearer, flaws) ?? (flaws.has('one-kind') ? families.owner(bearer) : null)
        if (email !== null || flaws.has('open-api'))
          return { status: 200, body: { id: 1, email: email ?? 'anybody', role: 'user' } }
        return flaws.has('bearer-403') ? refuse(403, 'Forbidden') : unauthorized
      },
    ],
  ])
}
