// What is counted for Prometheus. Its secret: labels are words of the code, never of a caller (S36).
import type { EngineEvent, Reply, RouteContract } from '@latchkey/engine'
import type { Request, RequestHandler } from 'express'
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'
import type { BreachVerdict } from './breached-passwords.js'

/** The counters of one server. */
export type Metrics = {
  /** Times every request, until its reply is sent or its caller is gone. */
  readonly time: RequestHandler
  readonly countEvent: (event: Pick<EngineEvent, 'type'>) => void
  /** Counts a reply of the table where it is a refusal; `route` is null where no route fits. */
  readonly countReply: (reply: Reply, route: string | null) => void
  /** Counts a look-up of a new password in known breaches. */
  readonly countBreachCheck: (verdict: BreachVerdict) => void
  /** All of it in Prometheus' text format. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** There from the start at zero: an alert on the first one of them must see it rise. */
const watched = ['logged_in', 'login_refused', 'refreshed', 'refresh_replayed', 'reuse_detected', 'sessions_revoked']

/** Counts for one server, the process's own figures included. */
export function createMetrics(routes: readonly RouteContract[]): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'latchkey_http_request_duration_seconds',
    help: 'Requests by the name of their route and the class of their status, in seconds.',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const events = new Counter({
    name: 'latchkey_events_total',
    help: 'What happened to accounts and sessions: logins, refreshes, replays, reuse, revocations.',
    labelNames: ['type'],
    registers,
  })
  const refusals = new Counter({
    name: 'latchkey_refusals_total',
    help: 'Refusals by the name of their route and the code of their problem; rate_limited is one of them.',
    labelNames: ['route', 'code'],
    registers,
  })
  const breachChecks = new Counter({
    name: 'latchkey_breach_checks_total',
    help: 'New passwords that were looked up in known breaches; unavailable ones were let pass.',
    labelNames: ['verdict'],
    registers,
  })
  for (const type of watched) events.inc({ type }, 0)
  const names = new Map(routes.map(({ name, method, path }) => [`${method} ${path}`, name]))

  return {
    time: (request, response, next) => {
      const stop = durations.startTimer()
      response.once('close', () => {
        const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'aborted'
        stop({ route: labelOf(request, names), status })
      })
      next()
    },
    countEvent: ({ type }) => events.inc({ type }),
    countReply: ({ body }, route) => {
      const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : null
      if (typeof code === 'string') refusals.inc({ route: route ?? 'other', code })
    },
    countBreachCheck: (verdict) => breachChecks.inc({ verdict }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** The route's name, the pattern of a route of the app's own, or `other`: nothing that a caller could vary. */
function labelOf(request: Request, names: ReadonlyMap<string, string>): string {
  const route: unknown = request.route
  const pattern = typeof route === 'object' && route !== null && 'path' in route ? route.path : null
  if (typeof pattern !== 'string') return 'other'
  const name = names.get(`${request.method === 'HEAD' ? 'GET' : request.method} ${pattern}`)
  if (name !== undefined) return name
  // A path of the table by a wrong method.
  return [...names.keys()].some((key) => key.endsWith(` ${pattern}`)) ? 'other' : pattern
}
