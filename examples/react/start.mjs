// `npm start`: the API in a process of its own, so that it can be stopped and started, and the app in this one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createServer } from 'vite'

let api = null

async function startApi() {
  api = spawn(process.execPath, [`${import.meta.dirname}/server.mjs`], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [ended] = await Promise.race([once(api, 'message').then(() => [null]), once(api, 'exit')])
  if (ended !== null) process.exit(1)
}

async function stopApi() {
  const ending = api
  api = null
  ending.kill('SIGTERM')
  await once(ending, 'exit')
}

async function end() {
  if (api !== null) await stopApi()
  process.exit(0)
}

await startApi()
const app = await createServer({ root: import.meta.dirname })
await app.listen()
process.stdout.write(
  `  App   http://localhost:${app.config.server.port}\n\n  s + Enter stops the API and starts it again; Ctrl+C ends both.\n`,
)

process.once('SIGINT', () => void end()).once('SIGTERM', () => void end())

async function toggleApi() {
  if (api === null) return startApi()
  await stopApi()
  process.stdout.write('  API   stopped; s + Enter starts it again\n')
}
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line.trim() === 's') void toggleApi()
})
