// The server's log. Its secret: what of a request may be written down (B38, S36).
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pino, type DestinationStream, type Logger } from 'pino'
import { pinoHttp } from 'pino-http'

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
export function logRequests(logger: Logger) {
  return pinoHttp({
    logger,
    genReqId: (_request, response) => numberOf(response),
    autoLogging: { ignore: (request) => request.url === '/healthz' || request.url === '/readyz' },
    customLogLevel: (_request, response, error) => {
      if (error !== undefined || response.statusCode >= 500) return 'error'
      return response.statusCode === 429 ? 'warn' : 'info'
    },
    wrapSerializers: false,
    serializers: {
      req: (request: IncomingMessage & { readonly id?: unknown; readonly originalUrl?: string }) => ({
        id: request.id,
        method: request.method,
        path: (request.originalUrl ?? request.url ?? '').split('?')[0],
        userAgent: request.headers['user-agent'],
      }),
      res: (response: ServerResponse) => ({ status: response.statusCode }),
      err: plainError,
    },
  })
}

/** A fresh id, told as `X-Request-Id`. What the caller sent under that name is not looked at: it could be anything. */
function numberOf(response: ServerResponse): string {
  const id = randomUUID()
  response.setHeader('x-request-id', id)
  return id
}

/** Name, code, message and stack; no other field, for libraries hang requests and parameters on theirs. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'something that is no error was thrown' }
  const { name, message, stack } = error
  return { name, message, stack, ...('code' in error ? { code: error.code } : {}) }
}
