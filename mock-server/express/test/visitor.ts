// A browser of few words: it keeps the refresh cookie, sends the CSRF header, and reads JSON.
import { randomUUID } from 'node:crypto'

type Answer = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> }

export const password = 'correct horse battery staple'
export const aMail = () => `${randomUUID()}@example.com`

type Sent = {
  readonly method?: string
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Visitor = {
  cookie: string
  /** The device cookie. */
  did: string
  token: string
  readonly go: (path: string, sent?: Sent) => Promise<Answer>
  readonly post: (path: string, json?: unknown, headers?: Sent['headers']) => Promise<Answer>
  /** Another visitor with the same cookie and token. */
  readonly twin: () => Visitor
}

/** Cookies are kept by hand, for Node's fetch keeps none. */
export function aVisitor(base: string, cookie = '', token = '', did = ''): Visitor {
  const visitor: Visitor = {
    cookie,
    did,
    token,
    go: async (path, { method = 'GET', json, headers = {} } = {}) => {
      const cookies = [headers['cookie'] ?? visitor.cookie, visitor.did].filter((each) => each !== '')
      const response = await fetch(base + path, {
        method,
        headers: {
          'x-latchkey': '1',
          ...(visitor.token === '' ? {} : { authorization: `Bearer ${visitor.token}` }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
          ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true
      const body = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>
      for (const [pair = ''] of response.headers.getSetCookie().map((each) => each.split(';'))) {
        if (/^[^=]*did=/.test(pair)) visitor.did = pair
        else visitor.cookie = pair
      }
      if (typeof body['access_token'] === 'string') visitor.token = body['access_token']
      return { status: response.status, headers: response.headers, body }
    },
    post: (path, json, headers = {}) =>
      visitor.go(path, { method: 'POST', headers, ...(json === undefined ? {} : { json }) }),
    twin: () => aVisitor(base, visitor.cookie, visitor.token, visitor.did),
  }
  return visitor
}

/** Somebody new who has just registered. */
export async function aMember(base: string): Promise<Visitor & { readonly email: string }> {
  const visitor = aVisitor(base)
  const email = aMail()
  const { status } = await visitor.post('/auth/register', { email, password })
  if (status !== 201) throw new Error(`register answered ${status}`)
  return Object.assign(visitor, { email })
}
