// A thousand requests whose token the API refuses all at once: one exchange, and no more time than by hand.
import { systemClock } from '@latchkey/core'
import { ratio } from './ratio.js'
import { api, signedIn, stub, url } from './stub.js'

const count = 1_000
const good = new Set<string>()
const server = stub((authorization) => good.has(authorization ?? ''))
const accept = (): void => void good.add(`Bearer ${server.token()}`)
// The token that a refresh brings is good at once.
const fetch: typeof globalThis.fetch = async (input, init) => {
  const response = await server.fetch(input, init)
  accept()
  return response
}
// A minute passes between rounds: the client makes no more than thirty exchanges in one.
let passed = 0
const auth = await signedIn(fetch, {
  ...systemClock,
  now: () => systemClock.now() + passed,
  monotonic: () => systemClock.monotonic() + passed,
})
const all = (call: () => Promise<unknown>): Promise<unknown> => Promise.all(Array.from({ length: count }, call))
let wasted = 0

/** By hand, as well as it can be done: all are refused, one exchange, all are sent again. */
async function byHand(): Promise<void> {
  good.clear()
  const send = () => server.fetch(url, { headers: { Authorization: `Bearer ${server.token()}` } })
  await all(send)
  await server.fetch(`${api}/auth/refresh`, { method: 'POST' })
  accept()
  await all(send)
}

async function ours(): Promise<void> {
  passed += 60_000
  // A baseline's exchange took the token's place on the server: the client learns of the new one first.
  await auth.refresh()
  good.clear()
  const before = server.exchanges()
  const responses = (await all(() => auth.fetch(url))) as Response[]
  wasted += server.exchanges() - before - 1 + responses.filter(({ ok }) => !ok).length
}

const times = await ratio(byHand, ours, 15)
console.table([
  {
    subject: `${count} refused at once`,
    baseline: 'both rounds and one exchange by hand',
    ratio: times.toFixed(2),
    'exchanges too many, or failures': wasted,
  },
])
auth.dispose()
process.exitCode = wasted === 0 ? 0 : 1
