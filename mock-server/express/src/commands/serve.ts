// `latchkey-server` without a command. Its secret: signals, and what is said to a person at a terminal.
import { loadConfig } from '../config.js'
import { startServer } from '../start-server.js'

/** Starts, and stops at a signal; `giveUp` ends the process. */
export async function serve(say: (line: string) => void, giveUp: (reason: string) => never): Promise<void> {
  const server = await startServer({ config: loadConfig() })
  say(`latchkey-server listens on ${server.url}`)
  if (server.metricsUrl !== null) say(`Metrics are at ${server.metricsUrl}`)
  const stop = () => {
    // A second signal means now.
    process.once('SIGINT', () => process.exit(1)).once('SIGTERM', () => process.exit(1))
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => giveUp(`It did not stop cleanly: ${error instanceof Error ? error.message : 'unknown'}`),
    )
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
}
