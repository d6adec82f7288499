// Guards for the app's own routes. Its secret: which engine a request belongs to.
import type { Engine, Principal } from '@latchkey/engine'
import type { Request, RequestHandler } from 'express'
import { headersOf, send } from './wire.js'

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- the one door that Express's types leave open
  namespace Express {
    interface Request {
      /** Who is signed in, behind `requireAuth`, `requireRole`, `requirePermission` or `requireRecentLogin`; undefined elsewhere. */
      auth?: Principal
    }
  }
}

/** How strictly a guard looks. */
export type GuardOptions = {
  /**
   * Refuses a session that was ended, an account that was disabled and a role that was changed at once (401), where
   * other routes may go on until the access token expires. Costs a look at Redis, or at the database where there is none.
   */
  readonly sensitive?: boolean
}

/** Guards that answer 401 or 403 as problem+json, or put `req.auth` there and go on. */
export type Guards = {
  readonly requireAuth: (options?: GuardOptions) => RequestHandler
  readonly requireRole: (role: string, options?: GuardOptions) => RequestHandler
  readonly requirePermission: (permission: string, options?: GuardOptions) => RequestHandler
  readonly requireRecentLogin: (within: string) => RequestHandler
}

type Needs = Omit<NonNullable<Parameters<Engine['authorize']>[1]>, 'method'>

const engines = new WeakMap<Request, Engine>()

/** Remembers which engine a request has met, for the guards that were not made for one. */
export function rememberEngine(request: Request, engine: Engine): void {
  engines.set(request, engine)
}

/** Guards of one engine, wherever its router is mounted. */
export function createGuards(engine: Engine): Guards {
  return guardsBy(() => engine)
}

function guardsBy(find: (request: Request) => Engine): Guards {
  const guard =
    (needs: Needs): RequestHandler =>
    async (request, response, next) => {
      const engine = find(request)
      const verdict = await engine.authorize(headersOf(request), { ...needs, method: request.method })
      if ('reply' in verdict) {
        send(response, verdict.reply, engine.setCookies)
        return
      }
      request.auth = verdict.principal
      next()
    }
  return {
    requireAuth: (options) => guard({ ...options }),
    requireRole: (role, options) => guard({ ...options, role }),
    requirePermission: (permission, options) => guard({ ...options, permission }),
    requireRecentLogin: (within) => guard({ maxAge: secondsIn(within) }),
  }
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

function secondsIn(within: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})(s|m|h|d)$/.exec(within) ?? []
  const seconds = Number(count) * (unitSeconds[unit] ?? Number.NaN)
  if (seconds > 0) return seconds
  throw new TypeError(
    `requireRecentLogin(${JSON.stringify(within)}) failed: that is no duration. Give a number with a unit: '90s', '15m', '1h'.`,
  )
}

function passedEngine(request: Request): Engine {
  const engine = engines.get(request)
  if (engine !== undefined) return engine
  throw new Error(
    'This guard found no engine: the request has not passed an auth router. ' +
      'Put app.use(createAuthRouter(…)) before the guarded routes, or use the guards of the router: auth.requireAuth().',
  )
}

const passing = guardsBy(passedEngine)

/** Lets signed-in people through, by the auth router that the request has passed, and puts `req.auth` there. */
export const requireAuth = passing.requireAuth

/** Lets people of a role through; others get 403. Signs nobody in: it includes `requireAuth()`. */
export const requireRole = passing.requireRole

/** Lets people with a permission through, such as `posts:write`; others get 403. It includes `requireAuth()`. */
export const requirePermission = passing.requirePermission

/**
 * Lets people through who proved themselves within the duration (`'15m'`); others get 401 `step_up_required` with the
 * challenge of RFC 9470, which a login mends and a refresh does not. It includes `requireAuth()`.
 */
export const requireRecentLogin = passing.requireRecentLogin

/** Who is signed in, where a guard has run. @throws Error where none has: then the route forgot it. */
export function principalOf(request: Request): Principal {
  if (request.auth !== undefined) return request.auth
  throw new Error('Nobody is signed in on this request: put requireAuth() before the route.')
}
