import { expect, test } from 'vitest'
import { createRefreshTokens, digest } from '../src/refresh-token.js'

const place = { familyId: 'a family', generation: 1 }

test('B5: a first token is 256 bits of its own, and its digest does not show it', async () => {
  const { first } = createRefreshTokens(['a pepper'])
  const tokens = new Set(Array.from({ length: 1000 }, first))
  expect(tokens.size).toBe(1000)
  for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/)
  const [token = ''] = tokens
  expect(await digest(token)).toMatch(/^[\w-]{43}$/)
  expect(await digest(token)).not.toBe(token)
})

test('J5: a successor is the same for ever, in any process with the same pepper', async () => {
  const [one, other] = [createRefreshTokens(['a pepper']), createRefreshTokens(['a pepper'])]
  const nonce = await one.nonce()
  const successor = await one.successor('R0', nonce, place)
  expect(successor).toMatch(/^[\w-]{43}$/)
  expect(await other.successor('R0', nonce, place)).toBe(successor)
})

test('B5: a successor depends on the predecessor, the nonce, the family, the generation and the pepper, on all of them', async () => {
  const [tokens, salted] = [createRefreshTokens(['a pepper']), createRefreshTokens(['another pepper'])]
  const [nonce, other] = [await tokens.nonce(), await tokens.nonce()]
  const successors = await Promise.all([
    tokens.successor('R0', nonce, place),
    tokens.successor('R1', nonce, place),
    tokens.successor('R0', other, place),
    tokens.successor('R0', nonce, { ...place, familyId: 'another family' }),
    tokens.successor('R0', nonce, { ...place, generation: 2 }),
  ])
  expect(new Set(successors).size).toBe(successors.length)
  expect(successors).not.toContain(null)
  expect(await salted.successor('R0', nonce, place)).toBeNull()
  expect(await tokens.successor('R0', '', place)).toBeNull()
})
