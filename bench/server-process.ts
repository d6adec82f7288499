// A server in a process of its own, for those who measure replies from outside, on DATABASE_URL or a store in memory; it ends with its parent.
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
const { DATABASE_URL, REGISTRATION } = process.env
const config = loadConfig({
  PORT: '0',
  LOG_LEVEL: 'silent',
  DATABASE_URL: DATABASE_URL ?? 'pglite::memory:',
  REGISTRATION,
})
const store = DATABASE_URL === undefined ? { store: createMemoryStore() } : {}
const mailer = { send: async () => undefined }
const server = await startServer({ config, limits, mailer, ...store })
process.once('disconnect', () => process.exit(0))
process.send?.(server.url)
