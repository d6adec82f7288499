// One MSW handler a route, made from the engine's table, and one a path for the methods that the table does not have.
import { type RouteName, routes } from '@latchkey/engine'
import { http, HttpHandler } from 'msw'
import type { Base } from './base.js'
import type { Faults } from './fault.js'
import { toCall, toHeaders, toResponse } from './wire.js'
import type { ServerSide } from './server-side.js'

/** What answers a call now; asked at every call, since `reset` replaces the server side. */
export type Answering = {
  readonly serverSide: () => ServerSide
  readonly faults: Faults
  /** Told of every call of a route, faulty ones included. */
  readonly onCall: (route: RouteName) => void
}

/** The table as handlers, in the table's order. */
export function interceptRoutes(base: Base, answering: Answering): HttpHandler[] {
  const { serverSide, faults, onCall } = answering
  const answer = async (request: Request, cookies: Readonly<Record<string, string>>, path: string) => {
    const call = await toCall(request, base.pathOf(request.url, path), toHeaders(request, cookies))
    const { answer, setCookies } = serverSide()
    return toResponse(await answer(call), setCookies)
  }

  const known = routes.map(
    ({ name, method, path }) =>
      new HttpHandler(method, base.pattern(path), ({ request, cookies }) => {
        onCall(name as RouteName)
        return faults.pass(name, request.signal, () => answer(request, cookies, path))
      }),
  )
  const otherMethods = [...new Set(routes.map(({ path }) => path))].map((path) =>
    http.all(base.pattern(path), ({ request, cookies }) => answer(request, cookies, path)),
  )
  return [...known, ...otherMethods]
}

/** A handler behind a living access token: without one the engine's 401 or 403 answers in its place. */
export function protectHandler(
  handler: HttpHandler,
  needs: Parameters<ServerSide['authorize']>[1],
  { serverSide, faults }: Pick<Answering, 'serverSide' | 'faults'>,
): HttpHandler {
  return new HttpHandler(handler.info.method, handler.info.path, async ({ request, cookies, requestId }) => {
    const { authorize, setCookies } = serverSide()
    const answer = async () => {
      const verdict = await authorize(toHeaders(request, cookies), { ...needs, method: request.method })
      if ('reply' in verdict) return toResponse(verdict.reply, setCookies)
      return (await handler.run({ request, requestId }))?.response
    }
    return faults.pass('protected', request.signal, answer)
  })
}
