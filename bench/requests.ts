// How much the client costs per request, as a ratio against the same requests without it, in the same run.
import { createHttp } from '@latchkey/core/http'
import ky from 'ky'
import { concurrent, ratio, sequential } from './ratio.js'
import { api, fetch, grantOf, signedIn, url } from './stub.js'

const auth = await signedIn()
const token = grantOf(1).access_token
const bare = ky.create({ prefix: api, fetch, headers: { Authorization: `Bearer ${token}` } })
const http = createHttp(auth)
const raw = (): Promise<unknown> => fetch(url, { headers: { Authorization: `Bearer ${token}` } })
const ours = (): Promise<unknown> => auth.fetch(url)

const byHand = 'fetch with the header by hand'
const rows = [
  ['auth.fetch, 20,000 in a row', byHand, await ratio(sequential(20_000, raw), sequential(20_000, ours), 15)],
  ['auth.fetch, 1,000 at once', byHand, await ratio(concurrent(1_000, raw), concurrent(1_000, ours), 61)],
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
