// The conformance kit against Latchkey's own server, in each of its transports: nothing fails.
import { setTimeout as sleep } from 'node:timers/promises'
import { latchkey, type Profile } from '@latchkey/core'
import { runConformance } from '@latchkey/conformance'
import { loadConfig, startServer, type RunningServer } from '@latchkey/express'
import { afterAll, describe, expect, it } from 'vitest'

const origin = 'http://localhost:5173'
const transports: readonly { readonly transport: string; readonly profile: Profile }[] = [
  { transport: 'cookie', profile: latchkey() },
  { transport: 'body', profile: latchkey({ transport: 'body' }) },
  { transport: 'cookie-only', profile: latchkey({ transport: 'cookie-only' }) },
]
/** Tokens that no page can see cannot be forged by one; bodies need no cookies. */
const inapplicable: Readonly<Record<string, readonly string[]>> = {
  body: ['cookie-flags', 'csrf'],
  'cookie-only': ['forged-token', 'token-kinds'],
}
const running: RunningServer[] = []
afterAll(() => Promise.all(running.map((server) => server.stop())))

async function open(transport: string): Promise<string> {
  const config = loadConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'pglite::memory:',
    ALLOWED_ORIGINS: origin,
    TOKEN_TRANSPORT: transport,
    COOKIE_SECURE: 'true',
    // So that the kit need not wait half a minute until a repeat is a reuse.
    ROTATION_GRACE_SECONDS: '1',
  })
  const server = await startServer({ config })
  running.push(server)
  return server.url
}

describe.each(transports)('the kit at Latchkey’s own server, $transport', ({ transport, profile }) => {
  it(`B2 B7 B9 B11 B12 B13 B15 B17 B18 B21 B22: by ${transport}, every check passes or does not apply`, async () => {
    const { findings } = await runConformance(
      {
        baseURL: await open(transport),
        profile,
        origin,
        credentials: null,
        fields: {},
        protectedPath: null,
        attempts: 30,
        timeout: 10_000,
      },
      { sleep: (ms) => sleep(Math.min(ms, 1_500)) },
    )
    const wrong = findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
    expect(wrong.map(({ id, saw }) => `${id}: ${saw}`)).toEqual([])
    const skipped = findings.filter(({ verdict }) => verdict === 'skip').map(({ id }) => id)
    expect(skipped).toEqual(inapplicable[transport] ?? [])
  }, 240_000)
})
