// A server for a test: everything real but the cost of hashing, the log, and the limits.
import type { Passwords } from '@latchkey/engine'
import { loadConfig } from '../src/config.js'
import { type RunningServer, type ServerOptions, startServer } from '../src/start-server.js'

/** argon2id has its own test; here it would only cost time. */
export const plainPasswords: Passwords = {
  hash: async (password) => `plain:${password}`,
  verify: async (hash, password) => hash === `plain:${password}`,
}

const wide = { points: 1_000_000, seconds: 60 }
export const noLimits = {
  credentialPerIp: wide,
  credentialPerAccount: wide,
  credentialPerAccountAndIp: wide,
  credentialGlobal: wide,
  mailGlobal: wide,
  mailPerIp: wide,
  mailPerAccount: wide,
  sessionPerIp: wide,
}

export type Setting = Partial<Omit<ServerOptions, 'config'>> & { readonly env?: Readonly<Record<string, string>> }

/** Starts on a free port with a silent log; `env` as on the command line. */
export function aServer({ env = {}, ...options }: Setting = {}): Promise<RunningServer> {
  const config = loadConfig({ PORT: '0', DATABASE_URL: 'pglite::memory:', LOG_LEVEL: 'silent', ...env })
  return startServer({ config, passwords: plainPasswords, limits: noLimits, ...options })
}
