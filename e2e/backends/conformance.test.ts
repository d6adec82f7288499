// The conformance kit against the example backends. Its secret: what each example is known to lack, and nothing else.
import type { Profile } from '@latchkey/core'
import { fastapiCookie, fastapiCookieOnly, fastapiEnvelope, fastapiForm, fastapiQuery } from '@latchkey/core/profiles'
import { runConformance, type Verdict } from '@latchkey/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPython, type PythonBackend } from './python.js'

type Known = Readonly<Record<string, Verdict>>
type Example = {
  readonly path: string
  readonly profile: Profile
  readonly known: Known
  readonly protectedPath?: string
}

/** Small programs leave these to a proxy, and say so. */
const everywhere: Known = { 'rate-limit': 'fail' }
/** One token, one exchange: no grace for a repeat, so that a lost reply signs out. */
const strict: Known = { 'concurrent-refresh': 'warn' }
/** Plain http on this machine, and SameSite=Lax as the only guard against forms of other sites. */
const cookies: Known = { 'cookie-flags': 'warn', csrf: 'warn' }
const bodies: Known = { 'cookie-flags': 'skip', csrf: 'skip', logout: 'warn' }
const lifetime = 900

const examples: readonly Example[] = [
  { path: 'cookie', profile: fastapiCookie({ lifetime }), known: { ...strict, ...cookies } },
  { path: 'form', profile: fastapiForm({ lifetime }), known: { ...strict, ...cookies } },
  {
    path: 'cookie-only',
    profile: fastapiCookieOnly(),
    known: { ...strict, ...cookies, 'forged-token': 'skip', 'token-kinds': 'skip' },
  },
  { path: 'envelope', profile: fastapiEnvelope(), known: { ...bodies, rotation: 'fail', reuse: 'fail' } },
  {
    path: 'query',
    profile: fastapiQuery({ lifetime }),
    protectedPath: 'notes',
    known: { ...strict, ...bodies, 'token-in-url': 'fail' },
  },
]

let backend: PythonBackend
beforeAll(async () => {
  backend = await openPython('fastapi', 'every_shape:app', { ACCESS_SECONDS: String(lifetime) })
}, 300_000)
afterAll(() => backend.stop())

describe.each(examples)('the kit at FastAPI, $path', ({ path, profile, known, protectedPath = null }) => {
  it(`FastAPI, ${path}: what does not pass is what the example is known to lack`, async () => {
    const { findings } = await runConformance({
      baseURL: `${backend.url}/${path}`,
      profile,
      origin: 'http://localhost:5173',
      credentials: null,
      fields: {},
      protectedPath,
      attempts: 12,
      timeout: 10_000,
    })
    const lacking = findings.filter(({ verdict }) => verdict !== 'pass').map(({ id, verdict }) => [id, verdict])
    expect(Object.fromEntries(lacking)).toEqual({ ...everywhere, ...known })
  })
})
