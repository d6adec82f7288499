// Two hundred people who sign in at once (B20, S23): how much memory the hashing takes, beside one login after the other.
import { randomUUID } from 'node:crypto'
import { createMemoryStore } from '@latchkey/engine'
import { loadConfig, startServer } from '@latchkey/express'

const people = 200
const wide = { points: 1_000_000_000, seconds: 60 }
const limits = {
  credentialGlobal: wide,
  credentialPerIp: wide,
  credentialPerAccount: wide,
  credentialPerAccountAndIp: wide,
}
const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: 'pglite::memory:' })
const server = await startServer({ config, limits, store: createMemoryStore() })
const credentials = { email: `${randomUUID()}@example.com`, password: 'correct horse battery staple' }

const post = async (path: string): Promise<number> => {
  const headers = { 'content-type': 'application/json', 'x-latchkey': '1' }
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(credentials) })
  await response.text()
  return response.status
}

/** The peak of the process's memory in MiB while the work runs, over what it was before. */
async function peak(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss()
  let most = before
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 5)
  await work()
  clearInterval(look)
  return (Math.max(most, process.memoryUsage.rss()) - before) / 2 ** 20
}

await post('/auth/register')
for (let n = 0; n < 10; n += 1) await post('/auth/login')
const alone = await peak(async () => {
  for (let n = 0; n < 20; n += 1) await post('/auth/login')
})
const statuses: number[] = []
const together = await peak(async () => {
  statuses.push(...(await Promise.all(Array.from({ length: people }, () => post('/auth/login')))))
})
const count = (status: number) => statuses.filter((each) => each === status).length
const unbounded = people * 19
console.table([
  { logins: 'one after the other', 'MiB more': alone.toFixed(0), '200': 20, '503': 0 },
  { logins: `${people} at once`, 'MiB more': together.toFixed(0), '200': count(200), '503': count(503) },
])
console.log(
  `All ${people} hashes at once would take ${unbounded} MiB: ${together < unbounded / 10 ? 'bounded' : 'NOT bounded'}.`,
)
await server.stop()
