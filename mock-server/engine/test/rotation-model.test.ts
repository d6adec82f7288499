// The rotation against an oracle that knows ROTATION.md and nothing of the engine, over histories that nobody thought of.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bearer,
  codeOf,
  cookieHeader,
  day,
  grantOf,
  openSetting,
  refresh,
  register,
  start,
  tokenOf,
  type Setting,
} from './setting.js'

const grace = 30_000
const idle = 14 * day
const absolute = 30 * day

type Token = { readonly text: string; readonly gen: number; consumedAt: number | null }

/** What the oracle knows of one family. */
type Model = {
  readonly tokens: Token[]
  readonly bearers: { readonly text: string; readonly gen: number; readonly until: number }[]
  handedAt: number
  confirmedAt: number | null
  idleUntil: number
  revoked: boolean
  /** Generations in a row that were recovered later than the grace, and the last of them. */
  late: { readonly count: number; readonly at: number }
}

/** What must happen, by the text of ROTATION.md: the generation that is handed out, or the refusal. */
function oracle(model: Model, gen: number, now: number): number | 'session_expired' | 'session_revoked' {
  const head = model.tokens.length - 1
  if (model.revoked) return 'session_revoked'
  if (now >= model.idleUntil) return 'session_expired'
  if (gen === head) {
    if (gen > 0 && now - model.handedAt < grace) {
      model.confirmedAt ??= now
      return head
    }
    model.handedAt = now
    model.confirmedAt = null
    model.idleUntil = Math.min(now + idle, start + absolute)
    return head + 1
  }
  const consumedAt = model.tokens[gen]?.consumedAt ?? 0
  const forgiven = model.confirmedAt === null || now - Math.max(consumedAt, model.confirmedAt) <= grace
  if (gen === head - 1 && forgiven) {
    const late = now - Math.max(consumedAt, model.confirmedAt ?? 0) > grace
    if (late && model.late.at !== head)
      model.late = { count: model.late.at === head - 1 ? model.late.count + 1 : 1, at: head }
    model.handedAt = now
    if (model.late.count < 3) return head
  }
  model.revoked = true
  return 'session_revoked'
}

type Command = fc.AsyncCommand<Model, Setting>

/** Shows any token that was ever issued. */
const refreshCommand = (pick: number): Command => ({
  check: () => true,
  toString: () => `refresh(${pick})`,
  run: async (model, setting) => {
    // The newest ones are the interesting ones: zero is the head, one its parent.
    const gen = Math.max(0, model.tokens.length - 1 - pick)
    const now = setting.clock.now()
    const was = model.revoked
    const told = setting.events.length
    const expected = oracle(model, gen, now)
    const reply = await refresh(setting, model.tokens[gen]?.text ?? '')
    const news = setting.events.slice(told).map(({ type }) => type)
    // J6: exactly the refusal that revokes is told.
    expect(news.filter((type) => type === 'sessions_revoked').length).toBe(model.revoked && !was ? 1 : 0)
    if (typeof expected === 'string') {
      expect(reply).toMatchObject({ status: 401, cookie: { act: 'clear' } })
      expect(codeOf(reply)).toBe(expected)
      return
    }
    expect(reply.status).toBe(200)
    expect(grantOf(reply).gen).toBe(expected)
    // J5: a generation has one text, however often it is handed out.
    const known = model.tokens[expected]
    if (known === undefined) {
      model.tokens.push({ text: tokenOf(reply), gen: expected, consumedAt: null })
      const parent = model.tokens[gen]
      if (parent !== undefined) parent.consumedAt = now
    } else expect(tokenOf(reply)).toBe(known.text)
    model.bearers.push({ text: grantOf(reply).access_token, gen: expected, until: now + 600_000 })
    // J4: no cookie outlives the family.
    if (reply.cookie.act === 'set') {
      expect(now + reply.cookie.maxAge * 1000).toBeLessThanOrEqual(Math.min(model.idleUntil, start + absolute))
    }
  },
})

const ackCommand = (pick: number): Command => ({
  check: (model) => model.bearers.length > 0,
  toString: () => `ack(${pick})`,
  run: async (model, setting) => {
    const one = model.bearers[Math.max(0, model.bearers.length - 1 - pick)]
    if (one === undefined) return
    const now = setting.clock.now()
    const reply = await setting.send('POST', '/auth/refresh/ack', { headers: bearer(one.text) })
    if (now >= one.until) expect(reply.status).toBe(401)
    else if (!model.revoked) expect(reply.status).toBe(204)
    const proves = now < one.until && !model.revoked && one.gen === model.tokens.length - 1
    if (proves) model.confirmedAt ??= now
  },
})

const logoutCommand = (pick: number): Command => ({
  check: () => true,
  toString: () => `logout(${pick})`,
  run: async (model, setting) => {
    const token = model.tokens[Math.max(0, model.tokens.length - 1 - pick)]?.text ?? ''
    const reply = await setting.send('POST', '/auth/logout', { headers: cookieHeader(token) })
    expect(reply).toMatchObject({ status: 204, cookie: { act: 'clear' } })
    model.revoked = true
  },
})

const waitCommand = (ms: number): Command => ({
  check: () => true,
  toString: () => `wait(${ms})`,
  run: async (_model, setting) => setting.clock.advance(ms),
})

const anyWait = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2 * grace }) },
  { weight: 2, arbitrary: fc.constantFrom(1, grace - 1, grace, grace + 1, 600_000) },
  { weight: 1, arbitrary: fc.constantFrom(day, 13 * day, idle - 1, idle) },
)

test('J1, J3, J4, J5, J6: any history of refreshes, acks, logouts and waits goes as the oracle says', async () => {
  const commands = fc.commands(
    [
      fc.constantFrom(0, 0, 0, 1).map(refreshCommand),
      fc.constantFrom(0, 0, 0, 1).map(refreshCommand),
      fc.constantFrom(0, 0, 0, 1, 1, 1, 1, 2).map(refreshCommand),
      fc.constantFrom(0, 0, 1).map(ackCommand),
      anyWait.map(waitCommand),
      anyWait.map(waitCommand),
      fc.integer({ min: 0, max: 9 }).map((pick) => (pick > 2 ? waitCommand(grace) : logoutCommand(pick))),
    ],
    { size: '+1', maxCommands: 40 },
  )
  await fc.assert(
    fc.asyncProperty(commands, async (history) => {
      const setting = openSetting()
      const registered = await register(setting)
      const model: Model = {
        tokens: [{ text: tokenOf(registered), gen: 0, consumedAt: null }],
        bearers: [{ text: grantOf(registered).access_token, gen: 0, until: start + 600_000 }],
        handedAt: start,
        confirmedAt: start,
        idleUntil: start + idle,
        revoked: false,
        late: { count: 0, at: 0 },
      }
      await fc.asyncModelRun(() => ({ model, real: setting }), history)
      // J1: the family has as many generations as were handed out, and one head.
      const families = await setting.store.listFamilies(grantOf(registered).user.id)
      expect(families.map(({ head }) => head)).toEqual([model.tokens.length - 1])
    }),
    { numRuns: 200 },
  )
})

type Ask = {
  readonly gap: number
  readonly there: number
  readonly back: number
  readonly lost: boolean
  readonly acks: boolean
}

/** One browser: a jar with one cookie that every reply overwrites, and no lock between its tabs. */
async function honestly(setting: Setting, asks: readonly Ask[]): Promise<number[]> {
  let jar = tokenOf(await register(setting))
  const statuses: number[] = []
  const due: { readonly at: number; readonly run: () => Promise<void> }[] = []
  let sentAt = start
  for (const { gap, there, back, lost, acks } of asks) {
    sentAt += gap
    const departure = sentAt
    due.push({
      at: departure,
      run: async () => {
        const token = jar
        due.push({
          at: departure + there,
          run: async () => {
            const reply = await refresh(setting, token)
            statuses.push(reply.status)
            if (lost) return
            due.push({
              at: departure + there + back,
              run: async () => {
                jar = reply.cookie.act === 'set' ? reply.cookie.value : jar
                if (!acks) return
                const headers = bearer(grantOf(reply).access_token)
                const ack = async () => void (await setting.send('POST', '/auth/refresh/ack', { headers }))
                due.push({ at: departure + there + back + there, run: ack })
              },
            })
          },
        })
      },
    })
  }
  while (due.length > 0) {
    due.sort((one, other) => one.at - other.at)
    const next = due.shift()
    if (next === undefined) break
    setting.clock.advance(Math.max(0, next.at - setting.clock.now()))
    await next.run()
  }
  return statuses
}

const losses = (asks: readonly Ask[]): number => asks.filter(({ lost }) => lost).length

test.each([
  ['whose tabs, delays and lost replies are what they may be, where no streak is counted', 0, () => true],
  ['that loses no more than two replies', 3, (asks: readonly Ask[]) => losses(asks) <= 2],
] as const)('J2: a browser %s is never logged out', async (_name, reuseStreak, isLucky) => {
  const delay = fc.integer({ min: 0, max: 7_000 })
  const ask: fc.Arbitrary<Ask> = fc.record({
    gap: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 90_000 }), fc.constantFrom(0, day)),
    there: delay,
    back: delay,
    lost: fc.boolean(),
    acks: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(ask, { maxLength: 25 }).filter(isLucky), async (asks) => {
      const statuses = await honestly(openSetting({ reuseStreak }), asks)
      expect(statuses).toEqual(asks.map(() => 200))
    }),
    { numRuns: 200 },
  )
})
