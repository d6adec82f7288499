// A Node handler on a port of its own choice; its secret is that the port is known before the handler is made.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export type NodeServer = { readonly url: string; readonly stop: () => Promise<void> }

/** Listens on 127.0.0.1, then asks for the handler, which may need to know where it is. */
export async function serve(
  handlerAt: (url: string) => RequestListener | Promise<RequestListener>,
): Promise<NodeServer> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', await handlerAt(url))
  return {
    url,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Lets a page of that origin call with cookies, and read the headers that are named; true where that was all. */
export function allowOrigin(
  origin: string,
  exposed: string,
  ...[request, response]: Parameters<RequestListener>
): boolean {
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Allow-Credentials', 'true')
  response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type')
  response.setHeader('Access-Control-Expose-Headers', exposed)
  if (request.method !== 'OPTIONS') return false
  response.writeHead(204).end()
  return true
}
