// The server's Express app. Its secret: the order in which everything stands, and that every end is a problem+json.
import express, { type Express } from 'express'
import type { Logger } from 'pino'
import { createApiDocs } from './api-docs.js'
import type { AuthRouter } from './auth-router.js'
import { securityHeaders } from './cross-origin.js'
import type { Guards } from './guards.js'
import { lastResort } from './last-resort.js'
import { logRequests } from './log.js'
import type { Metrics } from './metrics.js'
import { refusal } from './refusal.js'
import { send } from './wire.js'

/** Adds routes of your own, behind CORS and security headers and before the 404. */
export type Mount = (app: Express, guards: Guards) => void | Promise<void>

export type AppParts = {
  readonly auth: AuthRouter
  readonly logger: Logger
  readonly trustProxyHops: number
  /** Times every request, where it is given. */
  readonly metrics?: Pick<Metrics, 'time'> | null
  readonly mount?: Mount | undefined
}

/** The app that `latchkey-server` runs; it listens nowhere yet. */
export async function createApp({ auth, logger, trustProxyHops, metrics, mount }: AppParts): Promise<Express> {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('trust proxy', trustProxyHops)
  app.use(logRequests(logger))
  if (metrics) app.use(metrics.time)
  app.use(securityHeaders(), auth.cors, auth, createApiDocs(auth.engine))
  await mount?.(app, auth)
  app.use((_request, response) => {
    send(response, refusal(404, 'not_found', 'There is nothing here.'), () => [])
  })
  app.use(lastResort((error) => logger.error({ err: error }, 'unexpected error')))
  return app
}
