// The client model of FAULTS.md: any history of logins, calls, failures, sleeps and other tabs keeps I1 to I8.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isAuthError } from '../src/index.js'
import { readClaims } from '../src/token.js'
import { fakeBackend, problem, type Sent } from './backend.js'
import { settle } from './manual-clock.js'
import { credentials, openClient, project, world, type Opened } from './open-client.js'

type Seat = Opened & {
  /** True from a logout until the next login of any tab. */
  out: boolean
  loginsUnderWay: number
  disposed: boolean
}

type Real = {
  readonly seats: readonly [Seat, Seat]
  readonly unsettled: Set<string>
  readonly aborts: AbortController[]
  /** What broke an invariant where no assertion can be thrown. */
  readonly broken: string[]
  readonly tries: Map<string, number>
  refresh: 'ok' | 'lost' | '500' | '401'
  inFlight: number
  mostInFlight: number
}
type Command = fc.AsyncCommand<object, Real>

const [second, minute, hour] = [1_000, 60_000, 3_600_000]

function open(scheduler: fc.Scheduler): Real {
  const { clock, browser } = world({ latency: 15 })
  // The server's clock is not the device's: it neither jumps nor is set.
  const start = clock.now()
  const now = (): number => start + clock.monotonic()
  const backend = fakeBackend({ ...clock, now }, { lifetime: 120 })
  /** A reply comes when the scheduler says so, between whatever else happens, and within 40 ms. */
  const later = () =>
    new Promise<void>((resolve) => {
      clock.after(40, resolve)
      void scheduler.schedule(Promise.resolve(), 'a reply').then(() => resolve())
    })
  const seat = (): Seat => {
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const { url } = new Request(input, init)
      if (!url.includes('/auth/')) judge(url, new Headers(init?.headers).get('Authorization'))
      const isRefresh = url.endsWith('/auth/refresh')
      if (isRefresh) real.mostInFlight = Math.max(real.mostInFlight, ++real.inFlight)
      try {
        return await backend.fetch(input, init)
      } finally {
        if (isRefresh) real.inFlight -= 1
      }
    }
    const own: Seat = {
      ...openClient({ backend, clock, browser }, { fetch }),
      out: false,
      loginsUnderWay: 0,
      disposed: false,
    }
    function judge(url: string, authorization: string | null): void {
      const tries = (real.tries.get(url) ?? 0) + 1
      real.tries.set(url, tries)
      if (tries > 2) real.broken.push(`I7: ${url} was sent ${tries} times`)
      if (authorization === null) return
      const { exp, sub } = readClaims(authorization.slice('Bearer '.length))
      const session = own.auth.$session.get()
      if (session.status !== 'authenticated') real.broken.push('I2: a token was sent while nobody is signed in')
      else if (session.user.id !== sub) real.broken.push(`I3: ${session.user.id} sent the token of ${String(sub)}`)
      // The claims tell whole seconds.
      if (Number(exp) * second <= now() - second) real.broken.push('I4: an expired token was sent')
    }
    return own
  }
  const delayed = async (sent: Sent): Promise<Response> => {
    const reply = backend.own(sent)
    await later()
    return reply
  }
  for (const path of ['/projects', '/auth/login', '/auth/logout', '/auth/refresh/ack']) backend.answer(path, delayed)
  backend.answer('/auth/refresh', async (sent) => {
    const { refresh } = real
    if (refresh === '401') backend.signedIn(null)
    const reply = refresh === '500' ? problem(500, 'internal') : backend.own(sent)
    await later()
    if (refresh === 'lost') throw new TypeError('Failed to fetch')
    return refresh === '401' ? problem(401, 'session_revoked') : reply
  })
  const real: Real = {
    seats: [seat(), seat()],
    unsettled: new Set(),
    aborts: [],
    broken: [],
    tries: new Map(),
    refresh: 'ok',
    inFlight: 0,
    mostInFlight: 0,
  }
  return real
}

let calls = 0

function watch(real: Real, name: string, promise: Promise<unknown>): void {
  const id = `${name} ${++calls}`
  real.unsettled.add(id)
  const done = (): boolean => real.unsettled.delete(id)
  promise.then(done, (error: unknown) => {
    done()
    if (!isAuthError(error) && !(error instanceof DOMException)) real.broken.push(`${id}: ${String(error)}`)
  })
}

async function check(real: Real): Promise<void> {
  await settle()
  expect(real.broken).toEqual([])
  expect(real.mostInFlight, 'I1').toBeLessThanOrEqual(1)
  for (const { auth, out, disposed } of real.seats)
    if (out && !disposed) expect(auth.$session.get().status, 'I2').not.toBe('authenticated')
}

const command = (name: string, run: (real: Real) => Promise<void> | void): Command => ({
  check: () => true,
  run: async (_model, real) => {
    await run(real)
    await check(real)
  },
  toString: () => name,
})

const seats = [0, 1] as const
const inTab = (name: string, run: (real: Real, seat: Seat) => Promise<void> | void): fc.Arbitrary<Command> =>
  fc.constantFrom(...seats).map((seat) => command(`${name} in tab ${seat + 1}`, (real) => run(real, real.seats[seat])))

const login = (email: string) =>
  inTab(`login as ${email}`, (real, seat) => {
    if (!seat.disposed) for (const other of real.seats) other.out = false
    seat.loginsUnderWay += 1
    // Until the other tab can have heard of it.
    const done = (): void => void seat.clock.after(20, () => (seat.loginsUnderWay -= 1))
    const promise = seat.auth.login({ ...credentials, email })
    promise.then(done, done)
    watch(real, 'login', promise)
  })

const call = inTab('call', (real, { auth }) => watch(real, 'call', auth.fetch(`${project}?n=${++calls}`)))

const commands = [
  login('ada@example.com'),
  login('grace@example.com'),
  call,
  call,
  inTab('call and give up later', (real, { auth }) => {
    const abort = new AbortController()
    real.aborts.push(abort)
    watch(real, 'call', auth.fetch(`${project}?n=${++calls}`, { signal: abort.signal }))
  }),
  fc.constant(command('abort', ({ aborts }) => aborts.splice(0).forEach((abort) => abort.abort()))),
  inTab('logout', (real, seat) => {
    // A login that another tab has begun may still sign this one in.
    if (!seat.disposed) seat.out = real.seats.every((other) => other === seat || other.loginsUnderWay === 0)
    watch(real, 'logout', seat.auth.logout())
  }),
  inTab('refresh', (real, { auth }) => watch(real, 'refresh', auth.refresh())),
  inTab('restore', (real, { auth }) => watch(real, 'restore', auth.restore())),
  fc
    .constantFrom<Real['refresh']>('ok', 'ok', 'lost', '500', '401')
    .map((answer) => command(`refreshes answer ${answer}`, (real) => void (real.refresh = answer))),
  fc.constant(command('the API refuses the token', ({ seats: [{ backend }] }) => backend.expire())),
  fc
    .constantFrom(1, 10, 20, 41, 100, 600, 6 * second, minute, 5 * minute)
    .map((ms) => command(`${ms} ms pass`, ({ seats: [{ clock }] }) => clock.advance(ms))),
  fc.constant(
    command('the device sleeps an hour', async ({ seats: [{ clock }] }) => {
      // Whoever waits for the lock while the device sleeps goes on without it: that is another law.
      await clock.advance(6 * second)
      clock.sleep(hour)
    }),
  ),
  fc.constantFrom(-hour, hour).map((ms) =>
    command(`the wall clock jumps ${ms} ms`, async ({ seats: [{ clock }] }) => {
      // A message says when it was sent by the wall clock alone: tabs share no other.
      await clock.advance(second)
      clock.jump(ms)
    }),
  ),
  inTab('hide', (_real, { tab }) => tab.hide()),
  inTab('show', (_real, { tab }) => tab.show()),
  inTab('leave and come back', async (_real, { tab, clock }) => {
    tab.leave()
    await clock.advance(second)
    tab.comeBack()
  }),
  fc.constant(command('online', (real) => real.seats.forEach(({ tab }) => tab.fire('online')))),
  fc.constant(
    command('ten minutes of outage', async (real) => {
      const [{ backend, clock }] = real.seats
      real.refresh = '500'
      const before = backend.count('/auth/refresh')
      for (let passed = 0; passed < 10; passed++) {
        for (const { auth } of real.seats) watch(real, 'call', auth.fetch(`${project}?n=${++calls}`))
        await clock.advance(minute)
      }
      const tries = backend.count('/auth/refresh') - before
      if (tries > 30) real.broken.push(`I6: ${tries} tries within ten minutes of outage`)
      real.refresh = 'ok'
    }),
  ),
  fc.constant(
    command('dispose tab 2', ({ seats: [, seat] }) => {
      seat.disposed = true
      seat.auth.dispose()
    }),
  ),
]

/** Back to quiet weather: everything settles, who is signed in is whom the server knows, and disposal leaves nothing. */
async function end(real: Real): Promise<void> {
  const [{ clock, backend, browser }] = real.seats
  real.refresh = 'ok'
  for (const { tab } of real.seats) tab.show()
  await clock.advance(2 * minute)
  await check(real)
  expect([...real.unsettled], 'I5').toEqual([])
  for (const { auth, disposed } of real.seats) {
    if (disposed) continue
    const reply = auth.fetch(`${project}?n=${++calls}`).catch((error: unknown) => error)
    await clock.advance(30 * second)
    const session = auth.$session.get()
    if (session.status === 'authenticated') expect(await reply).toMatchObject({ status: 200 })
  }
  for (const { auth } of real.seats) auth.dispose()
  await clock.advance(10 * second)
  const sent = backend.sent.length
  await clock.advance(hour)
  expect(backend.sent.length, 'I8').toBe(sent)
  expect([clock.timers(), browser.channels(), browser.locksHeld()], 'I8').toEqual([0, 0, 0])
  expect(real.seats.map(({ tab }) => tab.listeners())).toEqual([0, 0])
}

it('I1–I8 C10 hold for every history', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.commands(commands, { maxCommands: 40, size: 'max' }),
      async (scheduler, history) => {
        const real = open(scheduler)
        await fc.scheduledModelRun(scheduler, () => ({ model: {}, real }), history)
        await end(real)
      },
    ),
    { numRuns: Number(process.env['MODEL_RUNS'] ?? 200) },
  )
})
