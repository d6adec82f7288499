// A Better Auth server as its docs have one: the memory adapter, passwords, bearer tokens beside cookies, and one guarded route.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import { bearer } from 'better-auth/plugins'
import { allowOrigin, serve, type NodeServer } from './node-server.js'

/** `lifetime`: seconds of a session; asking for it makes it live so long again. */
export const openBetterAuth = (origin: string, lifetime: number): Promise<NodeServer> =>
  serve((url) => {
    const auth = betterAuth({
      baseURL: url,
      secret: 'a secret for tests, of which nothing depends',
      database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
      emailAndPassword: { enabled: true },
      session: { expiresIn: lifetime, updateAge: 0 },
      trustedOrigins: [origin],
      rateLimit: { enabled: false },
      telemetry: { enabled: false },
      plugins: [bearer()],
      logger: { disabled: true },
    })
    const routes = toNodeHandler(auth)
    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      if (allowOrigin(origin, 'set-auth-token, Date', request, response)) return
      if (request.url?.startsWith('/api/auth')) return routes(request, response)
      const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
      response.writeHead(session === null ? 401 : 200, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(session === null ? { message: 'Unauthorized' } : { hello: session.user.email }))
    }
    return (request, response) => void answer(request, response)
  })
