// What browsers are told: who may read the answers, and how a page may treat them (B11, B39).
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import cors from 'cors'
import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** CORS for exactly the origins in the list, with credentials: no pattern, no `null`, no suffix can match. */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  return cors({
    origin: [...origins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'last-event-id', 'x-latchkey'],
    exposedHeaders: ['WWW-Authenticate', 'Retry-After', 'Date', 'X-Request-Id'],
    maxAge: 600,
  })
}

/** Headers for an API that nobody frames, sniffs or renders: the same for every reply, so helmet is asked for them once. */
export function securityHeaders(): RequestHandler {
  const request = new IncomingMessage(new Socket())
  const sample = new ServerResponse(request)
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })(request, sample, () => undefined)
  const headers = Object.entries(sample.getHeaders())

  return (_request, response, next) => {
    for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value)
    response.removeHeader('x-powered-by')
    next()
  }
}
