// The example's API: the real server, tokens that live half a minute so that refreshing can be watched, and one route.
import { loadConfig, principalOf, startServer } from '@latchkey/express'

const config = loadConfig({
  ACCESS_TOKEN_TTL_SECONDS: '30',
  LOG_LEVEL: 'warn',
  // For a look at the admin's page: an example's password, on loopback.
  ADMIN_EMAIL: 'admin@example.com',
  ADMIN_PASSWORD: 'an example needs an admin',
  ...process.env,
})

const server = await startServer({
  config,
  mount(app, { requireAuth }) {
    // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 awaits handlers
    app.get('/api/hello', requireAuth(), async (request, response) => {
      const account = await server.store.accountById(principalOf(request).sub)
      response.json({ message: `Hello ${account?.displayName ?? account?.email ?? 'stranger'}` })
    })
  },
})
process.stdout.write(`  API   ${server.url}\n`)
process.send?.('listening')

const stop = () => void server.stop().then(() => process.exit(0))
process.once('SIGINT', stop).once('SIGTERM', stop).once('disconnect', stop)
