// Whether the time of a reply tells known accounts from unknown ones (B21): real argon2id over HTTP, interleaved, first tries dropped.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { withDatabase } from './database.js'

const samples = Number(process.env['SAMPLES'] ?? 300)
/** Of all routes, or those that it names. */
const only = process.env['ROUTES']?.split(',')
const warmUp = Math.ceil(samples / 10)
const [known, waiting] = [randomUUID(), randomUUID()].map((name) => `${name}@example.com`)
const password = 'correct horse battery staple'

/** One reply: how long it took in milliseconds, and everything that it said. */
async function ask(base: string, path: string, body?: unknown, token?: string) {
  const start = performance.now()
  const response = await fetch(base + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-latchkey': '1',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const names = [...response.headers.keys()].join()
  return { ms: performance.now() - start, text, said: `${response.status} ${names} ${text}` }
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

type Kind = 'known' | 'unknown'

async function compare(route: string, askFor: (kind: Kind) => ReturnType<typeof ask>) {
  const times = { known: [] as number[], unknown: [] as number[] }
  const said = { known: new Set<string>(), unknown: new Set<string>() }
  for (let n = -warmUp; n < samples; n += 1) {
    // In an order that changes: neither is always the one after the other.
    const order = n % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const kind of order) {
      const reply = await askFor(kind)
      said[kind].add(reply.said)
      if (n >= 0) times[kind].push(reply.ms)
    }
  }
  const p = kolmogorovSmirnov(times.known, times.unknown)
  const [one, other] = [median(times.known), median(times.unknown)]
  const difference = Math.abs(one - other) / Math.max(one, other)
  const isSame = [...said.known].join('\n') === [...said.unknown].join('\n')
  return {
    route,
    'known, ms': one.toFixed(2),
    'unknown, ms': other.toFixed(2),
    'medians apart': `${(difference * 100).toFixed(1)} %`,
    'KS p': p.toFixed(3),
    'same words': isSame,
    verdict: isSame && p > 0.01 && difference < 0.05 ? 'indistinguishable' : 'told apart',
  }
}

async function measure(databaseUrl: string | null): Promise<void> {
  // A process of its own: in this one its later work would stand between its reply and the one who waits for it.
  const { DATABASE_URL: _named, ...env } = process.env
  const server = fork(fileURLToPath(new URL('server-process.ts', import.meta.url)), {
    env: { ...env, REGISTRATION: 'private', ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }) },
  })
  const [base] = (await once(server, 'message')) as [string]
  const someone = (kind: Kind) => (kind === 'known' ? known : `${randomUUID()}@example.com`)
  await ask(base, '/auth/register', { email: known, password })
  type Row = Awaited<ReturnType<typeof compare>>
  const rows: Row[] = []
  const row = async (...given: Parameters<typeof compare>) => {
    if (only?.includes(given[0]) !== false) rows.push(await compare(...given))
  }
  await row('login', (kind) => ask(base, '/auth/login', { email: someone(kind), password: 'not the password' }))
  await row('register', (kind) => ask(base, '/auth/register', { email: someone(kind), password }))
  await row('forgot', (kind) => ask(base, '/auth/password/forgot', { email: someone(kind) }))
  if (databaseUrl !== null) {
    const tokens = await signInBoth(base, databaseUrl)
    await row('resend', (kind) => ask(base, '/auth/email/resend', undefined, tokens[kind]))
  }
  console.table(rows)
  server.disconnect()
  await once(server, 'exit')
}

/** Tokens of one whose address is proven, so that no mail goes out, and of one who waits for it: no route but `resend` tells them apart. */
async function signInBoth(base: string, databaseUrl: string) {
  await ask(base, '/auth/register', { email: waiting, password })
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const prove = (email: string | undefined, isProven: boolean) =>
    client.query('update latchkey_account set email_verified = $2 where email = $1', [email, isProven])
  const signIn = async (email: string | undefined): Promise<string> => {
    const { text } = await ask(base, '/auth/login', { email, password })
    return (JSON.parse(text) as { readonly access_token: string }).access_token
  }
  for (const email of [known, waiting]) await prove(email, true)
  const tokens = { known: await signIn(known), unknown: await signIn(waiting) }
  await prove(waiting, false)
  await client.end()
  return tokens
}

const databaseUrl = process.env['DATABASE_URL']
if (databaseUrl === undefined) await measure(null)
else await withDatabase(databaseUrl, measure)
console.log(`${samples} samples of each kind, on ${databaseUrl === undefined ? 'a store in memory' : 'PostgreSQL'}.`)
console.log('Of `resend`, known is an address that is proven, unknown one that waits for its mail.')
console.log(
  'By default registration tells a taken address by its answer; REGISTRATION=private, measured here, does not.',
)
console.log(
  'Signing in elsewhere is not measured: who has not proven the address there is refused before any look-up, and who has, owns it.',
)
