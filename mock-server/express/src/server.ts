#!/usr/bin/env node
// The command `latchkey-server`. Its secret: exit codes, signals, and what is said to a person at a terminal.
import { ConfigInvalid, loadConfig } from './config.js'
import { DatabaseUnusable } from './open-store.js'
import { makeSecrets } from './secrets.js'
import { startServer } from './start-server.js'

if (process.argv[2] === 'secrets') printSecrets()
else {
  readEnvFile()
  await serve()
}

/** `.env` in the working folder, where there is one; the environment wins. */
function readEnvFile(): void {
  try {
    process.loadEnvFile()
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing) giveUp(`The file .env cannot be read: ${describe(error)}`)
  }
}

async function serve(): Promise<void> {
  try {
    const server = await startServer({ config: loadConfig() })
    console.log(`latchkey-server listens on ${server.url}`)
    if (server.metricsUrl !== null) console.log(`Metrics are at ${server.metricsUrl}`)
    const stop = () => {
      // A second signal means now.
      process.once('SIGINT', () => process.exit(1)).once('SIGTERM', () => process.exit(1))
      server.stop().then(
        () => process.exit(0),
        (error: unknown) => giveUp(`It did not stop cleanly: ${describe(error)}`),
      )
    }
    process.once('SIGINT', stop).once('SIGTERM', stop)
  } catch (error) {
    giveUp(explain(error))
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigInvalid) return `${error.message}\nAll settings are listed in .env.example.`
  if (error instanceof DatabaseUnusable) return `DATABASE_URL: ${error.message}`
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'EADDRINUSE')
    return 'The port is taken. Stop what listens there, or set PORT (or METRICS_PORT) to another one.'
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'HOST or METRICS_HOST is not an address of this machine. Set it to 127.0.0.1 or 0.0.0.0.'
  if (code === 'EACCES')
    return 'The port or a folder is not allowed to this user. Set PORT above 1023, or check the folder of DATABASE_URL.'
  return describe(error)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'for an unknown reason'
}

function giveUp(reason: string): void {
  console.error(`latchkey-server cannot run:\n${reason}`)
  process.exit(1)
}

function printSecrets(): void {
  const { keys, pepper } = makeSecrets()
  console.log(`JWT_PRIVATE_KEYS='${JSON.stringify({ keys })}'\nREFRESH_TOKEN_PEPPER=${pepper}`)
}
