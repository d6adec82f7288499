import { describe, expect, it } from 'vitest'
import { fakeBackend, json, jwt, userOf } from './backend.js'
import { fakeBrowser } from './browser.js'
import { manualClock } from './manual-clock.js'
import { credentials, openClient, type Opened } from './open-client.js'

const hour = 3_600_000
const day = 24 * hour
const api = 'https://api.test/projects'

/** A device whose clock is off by so many milliseconds, and a server that is right. */
async function skewed(skew: number, claims: (seconds: number) => object, expiresIn?: number): Promise<Opened> {
  const clock = manualClock(1_700_000_000_000 + skew)
  const backend = fakeBackend({ ...clock, now: () => clock.now() - skew })
  let gen = 0
  const grant = (): Response => {
    const seconds = Math.floor((clock.now() - skew) / 1000)
    const token = jwt({ sub: 'user-ada', sid: 's', gen: ++gen, ...claims(seconds) })
    return json({ access_token: token, expires_in: expiresIn, user: userOf('ada'), sid: 's' })
  }
  for (const path of ['/auth/login', '/auth/refresh']) backend.answer(path, grant)
  backend.answer('/projects', () => json({}))
  const own = openClient({ clock, backend, browser: fakeBrowser() })
  await own.auth.login(credentials)
  return own
}

describe.each([0, hour, -hour, day, -day])('F18 F19 C18 a device that is %d ms off', (skew) => {
  it.each<[string, (seconds: number) => object, number | undefined]>([
    ['expires_in', () => ({}), 600],
    ['exp and iat', (seconds) => ({ iat: seconds, exp: seconds + 600 }), undefined],
    ['F15 expires_in, and an exp in the past', (seconds) => ({ iat: seconds - 9_000, exp: seconds - 8_400 }), 600],
    [
      'F21 exp and iat, and an nbf in the future',
      (seconds) => ({ iat: seconds, exp: seconds + 600, nbf: seconds + 3_600 }),
      undefined,
    ],
  ])('refreshes as often as a right one, by %s', async (_name, claims, expiresIn) => {
    const { auth, backend, clock } = await skewed(skew, claims, expiresIn)
    await clock.advance(500_000)
    await auth.fetch(api)
    expect(backend.count('/auth/refresh')).toBe(0)
    await clock.advance(3 * 600_000)
    expect(backend.count('/auth/refresh')).toBe(4)
    expect(auth.$session.get().status).toBe('authenticated')
    auth.dispose()
  })
})

describe.each([
  ['F15 an exp that is over at receipt, by the reply’s own Date', (seconds: number) => ({ exp: seconds - 60 })],
  ['F16 an exp that is far away', (seconds: number) => ({ iat: seconds, exp: 1e300 })],
])('%s', (_name, claims) => {
  it('is no loop, and no timer of a moment', async () => {
    const { auth, backend, clock } = await skewed(0, claims)
    await clock.advance(hour)
    expect((await auth.fetch(api)).status).toBe(200)
    expect(backend.count('/auth/refresh')).toBe(0)
    auth.dispose()
  })
})

describe('F16 a token of hardly any lifetime', () => {
  it.each([0.001, 0.5, 1, 4])('%d s: never refreshed more often than once a second', async (expiresIn) => {
    const { auth, backend, clock } = await skewed(0, () => ({}), expiresIn)
    await clock.advance(60_000)
    expect(backend.count('/auth/refresh')).toBeLessThanOrEqual(60)
    expect(auth.$session.get().status).toBe('authenticated')
    auth.dispose()
  })
})
