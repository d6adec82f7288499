// Whether the time of a reply tells known accounts from unknown ones (B21): real argon2id over HTTP, interleaved, first tries dropped.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const samples = Number(process.env['SAMPLES'] ?? 300)
const warmUp = Math.ceil(samples / 10)
const known = `${randomUUID()}@example.com`
const password = 'correct horse battery staple'

// A process of its own: in this one its later work would stand between its reply and the one who waits for it.
const server = fork(fileURLToPath(new URL('server-process.ts', import.meta.url)))
const [base] = (await once(server, 'message')) as [string]

/** One reply: how long it took in milliseconds, and everything that it said. */
async function ask(path: string, body: unknown) {
  const start = performance.now()
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-latchkey': '1' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return { ms: performance.now() - start, said: `${response.status} ${text}` }
}

/** The two-sample Kolmogorov–Smirnov test: the probability of a difference like this one between samples of one kind. */
function kolmogorovSmirnov(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [one.toSorted((x, y) => x - y), other.toSorted((x, y) => x - y)]
  const below = (sorted: readonly number[], value: number) =>
    sorted.filter((each) => each <= value).length / sorted.length
  const distance = Math.max(...[...a, ...b].map((value) => Math.abs(below(a, value) - below(b, value))))
  const size = Math.sqrt((a.length * b.length) / (a.length + b.length))
  const lambda = (size + 0.12 + 0.11 / size) * distance
  const terms = Array.from({ length: 100 }, (_, k) => (k % 2 === 0 ? 1 : -1) * Math.exp(-2 * ((k + 1) * lambda) ** 2))
  return Math.min(1, Math.max(0, 2 * terms.reduce((sum, term) => sum + term, 0)))
}

const median = (times: readonly number[]) => times.toSorted((x, y) => x - y)[Math.floor(times.length / 2)] ?? 0

async function compare(name: string, path: string, bodyOf: (email: string) => unknown) {
  const times = { known: [] as number[], unknown: [] as number[] }
  const said = { known: new Set<string>(), unknown: new Set<string>() }
  for (let n = -warmUp; n < samples; n += 1) {
    // In an order that changes: neither is always the one after the other.
    const order = n % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const kind of order) {
      const reply = await ask(path, bodyOf(kind === 'known' ? known : `${randomUUID()}@example.com`))
      said[kind].add(reply.said)
      if (n >= 0) times[kind].push(reply.ms)
    }
  }
  const p = kolmogorovSmirnov(times.known, times.unknown)
  const [one, other] = [median(times.known), median(times.unknown)]
  const difference = Math.abs(one - other) / Math.max(one, other)
  const isSame = [...said.known].join('\n') === [...said.unknown].join('\n')
  return {
    route: name,
    'known, ms': one.toFixed(2),
    'unknown, ms': other.toFixed(2),
    'medians apart': `${(difference * 100).toFixed(1)} %`,
    'KS p': p.toFixed(3),
    'same words': isSame,
    verdict: isSame && p > 0.01 && difference < 0.05 ? 'indistinguishable' : 'told apart',
  }
}

await ask('/auth/register', { email: known, password })
const rows = [
  await compare('login', '/auth/login', (email) => ({ email, password: 'not the password of anybody' })),
  await compare('forgot', '/auth/password/forgot', (email) => ({ email })),
]
console.table(rows)
console.log(`${samples} samples of each kind. Registration tells a taken address by its answer, as its route says.`)
server.disconnect()
