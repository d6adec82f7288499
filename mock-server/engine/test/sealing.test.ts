// What is sealed opens for its own pepper and place, and for nothing else.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSealing } from '../src/sealing.js'

const pepper = 'a pepper of a test, long enough'

test('any text comes back as it was, and never looks the same twice', async () => {
  const { seal, open } = createSealing([pepper])
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (text, place) => {
      const [one, two] = [await seal(text, place), await seal(text, place)]
      expect(one).not.toBe(two)
      expect(await open(one, place)).toBe(text)
    }),
  )
})

test('a text opens by any of the peppers, and is sealed by the first', async () => {
  const old = await createSealing(['an old pepper of a test']).seal('text', 'x')
  const { seal, open } = createSealing([pepper, 'an old pepper of a test'])
  expect(await open(old, 'x')).toBe('text')
  expect(await createSealing([pepper]).open(await seal('text', 'x'), 'x')).toBe('text')
})

test('B5: a text sealed by an old pepper is renewed by the first, once; one that nobody opens is not', async () => {
  const old = await createSealing(['an old pepper of a test']).seal('text', 'x')
  const { seal, renew } = createSealing([pepper, 'an old pepper of a test'])
  const renewed = (await renew(old, 'x')) ?? ''
  expect(await createSealing([pepper]).open(renewed, 'x')).toBe('text')
  expect(await renew(renewed, 'x')).toBeNull()
  expect(await renew(await seal('text', 'x'), 'x')).toBeNull()
  expect(await renew(old, 'y')).toBeNull()
  expect(await createSealing([pepper]).renew(old, 'x')).toBeNull()
})

test('another pepper, another place and a changed sign open nothing', async () => {
  const { seal, open } = createSealing([pepper])
  const sealed = await seal('JBSWY3DPEHPK3PXP', 'totp ada')
  expect(sealed).not.toContain('JBSWY3DPEHPK3PXP')
  expect(await createSealing([`${pepper}!`]).open(sealed, 'totp ada')).toBeNull()
  expect(await open(sealed, 'totp bob')).toBeNull()
  // The last sign of base64url carries bits that nobody reads.
  for (let at = 0; at < sealed.length - 1; at += 1) {
    const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'Q' : 'A'}${sealed.slice(at + 1)}`
    expect(await open(changed, 'totp ada')).toBeNull()
  }
})

test.each(['', '.', '..', 's1', 's1..', 's1.A.B', 's1.===.===', 'JBSWY3DPEHPK3PXP'])(
  '%j opens to nothing',
  async (text) => {
    expect(await createSealing([pepper]).open(text, 'x')).toBeNull()
  },
)
