// Latchkey's own server in one of its three transports, with a guarded route, on a database in memory.
import { loadConfig, startServer } from '@latchkey/express'
import type { NodeServer } from './node-server.js'

export type Transport = 'cookie' | 'body' | 'cookie-only'

/** `lifetime`: seconds of an access token. */
export async function openLatchkey(origin: string, lifetime: number, transport: Transport): Promise<NodeServer> {
  const config = loadConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'pglite::memory:',
    ALLOWED_ORIGINS: origin,
    TOKEN_TRANSPORT: transport,
  })
  return startServer({
    // Shorter than an operator may set it.
    config: { ...config, engine: { ...config.engine, accessTtl: lifetime, graceSeconds: Math.floor(lifetime / 4) } },
    mount(app, { requireAuth }) {
      app.get('/api/hello', requireAuth(), (_request, response) => void response.json({ hello: true }))
    },
  })
}
