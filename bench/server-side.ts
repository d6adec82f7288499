// A server to be measured, as a process of its own: what is mounted on it, and where it says that it listens.
import { generateSigningKey } from '@latchkey/engine'
import { createAuthRouter, loadConfig, startServer } from '@latchkey/express'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import express, { type RequestHandler } from 'express'
import { importJWK, jwtVerify } from 'jose'

const wide = { points: 1e9, seconds: 60 }
const names = ['credentialPerIp', 'credentialPerAccount', 'credentialPerAccountAndIp', 'sessionPerIp'] as const
const limits = Object.fromEntries(names.map((name) => [name, wide]))
const signing = await generateSigningKey()
const { d: _secret, ...open } = signing
const key = await importJWK(open, 'ES256')

const server = await startServer({
  config: loadConfig({
    PORT: '0',
    LOG_LEVEL: 'warn',
    // Strict: every refresh is a rotation, none a debounce.
    ROTATION_GRACE_SECONDS: '0',
    JWT_PRIVATE_KEYS: JSON.stringify([signing]),
    REFRESH_TOKEN_PEPPER: 'p'.repeat(32),
    ALLOWED_ORIGINS: 'http://127.0.0.1:5173',
    DATABASE_URL: process.env['BENCH_DATABASE_URL'] ?? 'pglite::memory:',
  }),
  limits,
})

/** Plain Express 5 with one route each: nothing, our guard, one verification by jose, better-auth's session. */
const app = express()
const hello = { hello: 'world' }
app.get('/bare', (_request, response) => void response.json(hello))
const auth = createAuthRouter({ engine: server.engine, allowedOrigins: [] })
app.get('/guarded', auth.requireAuth(), (_request, response) => void response.json(hello))
const verifyEach: RequestHandler = async (request, _response, next) => {
  const token = request.headers.authorization?.slice(7) ?? ''
  await jwtVerify(token, key, { algorithms: ['ES256'], typ: 'at+jwt', issuer: 'latchkey', audience: 'latchkey' })
  next()
}
app.get('/jose', verifyEach, (_request, response) => void response.json(hello))
const better = betterAuth({
  secret: 's'.repeat(32),
  baseURL: 'http://127.0.0.1',
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  advanced: { disableCSRFCheck: true, disableOriginCheck: true },
  logger: { disabled: true },
})
app.all('/api/auth/*rest', toNodeHandler(better))
const listening = app.listen(0, '127.0.0.1', () => {
  const address = listening.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ auth: server.url, app: `http://127.0.0.1:${port}` })}\n`)
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.once('SIGTERM', () => {
  listening.close()
  listening.closeAllConnections()
  void server.stop().then(() => process.exit(0))
})
