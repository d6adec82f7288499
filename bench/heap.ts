// What stays in memory after many requests, and what a thousand subscribers are told.
import { signedIn, url } from './stub.js'

const collect = (globalThis as { gc?: () => void }).gc
if (collect === undefined) throw new Error('Run with --expose-gc.')
const heap = (): number => {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

const auth = await signedIn()
const send = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await (await auth.fetch(url)).text()
}
await send(20_000)
const before = heap()
await send(200_000)
const grown = heap() - before

let told = 0
const subscribers = Array.from({ length: 1_000 }, () => auth.$session.listen(() => void told++))
await auth.logout()
console.table([
  { what: 'heap grown after 200,000 requests', figure: `${(grown / 1024).toFixed(0)} KiB` },
  { what: 'notifications of 1,000 subscribers for one change', figure: told },
])
subscribers.forEach((stop) => stop())
auth.dispose()
