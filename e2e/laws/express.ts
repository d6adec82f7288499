// The real server: Express on a free port of loopback, with a database behind it and real fetch before it.
import type { Mail } from '@latchkey/engine'
import { loadConfig, startServer } from '@latchkey/express'
import { clearPasswords } from './admin.js'
import { openProviders } from './provider.js'
import { admin, lawfulOptions, type Mode, received, toInit, type Transport } from './transport.js'

/** Guessing is not what the laws are about: their hundreds of logins come from one address. */
const wide = { points: 1_000_000, seconds: 1 }
const limits = {
  credentialPerIp: wide,
  credentialPerAccount: wide,
  credentialPerAccountAndIp: wide,
  credentialGlobal: wide,
  mailGlobal: wide,
  mailPerIp: wide,
  mailPerAccount: wide,
  sessionPerIp: wide,
}

/** Starts the server on a database of its own, as the environment would. */
export async function openExpress(databaseUrl: string, mode: Mode = 'cookie'): Promise<Transport> {
  let ahead = 0
  const config = loadConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: databaseUrl,
    ACCESS_TOKEN_TTL_SECONDS: String(lawfulOptions.accessTtl),
    ALLOWED_ORIGINS: lawfulOptions.allowedOrigins.join(','),
    APP_URL: lawfulOptions.appUrl,
    PUBLIC_URL: lawfulOptions.publicUrl,
    JWT_ISSUER: 'latchkey',
    JWT_AUDIENCE: 'latchkey',
    COOKIE_SECURE: String(lawfulOptions.cookie.secure),
    TOKEN_TRANSPORT: mode,
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
  })
  const clock = { now: () => Date.now() + ahead }
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const elsewhere = openProviders()
  const providers = Object.values(elsewhere)
  const server = await startServer({ config, clock, limits, mailer, providers, passwords: clearPasswords })

  return {
    send: async (sent) => received(await fetch(server.url + sent.path, toInit(sent))),
    now: clock.now,
    advance: (ms) => {
      ahead += ms
    },
    mails: async () => {
      await server.engine.settled()
      return mails
    },
    elsewhere,
    routes: server.engine.routes,
    limitsBytes: true,
    answersUnknownPaths: true,
    close: server.stop,
  }
}
