// What the server costs, as ratios within one run: a rotation against its bare SQL, a guard against no guard.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Client, Pool } from 'pg'
import { withDatabase } from './database.js'
import { keepOn, openClient, openServerSide, rate, type Measured } from './load.js'

const isGate = process.argv.includes('--gate')
const databaseUrl = process.env['DATABASE_URL']
const password = 'correct horse battery staple'
const rounds = 5
/** Connections to PostgreSQL, of both sides: what the server opens by default. */
const poolSize = 10

type Row = {
  readonly subject: string
  readonly baseline: string
  readonly rates: string
  /** Microseconds of CPU per call, of both. */
  readonly cpu: string
  readonly ratio: number
  /** How much less CPU: what others take of the machine at that moment is not in it. */
  readonly cpuRatio: number
  readonly bound: number | null
  /** What the gate holds: the ratio by CPU that was reached, less its spread. See README.md for those below their bound. */
  readonly held: number | null
}
const rows: Row[] = []
const report = (row: Row): void => {
  rows.push(row)
  console.log(
    `${row.subject} : ${row.baseline}  ${row.rates}  ${row.cpu} µs  ${row.ratio.toFixed(2)}  ${row.cpuRatio.toFixed(2)} by CPU`,
  )
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** Microseconds of CPU that something has used so far. */
type Usage = () => Promise<number>

/** One side of a comparison: so many calls, how many of them a second, and whose CPU they take. */
type Side = {
  readonly name: string
  readonly calls: number
  readonly run: () => Promise<number>
  readonly usage: Usage
}

const together =
  (...usages: readonly Usage[]): Usage =>
  async () => {
    const used = await Promise.all(usages.map((usage) => usage()))
    return used.reduce((sum, each) => sum + each, 0)
  }

const ownUsage: Usage = async () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** A run's rate, and the microseconds of CPU that each call took. */
async function measure({ calls, run, usage }: Side) {
  const before = await usage()
  const perSecond = await run()
  return { perSecond, cpu: ((await usage()) - before) / calls }
}

/** Both sides in turn, now the one first and now the other, so that a slow moment hits both; the median of the ratios. */
async function compare(subject: Side, baseline: Side, bound: number | null = null, held: number | null = null) {
  for (const side of [subject, baseline, subject, baseline]) await side.run()
  type Run = Awaited<ReturnType<typeof measure>>
  const pairs: (readonly [Run, Run])[] = []
  for (let round = 0; round < rounds; round += 1) {
    const first = await measure(round % 2 === 0 ? subject : baseline)
    const second = await measure(round % 2 === 0 ? baseline : subject)
    pairs.push(round % 2 === 0 ? [first, second] : [second, first])
  }
  const of = (read: (pair: readonly [Run, Run]) => number) => median(pairs.map(read))
  const both = (read: (run: Run) => number) => [of(([s]) => read(s)), of(([, b]) => read(b))].map(Math.round)
  report({
    subject: subject.name,
    baseline: baseline.name,
    rates: both(({ perSecond }) => perSecond)
      .join('/s : ')
      .concat('/s'),
    cpu: both(({ cpu }) => cpu).join(' : '),
    ratio: of(([s, b]) => s.perSecond / b.perSecond),
    cpuRatio: of(([s, b]) => b.cpu / s.cpu),
    bound,
    held,
  })
}

type Load = ReturnType<typeof openClient>

/** One signed-in browser a worker; each refresh keeps the new cookie. */
async function signIn(client: Load, workers: number) {
  const pairOf = (set: string): string => set.split(';')[0] ?? ''
  const post = (path: string, cookie: string, body?: unknown) =>
    client.send({
      path,
      method: 'POST',
      headers: {
        'x-latchkey': '1',
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const jars: string[][] = []
  const tokens: string[] = []
  for (let worker = 0; worker < workers; worker += 1) {
    const { status, cookies, text } = await post('/auth/register', '', {
      email: `${randomUUID()}@example.com`,
      password,
    })
    if (status !== 201) throw new Error(`register answered ${status} ${text}`)
    jars.push(cookies.map(pairOf))
    tokens.push((JSON.parse(text) as { access_token: string }).access_token)
  }
  const refresh = async (worker: number) => {
    const jar = jars[worker] ?? []
    const { status, cookies } = await post('/auth/refresh', jar.join('; '))
    if (status !== 200) throw new Error(`refresh answered ${status}`)
    jars[worker] = [cookies.map(pairOf)[0] ?? '', ...jar.slice(1)]
  }
  return { refresh, tokens }
}

/** Select for update, update, insert: one transaction of five statements on tables of its own, by connections of a pool. */
async function openBare(url: string, workers: number) {
  const pool = new Pool({ connectionString: url, max: poolSize })
  await pool.query('drop table if exists bench_token; drop table if exists bench_family')
  await pool.query('create table bench_family (id text primary key, head integer not null, handed_at bigint not null)')
  await pool.query(
    'create table bench_token (hash text primary key, family_id text not null references bench_family, generation integer not null, unique (family_id, generation))',
  )
  for (let at = 0; at < workers; at += 1) await pool.query('insert into bench_family values ($1, 0, 0)', [String(at)])
  const run = async (worker: number) => {
    const client = await pool.connect()
    const id = String(worker)
    await client.query('begin')
    const { rows: found } = await client.query<{ head: number }>({
      name: 'lock',
      text: 'select head from bench_family where id = $1 for update',
      values: [id],
    })
    const head = (found[0]?.head ?? 0) + 1
    await client.query({
      name: 'move',
      text: 'update bench_family set head = $2, handed_at = $3 where id = $1',
      values: [id, head, Date.now()],
    })
    await client.query({
      name: 'put',
      text: 'insert into bench_token values ($1, $2, $3)',
      values: [randomUUID(), id, head],
    })
    await client.query('commit')
    client.release()
  }
  const close = async () => {
    await pool.query('drop table bench_token; drop table bench_family')
    await pool.end()
  }
  return { run, close }
}

/** What the connections to a database have used on its side; nothing where the system does not say (Linux does). */
async function openDatabaseUsage(url: string) {
  const asking = new Client({ connectionString: url })
  await asking.connect()
  const of = (pid: number): number => {
    try {
      return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000
    } catch {
      return 0
    }
  }
  const usage: Usage = async () => {
    const { rows: backends } = await asking.query<{ pid: number }>(
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    return backends.reduce((sum, { pid }) => sum + of(pid), 0)
  }
  return { usage, close: () => asking.end() }
}

async function rotations(
  server: Measured,
  where: string,
  url: string | null,
  workers: number,
  bound: number | null,
  held: number | null,
) {
  const client = openClient(server.auth, workers)
  const { refresh } = await signIn(client, workers)
  const calls = url === null ? 640 : 1_280
  const run = () => rate(workers, calls, refresh)
  const name = `rotation over HTTP on ${where}, ${workers} connections`
  if (url === null) {
    await run()
    const { perSecond, cpu } = await measure({ name, calls, run, usage: server.cpu })
    const alone = { baseline: '', ratio: NaN, cpuRatio: NaN, bound, held }
    report({ subject: name, rates: `${Math.round(perSecond)}/s`, cpu: `${Math.round(cpu)}`, ...alone })
  } else {
    const bare = await openBare(url, workers)
    const database = await openDatabaseUsage(url)
    const baseline = 'its SQL bare: one transaction of five statements'
    await compare(
      { name, calls, run, usage: together(server.cpu, database.usage) },
      {
        name: baseline,
        calls,
        run: () => rate(workers, calls, bare.run),
        usage: together(ownUsage, database.usage),
      },
      bound,
      held,
    )
    await database.close()
    await bare.close()
  }
  await client.close()
}

/** The server on one core and its load on another: so a rate is what a core gives, whoever hands work to more threads. */
async function guards(server: Measured, workers = 16, calls = 4_000) {
  await Promise.all([keepOn(server.pid, 0), keepOn(process.pid, 1)])
  const auth = openClient(server.auth, 1)
  const { tokens } = await signIn(auth, 1)
  const client = openClient(server.app, workers)
  const get = (name: string, path: string, headers: Readonly<Record<string, string>> = {}, count = calls): Side => ({
    name,
    calls: count,
    usage: server.cpu,
    run: () =>
      rate(workers, count, async () => {
        const { status, text } = await client.send({ path, headers })
        if (status !== 200 || text === 'null') throw new Error(`${path} answered ${status} ${text}`)
      }),
  })
  const bearer = { authorization: `Bearer ${tokens[0]}` }
  const guarded = get('GET through requireAuth', '/guarded', bearer)
  const bare = get('bare Express 5', '/bare')
  await compare(guarded, bare, 0.6, 0.7)
  const verified = get('Express with one jose ES256 verification', '/jose', bearer)
  await compare(guarded, verified, 3, 2.7)
  // What no guard can pass: no work at all beside one verification.
  await compare(bare, verified)
  const signUp = await client.send({
    path: '/api/auth/sign-up/email',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'a@example.com', password, name: 'A' }),
  })
  const cookie = signUp.cookies.map((set) => set.split(';')[0]).join('; ')
  await compare(get('better-auth 1.6.34 get-session', '/api/auth/get-session', { cookie }, calls / 4), bare, null)
  await client.close()
  await auth.close()
}

if (databaseUrl === undefined) console.log('DATABASE_URL is not set: no figures for PostgreSQL.')
else {
  await withDatabase(databaseUrl, async (url) => {
    const server = await openServerSide(url)
    for (const workers of [16, 64]) await rotations(server, 'PostgreSQL', url, workers, 0.5, 0.4)
    await guards(server)
    await server.stop()
  })
}
const embedded = await openServerSide(null)
await rotations(embedded, 'PGlite', null, 16, null, null)
if (databaseUrl === undefined) await guards(embedded)
await embedded.stop()

console.table(
  rows.map(({ ratio, cpuRatio, bound, held, ...row }) => ({
    ...row,
    ratio: Number.isNaN(ratio) ? '' : ratio.toFixed(2),
    'by CPU': Number.isFinite(cpuRatio) && cpuRatio > 0.01 ? cpuRatio.toFixed(2) : '',
    bound: bound ?? '',
    held: held ?? '',
  })),
)
if (isGate && rows.some(({ cpuRatio, held }) => held !== null && cpuRatio < held)) process.exitCode = 1
