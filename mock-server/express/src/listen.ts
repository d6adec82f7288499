// A listening HTTP server and its end. Its secret: how a stop lets everything finish that has begun, and waits for nothing else.
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { isIPv6 } from 'node:net'

export type Listening = {
  readonly port: number
  /** `http://127.0.0.1:8787`, whatever stands in front of it. */
  readonly url: string
  /** Stops accepting at once; resolves when every reply has been sent, or was cut off after `patience` milliseconds. */
  readonly stop: (patience: number) => Promise<void>
}

/** Listens; port 0 takes a free one. Rejects where the address is taken or is not this machine's. */
export async function listen(app: RequestListener, host: string, port: number): Promise<Listening> {
  const unfinished = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    unfinished.add(response)
    response.once('close', () => unfinished.delete(response))
    app(request, response)
  })
  server.headersTimeout = 15_000
  server.requestTimeout = 30_000

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port

  return {
    port: actual,
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${actual}`,
    stop: (patience) =>
      new Promise((resolve) => {
        const deadline = setTimeout(() => server.closeAllConnections(), patience)
        server.close(() => {
          clearTimeout(deadline)
          resolve()
        })
        server.closeIdleConnections()
        // Kept-alive connections would hold the server open for seconds after their last reply.
        for (const response of unfinished) if (!response.headersSent) response.setHeader('connection', 'close')
      }),
  }
}
