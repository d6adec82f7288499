// `latchkey()` against Latchkey's own server, in its three transports.
import { latchkey } from '@latchkey/core'
import { afterAll, beforeAll } from 'vitest'
import { openLatchkey, type Transport } from './latchkey-server.js'
import type { NodeServer } from './node-server.js'
import { closeClients, open, password, type Shape } from './shape.js'
import { shapeLaws } from './shape-laws.js'

const lifetime = 600
const transports: readonly Transport[] = ['cookie', 'body', 'cookie-only']
const servers = new Map<Transport, NodeServer>()
beforeAll(async () => {
  for (const transport of transports)
    servers.set(transport, await openLatchkey('http://localhost:5173', lifetime, transport))
}, 120_000)
afterAll(() => Promise.all([...servers.values()].map((server) => server.stop())))
closeClients()

const shape = (transport: Transport): Shape => ({
  name: `Latchkey, ${transport}`,
  baseURL: () => servers.get(transport)?.url ?? '',
  profile: latchkey({ transport }),
  mine: 'api/hello',
  registers: 'authenticated',
  refresh: 'POST /auth/refresh',
  logout: ['POST /auth/logout'],
  lifetime,
  async revoke({ email }) {
    const elsewhere = open(shape(transport))
    await elsewhere.auth.login({ email, password })
    await elsewhere.auth.logout({ everywhere: true })
  },
  revokedAs: 'revoked',
})
transports.map(shape).forEach(shapeLaws)
