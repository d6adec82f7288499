// The examples' API under a clock that a test moves on, by a message of so many milliseconds.
import { loadConfig, startServer } from '@latchkey/express'

let ahead = 0
const server = await startServer({ config: loadConfig(process.env), clock: { now: () => Date.now() + ahead } })
process.on('message', (ms) => {
  ahead += ms
  process.send?.('moved')
})
process.send?.('listening')

const stop = () => void server.stop().then(() => process.exit(0))
process.once('SIGTERM', stop).once('disconnect', stop)
