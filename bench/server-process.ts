// A server on a store in memory, in a process of its own, for those who measure replies from outside; it ends with its parent.
import { createMemoryStore } from '@latchkey/engine'
import { loadConfig, startServer } from '@latchkey/express'

const wide = { points: 1_000_000_000, seconds: 60 }
const limits = {
  credentialGlobal: wide,
  credentialPerIp: wide,
  credentialPerAccount: wide,
  credentialPerAccountAndIp: wide,
  mailGlobal: wide,
  mailPerIp: wide,
  mailPerAccount: wide,
  sessionPerIp: wide,
}
const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: 'pglite::memory:' })
const mailer = { send: async () => undefined }
const server = await startServer({ config, limits, mailer, store: createMemoryStore() })
process.once('disconnect', () => process.exit(0))
process.send?.(server.url)
