// Latchkey's server with an API as each of the recipes speaks it: REST, GraphQL and tRPC, all behind the same guard.
import { loadConfig, startServer } from '@latchkey/express'
import { initTRPC } from '@trpc/server'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import { json } from 'express'
import { buildSchema, graphql } from 'graphql'
import { openJar } from '../laws/jar.js'

const origin = 'http://localhost:5173'
const all = [{ name: 'Analytical Engine' }]

const trpc = initTRPC.create()
const router = trpc.router({ projects: trpc.procedure.query(() => all) })
export type AppRouter = typeof router

const schema = buildSchema('type Project { name: String! } type Query { projects: [Project!]! }')
let ahead = 0
const jar = openJar(origin)
const calls: { readonly path: string; readonly status: number }[] = []

const server = await startServer({
  config: loadConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: 'pglite::memory:', ALLOWED_ORIGINS: origin }),
  clock: { now: () => Date.now() + ahead },
  mount(app, { requireAuth }) {
    app.get('/api/projects', requireAuth(), (_request, response) => void response.json(all))
    app.use('/trpc', requireAuth(), createExpressMiddleware({ router }))
    app.post('/graphql', requireAuth(), json(), (request, response, next) => {
      const { query } = request.body as { query: string }
      graphql({ schema, source: query, rootValue: { projects: all } }).then((result) => response.json(result), next)
    })
  },
})

export const backend = {
  url: server.url,
  /** What was sent where, and how it was answered. */
  calls,
  /** Every access token that was issued is spent, and no client knows. */
  spendTokens: () => void (ahead += 11 * 60_000),
  stop: server.stop,
  fetch: async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const response = await jar(input, init)
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    calls.push({ path: pathname, status: response.status })
    return response
  },
}
