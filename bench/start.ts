// A cold start on the embedded database, and two hundred logins at once: how soon it is ready, and what it holds (B20, S23).
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const bound = 6_000
const people = 200
const accounts = 20
const password = 'correct horse battery staple'
const manifest = createRequire(import.meta.url).resolve('@latchkey/express/package.json')
const command = join(dirname(manifest), 'dist', 'server.js')
const run = promisify(execFile)

/** What no server on PGlite can go below: a process that makes an empty database and asks it once. */
async function bareStart(folder: string): Promise<number> {
  const pglite = pathToFileURL(createRequire(manifest).resolve('@electric-sql/pglite')).href
  const program = `import { PGlite } from ${JSON.stringify(pglite)}
    await (await PGlite.create(${JSON.stringify(folder)})).query('select 1')
    process.exit(0)`
  const begun = performance.now()
  await run(process.execPath, ['--input-type=module', '-e', program])
  return performance.now() - begun
}

/** The built command in an empty folder, as `latchkey-server` runs there; ready when `/readyz` says so. */
async function start(folder: string) {
  const begun = performance.now()
  const env = { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', TRUST_PROXY_HOPS: '1' }
  const child = spawn(process.execPath, [command], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (said += part))
  for (;;) {
    const url = /listens on (http:\/\/\S+)/.exec(said)?.[1]
    if (url !== undefined && (await fetch(`${url}/readyz`)).ok) return { url, child, ms: performance.now() - begun }
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`)
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  }
}

const mebibytes = async (pid = 0): Promise<number> =>
  Number((await run('ps', ['-o', 'rss=', '-p', `${pid}`])).stdout) / 1024

/** The most that the process held while the work ran. */
async function peak(pid: number | undefined, work: () => Promise<unknown>): Promise<number> {
  const seen: number[] = [await mebibytes(pid)]
  const over = new AbortController()
  const watch = async () => {
    while (!over.signal.aborted) seen.push(await mebibytes(pid))
  }
  const watching = watch()
  await work()
  over.abort()
  await watching
  return Math.max(...seen)
}

const folder = await mkdtemp(join(tmpdir(), 'latchkey-start-'))
const bare = await bareStart(join(folder, 'bare'))
const cold = await start(folder)
const { url, child } = cold
/** Each from an address of its own: limits count by it. */
const post = async (path: string, at: number, from: string): Promise<number> => {
  const headers = { 'content-type': 'application/json', 'x-latchkey': '1', 'x-forwarded-for': from }
  const body = JSON.stringify({ email: `person-${at % accounts}@example.com`, password })
  const response = await fetch(url + path, { method: 'POST', headers, body })
  await response.text()
  return response.status
}
const idle = await mebibytes(child.pid)
for (let at = 0; at < accounts; at += 1) await post('/auth/register', at, `192.0.2.${at + 1}`)
const alone = await peak(child.pid, () => post('/auth/login', 0, '192.0.2.1'))
let statuses: readonly number[] = []
const together = await peak(child.pid, async () => {
  statuses = await Promise.all(
    Array.from({ length: people }, (_, at) => post('/auth/login', at, `198.51.100.${at + 1}`)),
  )
})
child.kill('SIGTERM')
await once(child, 'exit')
const again = await start(folder)
again.child.kill('SIGTERM')
await once(again.child, 'exit')
await rm(folder, { recursive: true, force: true })

const count = (status: number) => statuses.filter((each) => each === status).length
console.table([
  { 'start to ready on PGlite': 'PGlite alone, in an empty folder', ms: Math.round(bare), bound: '' },
  { 'start to ready on PGlite': 'cold: an empty folder', ms: Math.round(cold.ms), bound },
  { 'start to ready on PGlite': 'the same folder again', ms: Math.round(again.ms), bound: '' },
])
console.table([
  { resident: 'ready, idle', MiB: Math.round(idle) },
  { resident: 'one login, at most', MiB: Math.round(alone) },
  { resident: `${people} logins at once, at most`, MiB: Math.round(together), 200: count(200), 503: count(503) },
])
console.log(
  `The load average is ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores: idle ones are the measure.`,
)
console.log(`All ${people} hashes at once would take ${people * 19} MiB more.`)
if (process.argv.includes('--gate') && (cold.ms > bound || together - idle > (people * 19) / 10)) process.exitCode = 1
