// A real HTTP server on loopback, for what only a platform does: redirects, truncated bodies, replies that never end.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

type Hit = {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type ApiServer = {
  readonly origin: string
  readonly hits: Hit[]
  /** What answers from now on. */
  answer: (hit: Hit, response: ServerResponse) => void
}

/** Listens on a free port until the test file ends; answers 200 and an empty object until told otherwise. */
export async function apiServer(): Promise<ApiServer> {
  const own: ApiServer = {
    origin: '',
    hits: [],
    answer: (_hit, response) => sendJson(response, 200, {}),
  }
  const server = createServer((request, response) => {
    void read(request).then((hit) => {
      own.hits.push(hit)
      own.answer(hit, response)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return Object.assign(own, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function read(request: IncomingMessage): Promise<Hit> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const { method = '', url = '', headers } = request
  return { method, url, headers, body: Buffer.concat(chunks).toString() }
}
