// argon2id itself: its cost, and that a flood queues.
import { verify } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { createPasswords, Overloaded } from '../src/passwords.js'

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
