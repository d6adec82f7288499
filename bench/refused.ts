// A thousand requests whose token a real server refuses all at once: one exchange, and no more time than by hand.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthClient, systemClock } from '@latchkey/core'
import { ratio } from './ratio.js'
import { grantOf } from './stub.js'

const count = 1_000
let generation = 0
let exchanges = 0
/** The generation from which on the API takes tokens. */
let accepted = 0

const server = createServer(({ url = '', headers }, response) => {
  response.setHeader('Content-Type', 'application/json')
  if (url.startsWith('/auth/')) {
    exchanges += Number(url === '/auth/refresh')
    return response.end(JSON.stringify(grantOf(++generation)))
  }
  const isFine = Number(headers.authorization?.split('.')[3]) >= accepted
  response.statusCode = isFine ? 200 : 401
  return response.end('{}')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

// A minute passes between rounds: the client makes no more than thirty exchanges in one.
let passed = 0
const clock = {
  ...systemClock,
  now: () => systemClock.now() + passed,
  monotonic: () => systemClock.monotonic() + passed,
}
const auth = createAuthClient({ baseURL: api, clock, refresh: { proactive: 'never' } })
await auth.login({ email: 'ada@example.com', password: 'never checked here' })

const all = async (call: () => Promise<Response>): Promise<readonly Response[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const response = await call()
      await response.text()
      return response
    }),
  )

/** By hand, as well as it can be done: all are refused, one exchange, all are sent again. */
async function byHand(): Promise<void> {
  let token = grantOf(generation).access_token
  const send = (): Promise<Response> => fetch(`${api}/projects`, { headers: { Authorization: `Bearer ${token}` } })
  accepted = generation + 1
  await all(send)
  token = ((await (await fetch(`${api}/auth/refresh`, { method: 'POST' })).json()) as typeof grant).access_token
  await all(send)
}
const grant = grantOf(0)

let wrong = 0
async function ours(): Promise<void> {
  passed += 60_000
  accepted = generation + 1
  const before = exchanges
  const responses = await all(() => auth.fetch(`${api}/projects`))
  wrong += exchanges - before - 1 + responses.filter(({ ok }) => !ok).length
}

const times = await ratio(byHand, ours, 15)
console.table([
  {
    subject: `${count} refused at once, over HTTP`,
    baseline: 'both rounds and one exchange by hand',
    ratio: times.toFixed(2),
    'exchanges too many, or failures': wrong,
  },
])
auth.dispose()
server.closeAllConnections()
server.close()
process.exitCode = wrong === 0 ? 0 : 1
