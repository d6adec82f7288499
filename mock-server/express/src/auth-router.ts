// The engine's route table as an Express router. Its secret: the order of the checks before the engine is asked.
import {
  type Call,
  createEngine,
  type Engine,
  type EngineOptions,
  type Reply,
  type RouteContract,
} from '@latchkey/engine'
import { type Request, type RequestHandler, Router } from 'express'
import { readBody } from './body.js'
import { allowOrigins, securityHeaders } from './cross-origin.js'
import { createGuards, type Guards, rememberEngine } from './guards.js'
import { lastResort } from './last-resort.js'
import { type Attempt, createLimiter, type Limiter } from './limits.js'
import { refuseSecondHost } from './one-host.js'
import { createPasswords } from './passwords.js'
import { refusal } from './refusal.js'
import { signNow } from './signing.js'
import { callOf, send } from './wire.js'

/** Beside the engine or its options: what the transport adds. */
export type TransportOptions = {
  /** Counts calls; in this process's memory with the default limits where absent. */
  readonly limiter?: Limiter
  /** Told of errors that are the server's own fault; they go to stderr where absent. */
  readonly onError?: (error: unknown) => void
  /** Told of every reply of the table, with the route's name (null for a wrong method): for metrics. Must not throw. */
  readonly onReply?: (reply: Reply, route: string | null) => void
}

/** An engine that you made (give it the same `allowedOrigins`), or the options of one; passwords are argon2id by default. */
export type AuthRouterOptions = TransportOptions &
  (
    | { readonly engine: Engine; readonly allowedOrigins: readonly string[] }
    | (Omit<EngineOptions, 'passwords'> & { readonly passwords?: EngineOptions['passwords']; readonly engine?: never })
  )

/** An Express router with guards bound to its engine. */
export type AuthRouter = Router &
  Guards & {
    readonly engine: Engine
    /** The CORS rules of the auth routes, for the app's own routes. */
    readonly cors: RequestHandler
  }

/**
 * All auth routes for your Express 5 app: `app.use(createAuthRouter({ store, allowedOrigins }))`. Other paths pass through.
 * Guard your own routes with `requireAuth()` behind it, or with the router's own `auth.requireAuth()` anywhere.
 * Set `trust proxy` on the app where a proxy stands before it: limits count by `req.ip`.
 */
export function createAuthRouter(options: AuthRouterOptions): AuthRouter {
  const engine =
    options.engine ??
    createEngine({ afterReply, signer: signNow, ...options, passwords: options.passwords ?? createPasswords() })
  const limiter = options.limiter ?? createLimiter()
  const corsRules = allowOrigins(options.allowedOrigins ?? [])
  const headers = securityHeaders()

  const router = Router({ strict: true, caseSensitive: true })
  router.use(refuseSecondHost, (request, _response, next) => {
    rememberEngine(request, engine)
    next()
  })
  for (const [path, routes] of byPath(engine.routes)) {
    router.all(path, headers, corsRules, answering(routes))
  }
  router.use(lastResort(options.onError ?? printError))
  return Object.assign(router, createGuards(engine), { engine, cors: corsRules })

  function answering(routes: readonly RouteContract[]): RequestHandler {
    return async (request, response) => {
      const reply = await answer(request, routes)
      const method = request.method === 'HEAD' ? 'GET' : request.method
      options.onReply?.(reply, routes.find((route) => route.method === method)?.name ?? null)
      send(response, reply, engine.setCookies)
    }
  }

  async function answer(request: Request, routes: readonly RouteContract[]): Promise<Reply> {
    const reading = await readBody(request)
    if ('refused' in reading) return reading.refused
    const call = callOf(request, reading.body)
    const contract = routes.find((route) => route.method === call.method)
    const attempt = { ip: call.ip, email: emailIn(call.body), ...(await limitOf(call, contract)) }
    const wait = await limiter.admit(attempt)
    if (wait !== null) return tooMany(wait)
    const reply = await engine.answer(call)
    if (reply.status < 300) await limiter.forgive(attempt)
    return reply
  }

  /** Who guesses at a password with a bearer, or has mails sent, is counted by the bearer's account. */
  async function limitOf(call: Call, contract: RouteContract | undefined): Promise<Pick<Attempt, 'limit' | 'subject'>> {
    const { limit, needs } = contract ?? { limit: 'none', needs: {} }
    if (needs.bearer !== true || (limit !== 'credential' && limit !== 'mail')) return { limit }
    const judged = await engine.authorize(call.headers, { method: call.method })
    return { limit, subject: 'principal' in judged ? judged.principal.sub : null }
  }
}

/** The reply's bytes leave before the event loop gets there. */
const afterReply = (work: () => void) => void setImmediate(work)

function byPath(routes: readonly RouteContract[]): Map<string, RouteContract[]> {
  const paths = new Map<string, RouteContract[]>()
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route])
  return paths
}

const tooMany = (seconds: number) =>
  refusal(429, 'rate_limited', `Too many attempts. Try again in ${seconds} s.`, { 'retry-after': String(seconds) })

function emailIn(body: Call['body']): string | null {
  const email = typeof body === 'object' && body !== null && 'email' in body ? body.email : null
  return typeof email === 'string' ? email : null
}

function printError(error: unknown): void {
  // oxlint-disable-next-line no-console -- a bug that nobody listens for must not vanish
  console.error(error)
}
