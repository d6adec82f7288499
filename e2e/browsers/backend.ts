// The real server, in this process: what it was asked and when, and the families that it keeps.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Family } from '@latchkey/engine'
import { loadConfig, startServer } from '@latchkey/express'

/** A request that reached the server; `at` in milliseconds of this process's own clock. */
type Heard = { readonly at: number; readonly method: string; readonly path: string }

export type Backend = {
  readonly url: string
  /** All requests since `forget`, preflights left out. */
  readonly heard: (path: string) => readonly Heard[]
  readonly forget: () => void
  /** The refresh tokens that left the server in bodies since `forget`, oldest first. */
  readonly refreshTokens: () => readonly string[]
  /** The token families of an account. */
  readonly families: (email: string) => Promise<readonly Family[]>
  readonly close: () => Promise<void>
}

/** What of an access token's lifetime (seconds) passes before a silent refresh is due, for lifetimes up to ten seconds. */
export const dueAfter = (lifetime: number): number => lifetime / 2

/**
 * Opens a server on a database in memory whose access tokens live for so many seconds. In bodies, a refresh token is
 * spent once, strictly: a second time ends the session.
 */
export async function openBackend(
  app: string,
  lifetime: number,
  transport: 'cookie' | 'body' = 'cookie',
): Promise<Backend> {
  const config = loadConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'pglite::memory:',
    ALLOWED_ORIGINS: app,
    TOKEN_TRANSPORT: transport,
  })
  const graceSeconds = transport === 'body' ? 0 : Math.floor(lifetime / 4)
  const server = await startServer({
    config: { ...config, engine: { ...config.engine, accessTtl: lifetime, graceSeconds } },
    mount(app, { requireAuth }) {
      app.get('/api/hello', requireAuth(), (_request, response) => void response.json({ hello: true }))
      app.all('/api/away/:status', ({ params, query }, response) => {
        response.redirect(Number(params.status), typeof query['to'] === 'string' ? query['to'] : '/')
      })
    },
  })
  let all: Heard[] = []
  let refreshTokens: string[] = []
  const listen = (message: unknown): void => {
    const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse }
    if (request.socket.localPort !== server.port || request.method === 'OPTIONS') return
    all.push({ at: performance.now(), method: request.method ?? '', path: (request.url ?? '').split('?')[0] ?? '' })
    const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse
    response.end = (...given: unknown[]) => {
      const [, token] = /"refresh_token":"([^"]+)"/.exec(String(given[0])) ?? []
      if (token !== undefined) refreshTokens.push(token)
      return end(...given)
    }
  }
  subscribe('http.server.request.start', listen)
  return {
    url: server.url,
    heard: (path) => all.filter((each) => each.path === path),
    forget() {
      all = []
      refreshTokens = []
    },
    refreshTokens: () => refreshTokens,
    async families(email) {
      const account = await server.store.accountByEmail(email)
      return account === null ? [] : server.store.listFamilies(account.id)
    },
    async close() {
      unsubscribe('http.server.request.start', listen)
      await server.stop()
    },
  }
}
