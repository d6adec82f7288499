// Load on loopback, bounded: so many connections, each with one request at a time, for so many requests.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { availableParallelism } from 'node:os'

export type Ask = {
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
export type Got = { readonly status: number; readonly cookies: readonly string[]; readonly text: string }

/**
 * A client with that many kept connections, for as many calls at once. Bare HTTP/1.1 on sockets: it shares the machine
 * with what is measured, and a real client takes as long for a call as Express does.
 */
export function openClient(origin: string, connections: number) {
  const { hostname, port, host } = new URL(origin)
  const lines = Array.from({ length: connections }, () => openLine(connect({ host: hostname, port: Number(port) })))
  const idle = [...lines]
  return {
    close: async () => {
      for (const line of lines) line.close()
    },
    send: async ({ path, method = 'GET', headers = {}, body = '' }: Ask): Promise<Got> => {
      const line = idle.pop()
      if (line === undefined) throw new Error('There are more calls at once than connections.')
      const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) }
      const fields = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`)
      const got = await line.ask(`${method} ${path} HTTP/1.1\r\n${fields.join('')}\r\n${body}`)
      idle.push(line)
      return got
    },
  }
}

/** One connection, one call at a time. */
function openLine(socket: Socket) {
  let text = ''
  let pending: { readonly resolve: (got: Got) => void; readonly reject: (error: Error) => void } | null = null
  const fail = () => pending?.reject(new Error('The connection was closed.'))
  socket.setNoDelay(true).setEncoding('latin1').on('error', fail).on('close', fail)
  socket.on('data', (part: string) => {
    text += part
    const got = replyIn(text)
    if (got === null) return
    text = ''
    pending?.resolve(got)
    pending = null
  })
  return {
    close: () => socket.destroy(),
    ask: (request: string): Promise<Got> =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject }
        socket.write(request)
      }),
  }
}

/** The reply that has come, null until it is whole. */
function replyIn(text: string): Got | null {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return null
  const head = text.slice(0, end)
  const rest = text.slice(end + 4)
  const chunked = /\r\ntransfer-encoding: chunked/i.test(head)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
  if (chunked ? !rest.endsWith('0\r\n\r\n') : rest.length < length) return null
  return {
    status: Number(head.slice(9, 12)),
    cookies: [...head.matchAll(/\r\nset-cookie: ([^\r]*)/gi)].map(([, value = '']) => value),
    text: chunked ? rest.replaceAll(/(?:^|\r\n)[\da-f]+\r\n(?:\r\n$)?/g, '') : rest,
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
  readonly pid: number
  readonly auth: string
  readonly app: string
  /** Milliseconds from the start of the process to its first address. */
  readonly started: number
  /** Microseconds of CPU that the process has used so far, all its threads. */
  readonly cpu: () => Promise<number>
  readonly stop: () => Promise<void>
}

/** Keeps a process and its threads on one core, where there is `taskset` and another core beside it. */
export const keepOn = (pid: number, core: number): Promise<void> =>
  new Promise((resolve) => {
    if (availableParallelism() < 2) resolve()
    else execFile('taskset', ['-a', '-c', '-p', String(core), String(pid)], () => resolve())
  })

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
    pid: child.pid ?? 0,
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
