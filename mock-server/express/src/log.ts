// The server's log. Its secret: what of a request may be written down (B38, S36).
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { RequestHandler } from 'express'
import { pino, type DestinationStream, type Logger } from 'pino'

/** Belt and braces: the serializers below write no header, and if the app logs one itself, these are blotted out. */
const secretPaths = ['authorization', 'cookie', '["set-cookie"]', 'password', 'access_token', 'refresh_token'].flatMap(
  (name) => ['', '*.', '*.*.'].map((depth) => `${depth}${name}`.replace('.[', '[')),
)

/** A JSON log on stdout, or on the stream that is handed in. */
export function createLog(level: string, stream?: DestinationStream): Logger {
  const options = { level, redact: secretPaths, serializers: { err: plainError } }
  return stream === undefined ? pino(options) : pino(options, stream)
}

/** One line a request: method, path without its query, status, duration. No body, no header but the user agent. */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    // What the caller sent under that name is not looked at: it could be anything.
    const id = randomUUID()
    response.setHeader('x-request-id', id)
    const { method, originalUrl } = request
    const path = originalUrl.split('?')[0] ?? ''
    if (path !== '/healthz' && path !== '/readyz') {
      const since = performance.now()
      response.once('close', () => {
        const level = levelOf(response)
        if (!logger.isLevelEnabled(level)) return
        logger[level](
          {
            req: { id, method, path, userAgent: request.headers['user-agent'] },
            res: { status: response.statusCode },
            responseTime: Math.round(performance.now() - since),
          },
          response.writableFinished ? 'request completed' : 'request aborted',
        )
      })
    }
    next()
  }
}

function levelOf({ statusCode }: ServerResponse): 'error' | 'warn' | 'info' {
  if (statusCode >= 500) return 'error'
  return statusCode === 429 ? 'warn' : 'info'
}

/** Name, code, message and stack; no other field, for libraries hang requests and parameters on theirs. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'something that is no error was thrown' }
  const { name, message, stack } = error
  return { name, message, stack, ...('code' in error ? { code: error.code } : {}) }
}
