// The running product for a test: the real server as a process, the built React example, and a Chromium to look at it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright'
import { build, preview } from 'vite'
import { chromiumArguments, findChromium } from '../scripts/chromium.mjs'

const folderOf = (example: string): string => fileURLToPath(new URL(`../examples/${example}/`, import.meta.url))
/** One server for all examples. */
const exampleServer = join(folderOf('react'), 'server.mjs')

export type Stage = {
  readonly browser: Browser
  /** Where the app is, without a trailing slash. */
  readonly app: string
  readonly api: string
  /** Stops the server process, as an operator would. */
  readonly stopServer: () => Promise<void>
  readonly startServer: () => Promise<void>
  /** Moves the clock of `clocked-server.mjs`, in milliseconds. */
  readonly advance: (ms: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens the stage; `env` configures the server beyond its address, its origins and its database. */
export async function openStage(
  env: Readonly<Record<string, string>>,
  name = 'react',
  server = exampleServer,
): Promise<Stage> {
  const example = folderOf(name)
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'))
  const [apiPort, appPort] = [await freePort(), await freePort()]
  const [api, app] = [`http://localhost:${apiPort}`, `http://localhost:${appPort}`]
  process.env['VITE_API_URL'] = api
  await build({ root: example, logLevel: 'error', build: { outDir: join(folder, 'app'), emptyOutDir: true } })
  const served = await preview({
    root: example,
    logLevel: 'warn',
    build: { outDir: join(folder, 'app') },
    preview: { port: appPort, strictPort: true, host: 'localhost' },
  })
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('No Chromium: install one or name it in CHROMIUM_PATH.')
  const browser = await chromium.launch({ executablePath, args: chromiumArguments })

  let running: ChildProcess | null = null
  const startServer = async (): Promise<void> => {
    const started = spawn(process.execPath, [server], {
      env: {
        ...process.env,
        NODE_ENV: 'development', // Vite's build sets production, where the server rightly wants keys and https.
        PORT: String(apiPort),
        ALLOWED_ORIGINS: app,
        APP_URL: app,
        PUBLIC_URL: api,
        DATABASE_URL: `pglite:${join(folder, 'db')}`,
        LOG_LEVEL: 'error',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    running = started
    started.stdout?.resume()
    const isUp = await Promise.race([
      once(started, 'message').then(() => true),
      once(started, 'exit').then(() => false),
    ])
    if (!isUp) throw new Error('The server ended at its start: what it printed says why.')
  }
  const stopServer = async (): Promise<void> => {
    const ending = running
    running = null
    if (ending === null || ending.exitCode !== null) return
    ending.kill('SIGTERM')
    await once(ending, 'exit')
  }
  await startServer()
  return {
    browser,
    app,
    api,
    startServer,
    stopServer,
    async advance(ms) {
      const moved = running === null ? null : once(running, 'message')
      running?.send(ms)
      await moved
    },
    async close() {
      await browser.close()
      await stopServer()
      await served.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A port below the ephemeral range that was free a moment ago. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const probe = createServer()
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false))
      probe.listen(port, 'localhost', () => resolve(true))
    })
    if (!free) continue
    await new Promise((resolve) => probe.close(resolve))
    return port
  }
}
