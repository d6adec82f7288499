// A reverse proxy of few words, as Caddy is configured: in turn, `X-Forwarded-For` of its own, another server where one takes no connection.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type ReverseProxy = { readonly url: string; readonly close: () => Promise<void> }

/** Listens on a free port; a reply that broke off is 502, for nobody knows what became of the request. */
export async function openReverseProxy(servers: readonly string[]): Promise<ReverseProxy> {
  let turn = 0

  const forward = (request: IncomingMessage, body: Buffer, response: ServerResponse, left: number): void => {
    turn += 1
    const server = new URL(servers[turn % servers.length] ?? '')
    // The client’s own word is dropped: the proxy says whom it sees.
    const headers = { ...request.headers, 'x-forwarded-for': request.socket.remoteAddress ?? '' }
    const { hostname: host, port } = server
    const upstream = ask({ host, port, method: request.method, path: request.url, headers, agent: false }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(response)
      reply.once('error', () => response.destroy())
    })
    upstream.once('error', (error) => {
      const isUnreached = 'syscall' in error && error.syscall === 'connect'
      if (isUnreached && left > 1) forward(request, body, response, left - 1)
      else if (!response.headersSent) response.writeHead(502).end()
    })
    upstream.end(body)
  }

  const proxy = createServer((request, response) => {
    buffer(request).then(
      (body) => forward(request, body, response, servers.length),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve())
        proxy.closeAllConnections()
      }),
  }
}
