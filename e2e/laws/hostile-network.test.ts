// A client and the real server with a hostile network in between: whatever breaks, nobody is signed out, and nothing forks.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuthClient, type AuthClient } from '@latchkey/core'
import { loadConfig, startServer, type RunningServer } from '@latchkey/express'
import { manualClock, type ManualClock } from '../../packages/core/test/manual-clock.js'
import { freePort } from '../browsers/port.js'
import { clearPasswords } from './admin.js'
import { freshEmail, password } from './device.js'
import { openFaultProxy, pass } from './fault-proxy.js'
import { late, replyLost, resetAtOnce, silences, strangers } from './faults.js'
import { openJar } from './jar.js'

const minute = 60_000

let server: RunningServer
let ahead = 0
let network: Awaited<ReturnType<typeof openFaultProxy>>
let clock: ManualClock
let auth: AuthClient
let email: string

beforeAll(async () => {
  const env = { PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: 'pglite::memory:', ALLOWED_ORIGINS: 'http://app.test' }
  const clock = { now: () => Date.now() + ahead }
  server = await startServer({
    config: loadConfig(env),
    clock,
    passwords: clearPasswords,
    mount: (app, { requireAuth }) =>
      void app.get('/api/hello', requireAuth(), (_request, response) => void response.json({ hello: true })),
  })
})
afterAll(() => server.stop())

beforeEach(async () => {
  clock = manualClock(Date.now())
  network = await openFaultProxy(await freePort(), server.port, () => void clock.advance(8_000))
  auth = createAuthClient({
    baseURL: network.url,
    refresh: { proactive: 'always' },
    fetch: openJar('http://app.test'),
    clock,
  })
  email = freshEmail()
  await auth.register({ email, password })
})
afterEach(async () => {
  auth.dispose()
  await network.close()
})

const soon = <Value>(look: () => Value | Promise<Value>) => expect.poll(look, { timeout: 20_000 })

async function families(): Promise<readonly { readonly head: number; readonly isAlive: boolean }[]> {
  const account = await server.store.accountByEmail(email)
  const all = account === null ? [] : await server.store.listFamilies(account.id)
  return all.map(({ head, revokedAt }) => ({ head, isAlive: revokedAt === null }))
}

/** The refresh tokens that the server has handed out since the sign-up, whether or not they arrived. */
const successors = (): readonly string[] => {
  const cookies = network.replies.slice(1).map((reply) => /^set-cookie: ([^;]+)/im.exec(reply)?.[1])
  return [...new Set(cookies.filter((cookie) => cookie !== undefined))]
}

/** Lets the cool-downs of failed refreshes pass, so that the client tries again by itself, until it is so. */
const expectAfterCoolDowns = (look: () => unknown) =>
  soon(async () => {
    await clock.advance(Math.max(0, (auth.$refresh.get().nextAttemptAt ?? 0) - clock.now() + 1))
    return look()
  })
const refreshing = (): string => auth.$refresh.get().status

/** One family with one generation, still the first session here, and the next refresh is as good as any. */
async function expectUnharmed(): Promise<void> {
  expect(auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 1 })
  expect(await families()).toEqual([{ head: 1, isAlive: true }])
  expect(successors()).toHaveLength(1)
  expect((await auth.fetch(`${network.url}/api/hello`)).status).toBe(200)
  ahead += minute
  await auth.refresh()
  expect(await families()).toEqual([{ head: 2, isAlive: true }])
  expect(auth.timeline().map(({ type }) => type)).not.toContain('expired')
}

describe('a hostile network', () => {
  it.each(silences)('%s is recovered from within the same refresh, by the same successor', async (_name, fault) => {
    network.meetOnce(fault)
    expect(await auth.refresh()).toMatchObject({ status: 'authenticated' })
    expect(network.requests()).toBe(3)
    await expectUnharmed()
  })

  it.each([...silences, ...strangers])(
    '%s, for as long as it lasts, costs nobody the session',
    async (_name, fault) => {
      network.meet(fault)
      await expect(auth.refresh()).rejects.toMatchObject({ name: 'AuthError' })
      expect(auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 1 })
      expect(auth.$refresh.get()).toMatchObject({ status: 'failing', failures: 1 })
      network.meet(pass)
      await expectAfterCoolDowns(refreshing).toBe('idle')
      await expectUnharmed()
    },
  )

  it('F1 a refused connection costs nobody the session, and the client is back with the network', async () => {
    await network.shut()
    await expect(auth.refresh()).rejects.toMatchObject({ code: 'unreachable', retryable: true })
    await expectAfterCoolDowns(() => auth.$refresh.get().failures).toBe(2)
    await network.reopen()
    await expectAfterCoolDowns(refreshing).toBe('idle')
    await expectUnharmed()
  })

  it('F5 W17 a reply that was lost an hour ago is made good by the same successor', async () => {
    network.meet(replyLost)
    await expect(auth.refresh()).rejects.toMatchObject({ code: 'unreachable' })
    ahead += 60 * minute
    network.meet(pass)
    await expectAfterCoolDowns(refreshing).toBe('idle')
    await expectUnharmed()
  })

  it('F4 a reply that is late, but in time, is asked for once', async () => {
    let release = (): void => {}
    const held = new Promise<void>((isHeld) => {
      network.meetOnce(late(new Promise((resolve) => (release = resolve)), isHeld))
    })
    const refreshed = auth.refresh()
    await held
    await clock.advance(7_900)
    expect(auth.$refresh.get().status).toBe('refreshing')
    release()
    await refreshed
    expect(network.requests()).toBe(2)
    await expectUnharmed()
  })

  it('a request whose token the server refuses gets its answer, although the refresh loses its first reply', async () => {
    ahead += 11 * minute
    network.meetOnce(pass)
    network.meetOnce(replyLost)
    expect((await auth.fetch(`${network.url}/api/hello`)).status).toBe(200)
    // Refused, lost, recovered, replayed.
    expect(network.requests()).toBe(5)
    await expectUnharmed()
  })

  it('C23 a logout without a network is delivered when it is back, and nothing is restored before', async () => {
    await network.shut()
    const told = auth.logout()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    await told
    expect(await families()).toEqual([{ head: 0, isAlive: true }])
    await network.reopen()
    network.meetOnce(resetAtOnce)
    expect(await auth.restore({ force: true })).toMatchObject({ status: 'unauthenticated' })
    const undelivered = (): number => auth.timeline().filter(({ type }) => type === 'diagnostic').length
    await soon(undelivered).toBe(2)
    await clock.advance(30_000)
    await soon(families).toEqual([{ head: 0, isAlive: false }])
    // The sign-up and two deliveries: nothing was asked in between.
    expect(network.requests()).toBe(3)
  })

  it('a reply lost at a login signs nobody in, and the next login does', async () => {
    await auth.logout()
    network.meetOnce(replyLost)
    await expect(auth.login({ email, password })).rejects.toMatchObject({ code: 'unreachable' })
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated' })
    expect(await auth.login({ email, password })).toMatchObject({ status: 'authenticated' })
    // Nobody holds the one between, whose token never arrived.
    expect((await families()).map(({ isAlive }) => isAlive)).toEqual([true, true, false])
    expect((await auth.fetch(`${network.url}/api/hello`)).status).toBe(200)
  })
})
