// `pnpm start`: the API and the app in one process, so that both end together.
import { createServer } from 'vite'

await import('./server.mjs')
const vite = await createServer({ root: import.meta.dirname })
await vite.listen()
process.stdout.write(`  App   http://localhost:${vite.config.server.port}\n`)
