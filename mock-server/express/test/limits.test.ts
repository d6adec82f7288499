// How often is too often, who is counted as whom, and what counts while Redis is away.
import { randomUUID } from 'node:crypto'
import { createMemoryStore } from '@latchkey/engine'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientKey } from '../src/client-ip.js'
import { createLimiter, type Limiter, type Limits } from '../src/limits.js'
import { openRedis } from '../src/redis.js'
import { redisUrl } from './databases.js'
import { openProxy } from './proxy.js'
import { aServer, noLimits } from './settings.js'
import { aMail, aMember, aVisitor, password } from './visitor.js'

const few = (points: number) => ({ points, seconds: 60 })
const credential = (email: string, ip = '203.0.113.7') => ({ limit: 'credential', email, ip }) as const
const burst = (limiter: Limiter, count: number, ...who: Parameters<typeof credential>) =>
  Promise.all(Array.from({ length: count }, () => limiter.admit(credential(...who))))
const admitted = (waits: readonly (number | null)[]) => waits.filter((wait) => wait === null).length

describe('a limiter', () => {
  const limits: Limits = {
    credentialPerIp: few(50),
    credentialPerAccount: few(20),
    credentialPerAccountAndIp: few(5),
    credentialGlobal: few(1_000),
    mailGlobal: few(1_000),
    mailPerIp: few(6),
    mailPerAccount: few(3),
    sessionPerIp: few(10),
  }

  it('a parallel burst cannot exceed the budget (B22, S21)', async () => {
    const waits = await burst(createLimiter(limits), 40, aMail())
    expect(admitted(waits)).toBe(5)
    expect(waits.every((wait) => wait === null || (wait >= 1 && wait <= 60))).toBe(true)
  })

  it('who guesses from one address does not lock the person out elsewhere (B22)', async () => {
    const limiter = createLimiter(limits)
    const email = aMail()
    await burst(limiter, 45, email, '198.51.100.1')
    expect(await limiter.admit(credential(email, '203.0.113.9'))).toBeNull()
  })

  it('guesses from many addresses at one account are bounded as well (B22)', async () => {
    const limiter = createLimiter(limits)
    const email = aMail()
    const waits = await Promise.all(
      Array.from({ length: 60 }, (_, n) => limiter.admit(credential(email, `10.0.0.${n}`))),
    )
    expect(admitted(waits)).toBe(20)
  })

  it('an address that the account has signed in from stays open, whatever strangers do to the account or to all (B22)', async () => {
    const limiter = createLimiter({ ...limits, credentialGlobal: few(30) })
    const email = aMail()
    expect(await limiter.admit(credential(email, '203.0.113.9'))).toBeNull()
    await limiter.forgive(credential(email, '203.0.113.9'))
    for (let n = 0; n < 60; n += 1) await limiter.admit(credential(email, `10.0.0.${n}`))
    for (let n = 0; n < 60; n += 1) await limiter.admit(credential(aMail(), `10.0.1.${n}`))
    expect(await limiter.admit(credential(email, '198.51.100.1'))).toBeGreaterThan(0)
    expect(await limiter.admit(credential(aMail(), '198.51.100.2'))).toBeGreaterThan(0)
    expect(await limiter.admit(credential(email, '203.0.113.9'))).toBeNull()
  })

  it('all strangers together have a budget (B22)', async () => {
    const limiter = createLimiter({ ...limits, credentialGlobal: few(25) })
    const waits = await Promise.all(
      Array.from({ length: 60 }, (_, n) => limiter.admit(credential(aMail(), `10.0.0.${n}`))),
    )
    expect(admitted(waits)).toBe(25)
  })

  it('one address cannot spray many accounts (B22)', async () => {
    const limiter = createLimiter(limits)
    const waits = await Promise.all(Array.from({ length: 80 }, () => limiter.admit(credential(aMail()))))
    expect(admitted(waits)).toBe(50)
  })

  it('spellings of one mail address are one account (B30)', async () => {
    const limiter = createLimiter(limits)
    const waits = [
      'Ann@example.com',
      'ann@EXAMPLE.com',
      ' ann@example.com',
      'ａnn@example.com',
      'ann@example.com',
      'ANN@example.com',
    ]
    expect(admitted(await Promise.all(waits.map((email) => limiter.admit(credential(email)))))).toBe(5)
  })

  it('success forgives', async () => {
    const limiter = createLimiter(limits)
    const email = aMail()
    for (let round = 0; round < 15; round += 1) {
      expect(await limiter.admit(credential(email))).toBeNull()
      await limiter.forgive(credential(email))
    }
  })
})

describe('the client address', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['not an address', 'not an address'],
  ])('%s counts as %s (B23, S30)', (ip, key) => {
    expect(clientKey(ip)).toBe(key)
  })

  it('is the hop that a configured proxy tells, and no other (B23, S30)', async () => {
    const limits = { ...noLimits, sessionPerIp: few(3) }
    const spoof = async (hops: string) => {
      const server = await aServer({ store: createMemoryStore(), limits, env: { TRUST_PROXY_HOPS: hops } })
      const visitor = aVisitor(server.url)
      const statuses: number[] = []
      for (let n = 0; n < 6; n += 1) {
        const headers = { 'x-forwarded-for': `10.0.0.${n}, 198.51.100.1` }
        statuses.push((await visitor.go('/auth/me', { headers })).status)
      }
      await server.stop()
      return statuses.filter((status) => status === 429).length
    }
    expect(await spoof('0')).toBe(3)
    expect(await spoof('1')).toBe(3)
  })

  it.each([
    ['of one /64', Array.from({ length: 6 }, (_, n) => `2001:db8:1:2:${n}::${n}`), 3],
    ['that is IPv4 in every spelling', ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '192.0.2.1'], 1],
    ['of six networks', Array.from({ length: 6 }, (_, n) => `2001:db8:1:${n + 1}::1`), 0],
  ])('%s is as many visitors to the server as there are networks (B23, S30)', async (_name, addresses, refused) => {
    const limits = { ...noLimits, sessionPerIp: few(3) }
    const server = await aServer({ store: createMemoryStore(), limits, env: { TRUST_PROXY_HOPS: '1' } })
    const statuses: number[] = []
    for (const address of addresses) {
      const { status } = await aVisitor(server.url).go('/auth/me', { headers: { 'x-forwarded-for': address } })
      statuses.push(status)
    }
    await server.stop()
    expect(statuses.filter((status) => status === 429)).toHaveLength(refused)
  })
})

it('over the limit is 429 with Retry-After, counted before the password is looked at (B22)', async () => {
  const checked: string[] = []
  const passwords = {
    hash: async (text: string) => text,
    verify: async (_hash: string, text: string) => checked.push(text) > Infinity,
  }
  const limits = { credentialPerAccountAndIp: few(3) }
  const server = await aServer({ store: createMemoryStore(), limits, passwords })
  const { email } = await aMember(server.url)
  const visitor = aVisitor(server.url)
  const tries = await Promise.all(
    Array.from({ length: 10 }, () => visitor.twin().post('/auth/login', { email, password })),
  )
  await server.stop()
  const refused = tries.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(7)
  expect(refused[0]?.body).toMatchObject({ code: 'rate_limited', status: 429 })
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(checked).toHaveLength(3)
})

describe('mails', () => {
  it('cannot flood a letter box, nor lock its owner out of signing in (B22)', async () => {
    const limits = { ...noLimits, mailPerAccount: few(3), credentialPerAccount: few(4) }
    const server = await aServer({ store: createMemoryStore(), limits })
    const member = await aMember(server.url)
    const visitor = aVisitor(server.url)
    const forgot = async (email: string) => (await visitor.post('/auth/password/forgot', { email })).status
    const statuses = []
    for (const email of Array.from({ length: 6 }, () => member.email)) statuses.push(await forgot(email))
    expect(statuses).toEqual([204, 204, 204, 429, 429, 429])
    expect((await visitor.twin().post('/auth/login', { email: member.email, password })).status).toBe(200)
    await server.stop()
  })

  it('are counted alike for an unknown address, so that a 429 tells nothing (B21)', async () => {
    const server = await aServer({ store: createMemoryStore(), limits: { ...noLimits, mailPerAccount: few(1) } })
    const email = aMail()
    const visitor = aVisitor(server.url)
    expect((await visitor.post('/auth/password/forgot', { email })).status).toBe(204)
    expect((await visitor.post('/auth/password/forgot', { email })).status).toBe(429)
    await server.stop()
  })

  it('of a bearer, and guesses at the current password, are counted by the bearer’s account (B22)', async () => {
    const limits = { ...noLimits, mailPerAccount: few(2), credentialPerAccountAndIp: few(3) }
    const server = await aServer({ store: createMemoryStore(), limits })
    const [member, other] = [await aMember(server.url), await aMember(server.url)]
    const guess = async () => {
      const body = { current_password: 'a guess', new_password: 'another long password' }
      return (await member.post('/auth/password/change', body)).status
    }
    expect([await guess(), await guess(), await guess(), await guess()]).toEqual([422, 422, 422, 429])
    const resend = async (who: typeof member) => (await who.post('/auth/email/resend')).status
    expect([await resend(member), await resend(member), await resend(member)]).toEqual([204, 204, 429])
    expect(await resend(other)).toBe(204)
    await server.stop()
  })
})

describe.runIf(redisUrl !== undefined)('on Redis', () => {
  const open: Redis[] = []
  let direct: URL

  beforeAll(() => {
    direct = new URL(redisUrl ?? '')
  })
  afterAll(() => open.forEach((redis) => redis.disconnect()))

  const connected = (url: string) => {
    return new Promise<Redis>((resolve) => {
      const redis = openRedis(url, { lost: () => undefined, ready: () => resolve(redis) })
      open.push(redis)
    })
  }

  it('two processes share one budget (B22)', async () => {
    const limits = { credentialPerAccountAndIp: few(6) }
    const one = createLimiter(limits, await connected(direct.href))
    const two = createLimiter(limits, await connected(direct.href))
    const ip = randomUUID()
    const email = aMail()
    const waits = await Promise.all([burst(one, 10, email, ip), burst(two, 10, email, ip)])
    expect(admitted(waits.flat())).toBe(6)
  })

  it('a lost Redis is no outage and no open door: this process counts for itself, half as much (S31)', async () => {
    const proxy = await openProxy({ host: direct.hostname, port: Number(direct.port || 6379) })
    const redis = await connected(`redis://127.0.0.1:${proxy.port}`)
    const limiter = createLimiter({ credentialPerAccountAndIp: few(4) }, redis)
    const email = aMail()
    expect(admitted(await burst(limiter, 3, email))).toBe(3)
    await proxy.cut()
    expect(admitted(await burst(limiter, 20, email))).toBe(2)
  })
})
