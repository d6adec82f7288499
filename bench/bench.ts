// How much the client costs per request, as a ratio against the same requests without it, in the same run.
import { createAuthClient } from '@latchkey/core'
import { createHttp } from '@latchkey/core/http'
import ky from 'ky'

const url = 'https://api.test/projects'
const token = `e30.${Buffer.from('{"sub":"1"}').toString('base64url')}.e30`
const grant = { access_token: token, token_type: 'Bearer', expires_in: 3600, sid: 's', user: { id: '1' } }

const stub = (async (input: string | Request) =>
  new Response((typeof input === 'string' ? input : input.url).endsWith('/auth/login') ? JSON.stringify(grant) : '{}', {
    headers: { 'Content-Type': 'application/json' },
  })) as typeof fetch

const auth = createAuthClient({ baseURL: 'https://api.test', fetch: stub })
await auth.login({ email: 'ada@example.com', password: 'never checked here' })
const bare = ky.create({ prefix: 'https://api.test', fetch: stub, headers: { Authorization: `Bearer ${token}` } })
const http = createHttp(auth)

const sequential = (count: number, call: () => Promise<unknown>) => async (): Promise<void> => {
  for (let n = 0; n < count; n++) await call()
}
const concurrent = (count: number, call: () => Promise<unknown>) => async (): Promise<void> => {
  await Promise.all(Array.from({ length: count }, call))
}
const raw = (): Promise<unknown> => stub(url, { headers: { Authorization: `Bearer ${token}` } })
const ours = (): Promise<unknown> => auth.fetch(url)

/** The median of the ratios of paired runs, taken in alternating order so that a slow moment hits both sides. */
async function ratio(baseline: () => Promise<void>, subject: () => Promise<void>, rounds = 31): Promise<number> {
  const time = async (run: () => Promise<void>): Promise<number> => {
    const start = performance.now()
    await run()
    return performance.now() - start
  }
  await baseline()
  await subject()
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const [first, second] = round % 2 === 0 ? [baseline, subject] : [subject, baseline]
    const [a, b] = [await time(first), await time(second)]
    ratios.push(round % 2 === 0 ? b / a : a / b)
  }
  return ratios.toSorted((a, b) => a - b)[rounds >> 1] ?? NaN
}

const rows = [
  [
    'auth.fetch, 20,000 in a row',
    'fetch with the header by hand',
    await ratio(sequential(20_000, raw), sequential(20_000, ours), 15),
  ],
  [
    'auth.fetch, 1,000 at once',
    'fetch with the header by hand',
    await ratio(concurrent(1_000, raw), concurrent(1_000, ours)),
  ],
  [
    'createHttp, 2,000 in a row',
    'ky with the header by hand',
    await ratio(
      sequential(2_000, () => bare.get('projects')),
      sequential(2_000, () => http.get('projects')),
    ),
  ],
] as const

console.table(rows.map(([subject, baseline, times]) => ({ subject, baseline, ratio: times.toFixed(2) })))
auth.dispose()
