// argon2id itself: its cost, and that a flood queues.
import { verify } from '@node-rs/argon2'
import { createMemoryStore } from '@latchkey/engine'
import { describe, expect, it } from 'vitest'
import { createPasswords, Overloaded } from '../src/passwords.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

describe('passwords', () => {
  it('are argon2id with 19 MiB and two passes at least (B20)', async () => {
    expect(await createPasswords().hash('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('are told apart to the last byte, however long (S22)', async () => {
    const { hash, verify: check } = createPasswords()
    const long = 'é'.repeat(500)
    const hashed = await hash(`${long}a`)
    expect(await check(hashed, `${long}a`)).toBe(true)
    expect(await check(hashed, `${long}b`)).toBe(false)
    expect(await verify(hashed, `${long}a`)).toBe(true)
  })

  it('that come in a flood wait, and beyond the queue are turned away (B20, S23)', async () => {
    const { hash } = createPasswords({ concurrency: 1, queue: 3 })
    const flood = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => hash(`password ${index}`)))
    const turnedAway = flood.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
    expect(turnedAway).toHaveLength(6)
    expect(turnedAway.every((reason) => reason instanceof Overloaded)).toBe(true)
    expect(await hash('after the flood')).toContain('argon2id')
  })
})

describe('a login', () => {
  const cheap = { memoryKiB: 1024, passes: 1 }

  it('makes a hash anew whose parameters are not those of today, also where twenty do so at once (B20)', async () => {
    const store = createMemoryStore()
    const before = await aServer({ store, passwords: createPasswords(cheap) })
    const { email } = await aMember(before.url)
    const hashed = async () => (await store.accountByEmail(email))?.passwordHash
    expect(await hashed()).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/)
    const after = await aServer({ store, passwords: createPasswords({ ...cheap, memoryKiB: 2048 }) })
    const logIn = async () => (await aVisitor(after.url).post('/auth/login', { email, password })).status
    expect(await Promise.all(Array.from({ length: 20 }, logIn))).toEqual(Array.from({ length: 20 }, () => 200))
    const renewed = await hashed()
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=2048,t=1,p=1\$/)
    expect([await logIn(), await hashed()]).toEqual([200, renewed])
    await after.stop()
    await before.stop()
  })

  it('is answered 503 with Retry-After where too many wait, and the process lives on (S23)', async () => {
    const store = createMemoryStore()
    const before = await aServer({ store, passwords: createPasswords(cheap) })
    const { email } = await aMember(before.url)
    const passwords = { ...createPasswords({ concurrency: 1, queue: 0, passes: 60 }), isStale: () => false }
    const server = await aServer({ store, passwords })
    const logIn = async () => aVisitor(server.url).post('/auth/login', { email, password })
    await logIn()
    // One hash takes the only place for as long as hundreds of requests take.
    const busy = passwords.hash('slow')
    const turnedAway = await logIn()
    expect([turnedAway.status, turnedAway.headers.get('retry-after')]).toEqual([503, '1'])
    expect(turnedAway.body).toMatchObject({ code: 'unavailable' })
    await busy
    expect((await logIn()).status).toBe(200)
    await server.stop()
    await before.stop()
  })
})
