// Where metrics are read. Its secret: they have a socket of their own, so that what the world reaches never shows them.
import { routes } from '@latchkey/engine'
import { listen } from './listen.js'
import { createMetrics, type Metrics } from './metrics.js'

/** Counts, and answers `GET /metrics` at the address until it is closed; null where no address is given. */
export async function openMetrics(
  at: { readonly host: string; readonly port: number } | null,
  closing: (() => Promise<unknown>)[],
): Promise<(Metrics & { readonly url: string }) | null> {
  if (at === null) return null
  const metrics = createMetrics(routes)
  const listening = await listen(
    (request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end()
        return
      }
      metrics.text().then(
        (text) =>
          response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text),
        () => response.writeHead(500).end(),
      )
    },
    at.host,
    at.port,
  )
  closing.push(() => listening.stop(0))
  return { ...metrics, url: `${listening.url}/metrics` }
}
