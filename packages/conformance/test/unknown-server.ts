// Small backends of shapes that no profile has: whatever is not theirs, such as another field or scheme, is refused.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

export type Heard = {
  readonly body: Readonly<Record<string, unknown>>
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly cookie: (name: string) => string
}
type Said = {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | string[]>>
}
export type Spelling = {
  readonly register: string
  readonly login: string
  readonly name: string
  readonly form?: true
  readonly refresh: string | null
  readonly me: string
  readonly logout?: string
  readonly presented: (heard: Heard) => unknown
  readonly bearer: (heard: Heard) => unknown
  readonly grant: (access: string, refresh: string, user: object) => Said
  readonly user: (user: object) => unknown
  readonly no: object
}

/** Accounts by what `name` says, access tokens, and refresh tokens that are spent once. */
export async function openUnknown(spelling: Spelling): Promise<string> {
  const accounts = new Map<unknown, unknown>()
  const [access, refresh] = [new Map<unknown, object>(), new Map<unknown, object>()]
  const { refresh: again, logout } = spelling
  const no: Said = { status: 401, body: spelling.no, headers: { 'WWW-Authenticate': 'Bearer' } }
  const grant = (user: object): Said => {
    const [one, other] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]
    access.set(one, user)
    refresh.set(other, user)
    return spelling.grant(one, other, user)
  }
  const routes: Readonly<Record<string, (heard: Heard) => Said>> = {
    [spelling.register]({ body }) {
      if (typeof body['email'] !== 'string') return { status: 422, body: spelling.no }
      accounts.set(body['email'], body['password'])
      return { status: 201, body: {} }
    },
    [spelling.login]({ body, headers }) {
      const isForm = headers['content-type']?.includes('form') ?? false
      if (isForm !== (spelling.form === true)) return { status: 415, body: spelling.no }
      const name = body[spelling.name]
      const isIn = accounts.has(name) && accounts.get(name) === body['password']
      return isIn ? grant({ id: '1', [spelling.name]: name }) : no
    },
    [spelling.me](heard) {
      const user = access.get(spelling.bearer(heard))
      return user === undefined ? no : { status: 200, body: spelling.user(user) }
    },
    ...(again !== null && {
      [again](heard: Heard): Said {
        const token = spelling.presented(heard)
        const user = refresh.get(token)
        refresh.delete(token)
        return user === undefined ? no : grant(user)
      },
    }),
    ...(logout !== undefined && {
      [logout](heard: Heard): Said {
        access.delete(spelling.bearer(heard))
        refresh.delete(spelling.presented(heard))
        return { status: 204 }
      },
    }),
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const route = routes[`${request.method} ${url.pathname}`]
    void read(request, url).then((heard) => {
      const { status, body, headers } = route?.(heard) ?? { status: 404, body: {} }
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers })
      response.end(body === undefined ? undefined : JSON.stringify(body))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function read(request: IncomingMessage, url: URL): Promise<Heard> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const content = Buffer.concat(chunks).toString()
  const { cookie = '', 'content-type': type = '' } = request.headers
  const body = type.includes('form') ? Object.fromEntries(new URLSearchParams(content)) : JSON.parse(content || '{}')
  return {
    body: body as Heard['body'],
    query: url.searchParams,
    headers: request.headers,
    cookie: (name) => new RegExp(`${name}=([^;]*)`).exec(cookie)?.[1] ?? '',
  }
}
