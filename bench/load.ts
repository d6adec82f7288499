// Load on loopback, bounded: so many connections, each with one request at a time, for so many requests.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Pool } from 'undici'

export type Ask = {
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
export type Got = { readonly status: number; readonly cookies: readonly string[]; readonly text: string }

/** A client with that many connections. */
export function openClient(origin: string, connections: number) {
  const pool = new Pool(origin, { connections, pipelining: 1 })
  return {
    close: () => pool.close(),
    send: async ({ path, method = 'GET', headers = {}, body }: Ask): Promise<Got> => {
      const reply = await pool.request({ path, method, headers, body: body ?? null })
      const text = await reply.body.text()
      const set = reply.headers['set-cookie'] ?? []
      return { status: reply.statusCode, cookies: typeof set === 'string' ? [set] : set, text }
    },
  }
}

/** Calls per second of `count` calls by `workers` who each wait for their answer. */
export async function rate(
  workers: number,
  count: number,
  call: (worker: number) => Promise<unknown>,
): Promise<number> {
  let left = count
  const start = performance.now()
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      while (left > 0) {
        left -= 1
        await call(worker)
      }
    }),
  )
  return count / ((performance.now() - start) / 1000)
}

export type Measured = {
  readonly auth: string
  readonly app: string
  /** Milliseconds from the start of the process to its first address. */
  readonly started: number
  /** Microseconds of CPU that the process has used so far, all its threads. */
  readonly cpu: () => Promise<number>
  readonly stop: () => Promise<void>
}

/** `SERVER_FLAGS=--cpu-prof` profiles what is measured. */
const serverFlags = (process.env['SERVER_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '')

/**
 * Starts the server to be measured as a process of its own, on the built packages, as production runs them; null is the
 * embedded database. Node reads the script's types away by itself: a loader's wrappers would be measured with it.
 */
export async function openServerSide(databaseUrl: string | null): Promise<Measured> {
  const script = new URL('server-side.ts', import.meta.url).pathname
  const begun = performance.now()
  const child: ChildProcess = spawn(process.execPath, [...serverFlags, script], {
    env: { ...process.env, NODE_ENV: 'production', BENCH_DATABASE_URL: databaseUrl ?? 'pglite::memory:' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (said += part))
  while (!said.includes('\n')) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const urls = JSON.parse(said.split('\n')[0] ?? '') as { readonly auth: string; readonly app: string }
  return {
    ...urls,
    started: performance.now() - begun,
    cpu: async () => {
      const told = once(child, 'message')
      child.send('cpu')
      const [used] = (await told) as [number]
      return used
    },
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
