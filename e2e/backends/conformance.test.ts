// The conformance kit against the example backends. Its secret: what each example is known to lack, and nothing else.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Profile } from '@latchkey/core'
import {
  betterAuth,
  fastapiCookie,
  fastapiCookieOnly,
  fastapiEnvelope,
  fastapiForm,
  fastapiQuery,
  oauth2,
  simpleJwt,
} from '@latchkey/core/profiles'
import { runConformance, type Target, type Verdict } from '@latchkey/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBetterAuth } from './better-auth-server.js'
import { oidcPassword, openProvider } from './oidc-server.js'
import { openDjango, openPython, type PythonBackend } from './python.js'

type Known = Readonly<Record<string, Verdict>>
type Example = {
  readonly path: string
  readonly profile: Profile
  readonly known: Known
  readonly protectedPath?: string
}

/** What others leave to a proxy, or to a setting that is off here. */
const unlimited: Known = { 'rate-limit': 'fail' }
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

const origin = 'http://localhost:5173'
const target = { origin, credentials: null, fields: {}, protectedPath: null, attempts: 12, timeout: 10_000 }

/** What does not pass, by check. */
async function lacking(given: Target): Promise<Known> {
  // A grace is waited out where there is one; none of these has a long one.
  const { findings } = await runConformance(given, { sleep: (ms) => sleep(Math.min(ms, 1_000)) })
  return Object.fromEntries(
    findings.filter(({ verdict }) => verdict !== 'pass').map(({ id, verdict }) => [id, verdict]),
  )
}

let backend: PythonBackend
let django: PythonBackend
beforeAll(async () => {
  const env = { ACCESS_SECONDS: String(lifetime) }
  ;[backend, django] = await Promise.all([openPython('fastapi', 'every_shape:app', env), openDjango(env)])
}, 300_000)
afterAll(() => Promise.all([backend.stop(), django.stop()]))

describe.each(examples)('the kit at FastAPI, $path', ({ path, profile, known, protectedPath = null }) => {
  it(`FastAPI, ${path}: what does not pass is what the example is known to lack`, async () => {
    const found = await lacking({ ...target, baseURL: `${backend.url}/${path}`, profile, protectedPath })
    expect(found).toEqual(known)
  })
})

describe('the kit at backends that others wrote', () => {
  it('Django, SimpleJWT: strict, and nothing else: a stolen token ends its family, and guesses meet a limit', async () => {
    const profile = simpleJwt({ usernameField: 'email', me: 'api/me/', register: 'api/register/' })
    expect(await lacking({ ...target, baseURL: django.url, profile })).toEqual({
      ...strict,
      'cookie-flags': 'skip',
      csrf: 'skip',
    })
  })

  it('Better Auth: one cookie that is looked at and never exchanged', async () => {
    const server = await openBetterAuth(origin, lifetime)
    const fields = { name: 'Ada' }
    const given = { ...target, baseURL: server.url, profile: betterAuth(), fields, protectedPath: 'api/hello' }
    expect(await lacking(given)).toEqual({
      ...unlimited,
      ...cookies,
      rotation: 'skip',
      reuse: 'skip',
      'concurrent-refresh': 'skip',
      'forged-token': 'skip',
      'token-kinds': 'skip',
      cache: 'fail',
      // The server of these laws names no Vary, and the cookie lives as long as it says to nobody.
      cors: 'warn',
      lifetimes: 'warn',
    })
    await server.stop()
  })

  it('oidc-provider: rotation with reuse detection, and errors as OAuth has them', async () => {
    const server = await openProvider(lifetime)
    const profile = oauth2({
      clientId: 'web',
      tokenPath: 'token',
      revocationPath: 'token/revocation',
      userInfoPath: 'me',
    })
    const credentials = { username: 'ada', password: oidcPassword }
    expect(await lacking({ ...target, baseURL: server.url, profile, credentials })).toEqual({
      ...unlimited,
      ...strict,
      'cookie-flags': 'skip',
      csrf: 'skip',
      'forged-token': 'skip',
      // The provider in its tests lets every origin ask, without cookies.
      'cors-strangers': 'warn',
    })
    await server.stop()
  })
})
