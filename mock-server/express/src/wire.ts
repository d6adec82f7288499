// Between Express and the engine's plain data. Its secret: how headers that come twice, paths and cookies translate.
import type { Call, Engine, Reply } from '@latchkey/engine'
import type { Request, Response } from 'express'

/** A request as the engine reads it. Headers that came several times are joined, so that none of them wins unseen (B8). */
export function callOf(request: Request, body: unknown): Call {
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path: request.path,
    query: queryOf(request.url),
    headers: headersOf(request),
    body,
    ip: request.ip ?? null,
  }
}

/** Cut by hand: what a stranger sends as a target need not be a URL. */
function queryOf(target: string): Call['query'] {
  const mark = target.indexOf('?')
  return mark === -1 ? {} : Object.fromEntries(new URLSearchParams(target.slice(mark + 1)))
}

/** The headers by lower-case name; a plain walk over what came, for every request takes it. */
export function headersOf({ rawHeaders }: Pick<Request, 'rawHeaders'>): Call['headers'] {
  const headers = Object.create(null) as Record<string, string>
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const value = rawHeaders[at + 1] ?? ''
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return headers
}

/** Sends a reply; what has to do with a session is never stored by a cache (B12). */
export function send(response: Response, reply: Reply, setCookies: Engine['setCookies']): void {
  const { vary, ...headers } = reply.headers
  response.status(reply.status).set({ 'cache-control': 'no-store', ...headers })
  // Added, not set: CORS has said `Vary: Origin` by now.
  if (vary !== undefined) response.vary(vary)
  for (const cookie of setCookies(reply)) response.append('set-cookie', cookie)
  if (reply.body === undefined) {
    response.end()
    return
  }
  const text = JSON.stringify(reply.body)
  response.set('content-length', String(Buffer.byteLength(text))).end(text)
}
