// The claim of the rotation, run over the real engine, small: `pnpm simulate` prints it in full.
import { expect, test } from 'vitest'
import { fork, latchkey, parentAlways, rerotate, sameInGrace, strict, type Policy } from './simulation/policy.js'
import { isSignedOut, timeToDetection } from './simulation/world.js'

const signedOut = async (policy: Policy, tabs: number, loss: number, runs = 4, rounds = 40): Promise<number> => {
  let out = 0
  for (let run = 0; run < runs; run += 1) if (await isSignedOut(policy, { tabs, loss, rounds }, run + 1)) out += 1
  return out
}

test.each([1, 5, 20].flatMap((tabs) => [0, 0.01, 0.05].map((loss) => [tabs, loss] as const)))(
  'J2: %i tabs that lose a share of %d of all messages are never signed out',
  async (tabs, loss) => {
    expect(await signedOut(latchkey, tabs, loss)).toBe(0)
  },
  60_000,
)

test.each(Object.entries({ strict, fork, rerotate, sameInGrace, parentAlways }))(
  'the double of another policy can lose a session where ours does not: %s',
  async (_name, policy) => {
    expect(await signedOut(policy, 20, 0.05, 6, 200)).toBeGreaterThan(0)
  },
  60_000,
)

test.each([
  ['by a timer of its own', { caller: 'stranger', pace: 'own', acks: true }],
  ['by a timer of its own, looking just like the person', { caller: 'lookalike', pace: 'own', acks: true }],
  ['that shadows the person from another network', { caller: 'stranger', pace: 'shadow', acks: true }],
  [
    'that looks just like the person and never proves that a token arrived',
    { caller: 'lookalike', pace: 'own', acks: false },
  ],
] as const)('a thief with the whole jar is found: %s', async (_name, thief) => {
  const times = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => timeToDetection(latchkey, thief, seed)))
  expect(times).not.toContain(null)
})
