// Between MSW's requests and the engine's plain data; its secret is where cookies come from, and where they must go.
import type { Call, Engine, Reply } from '@latchkey/engine'
import { HttpResponse } from 'msw'

/** Headers as the engine reads them. In the browser the cookies come from MSW's own jar, beside the request. */
export function toHeaders(request: Request, cookies: Readonly<Record<string, string>>): Call['headers'] {
  const headers = Object.fromEntries(request.headers)
  if (headers['cookie'] !== undefined || Object.keys(cookies).length === 0) return headers
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return { ...headers, cookie: cookie.join('; ') }
}

/** The request as a call of a path. */
export async function toCall(request: Request, path: string, headers: Call['headers']): Promise<Call> {
  const query = Object.fromEntries(new URL(request.url).searchParams)
  return { method: request.method, path, query, headers, body: await readBody(request), ip: '127.0.0.1' }
}

/** The reply as MSW's own response: no other keeps its cookie in the browser. */
export function toResponse(reply: Reply, setCookies: Engine['setCookies']): Response {
  const headers = new Headers(reply.headers)
  for (const cookie of setCookies(reply)) headers.append('set-cookie', cookie)
  if (reply.body === undefined) return new HttpResponse(null, { status: reply.status, headers })
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return new HttpResponse(JSON.stringify(reply.body), { status: reply.status, headers })
}

async function readBody(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
