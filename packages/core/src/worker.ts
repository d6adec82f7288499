// The page's half of a refresh token that it never sees; its secret is how a request travels to a worker and back.
import { isTokenCall, type Errand, type Outcome, type TokenCalls } from './token-keeper.js'

export { keepRefreshTokens, type TokenCalls } from './token-keeper.js'

/** Statuses that a `Response` takes no body with. */
const bodiless = [101, 204, 205, 304]

/**
 * For the `fetch` option of a client with a body profile: what carries a refresh token goes through the worker, which
 * runs `keepRefreshTokens` with the same calls, and the rest by `fetch`. The page sees a placeholder, which is worth
 * nothing outside of that worker: one worker a page, or with `webStorage` a SharedWorker's port, for all tabs.
 * @see RFC 10017 on browser-based apps, where tokens rest
 */
export function workerFetch(
  worker: Pick<MessagePort, 'postMessage'>,
  calls: TokenCalls,
  fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init),
): typeof globalThis.fetch {
  const isOurs = isTokenCall(calls)
  return async (input, init) => {
    if (!isOurs(input instanceof Request ? input.url : String(input))) return fetch(input, init)
    const request = new Request(input, init)
    const { url, method, credentials, cache, keepalive, signal } = request
    const body = await request.text()
    signal.throwIfAborted()
    const { port1: port, port2: forWorker } = new MessageChannel()
    const errand: Errand = {
      url,
      init: { method, credentials, cache, keepalive },
      headers: [...request.headers],
      body,
    }
    const abort = (): void => port.postMessage('abort')
    try {
      return await new Promise<Response>((resolve, reject) => {
        port.onmessage = ({ data }: MessageEvent<Outcome>) => {
          if ('failure' in data) return reject(new TypeError(data.failure))
          const { status, headers } = data
          resolve(new Response(bodiless.includes(status) ? null : data.body, { status, headers }))
        }
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        signal.addEventListener('abort', abort)
        worker.postMessage(errand, [forWorker])
      })
    } finally {
      signal.removeEventListener('abort', abort)
      port.close()
    }
  }
}
