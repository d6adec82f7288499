// `npm start`: the API in a process of its own, so that it can be stopped and started, and the app of this folder in this one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createServer } from 'vite'

let api = null
/** One thing at a time: what is typed while the API starts or stops waits for that. */
let turn = Promise.resolve()

async function startApi() {
  api = spawn(process.execPath, [`${import.meta.dirname}/server.mjs`], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const isListening = await Promise.race([once(api, 'message').then(() => true), once(api, 'exit').then(() => false)])
  if (!isListening) process.exit(1)
}

async function stopApi() {
  const ending = api
  api = null
  const ended = once(ending, 'exit')
  ending.kill('SIGTERM')
  await ended
}

async function toggleApi() {
  if (api === null) return startApi()
  await stopApi()
  process.stdout.write('  API   stopped; s + Enter starts it again\n')
}

async function end() {
  if (api !== null) await stopApi()
  process.exit(0)
}

await startApi()
const app = await createServer({ root: process.cwd() })
await app.listen()
// Vite ends the process when stdin does, which in the background is at once.
process.stdin.removeAllListeners('end')
process.stdout.write(
  `  App   http://localhost:${app.config.server.port}\n\n  s + Enter stops the API and starts it again; Ctrl+C ends both.\n`,
)

process.once('SIGINT', () => void end()).once('SIGTERM', () => void end())
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line.trim() === 's') turn = turn.then(toggleApi)
})
