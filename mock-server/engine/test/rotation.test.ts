import { describe, expect, test } from 'vitest'
import { judge, type Shown } from '../src/rotation.js'

const grace = 30_000
const now = 1_000_000_000

type Case = {
  readonly generation: number
  readonly consumed?: number
  readonly head: number
  readonly handed: number
  readonly confirmed?: number
  readonly idle?: number
  readonly absolute?: number
  readonly revoked?: number
  readonly active?: boolean
  readonly bound?: boolean
  readonly repeats?: number
}

const shown = (of: Case): Shown => ({
  family: {
    head: of.head,
    headHandedAt: now - of.handed,
    headConfirmedAt: of.confirmed === undefined ? null : now - of.confirmed,
    idleExpiresAt: now + (of.idle ?? 1),
    absoluteExpiresAt: now + (of.absolute ?? 1),
    revokedAt: of.revoked === undefined ? null : now - of.revoked,
    repeats: of.repeats ?? 0,
  },
  token: { generation: of.generation, consumedAt: of.consumed === undefined ? null : now - of.consumed },
  accountActive: of.active ?? true,
  bound: of.bound ?? true,
})

const verdict = (of: Case, by = grace): string => {
  const judged = judge(shown(of), now, by)
  return judged.act === 'refuse' ? judged.reason : judged.act
}

// Ages in ms before now: how long ago the head was handed out, the token consumed, the head confirmed.
const table: readonly (readonly [string, string, Case])[] = [
  ['the first token rotates at once', 'rotate', { generation: 0, head: 0, handed: 0 }],
  ['a head that was just handed out is debounced', 'debounce', { generation: 1, head: 1, handed: 0 }],
  ['a head is debounced until the grace is over', 'debounce', { generation: 1, head: 1, handed: grace - 1 }],
  ['a head rotates when the grace is over', 'rotate', { generation: 1, head: 1, handed: grace }],
  ['S18: a head handed out ahead of the clock is debounced', 'debounce', { generation: 1, head: 1, handed: -5_000 }],
  [
    'a parent within the grace is replayed',
    'replay',
    { generation: 0, consumed: 10, head: 1, handed: 10, confirmed: 5 },
  ],
  [
    'a parent at the very end of the grace is replayed',
    'replay',
    { generation: 0, consumed: grace, head: 1, handed: grace, confirmed: grace },
  ],
  [
    'a parent past the grace of its confirmed head is reuse',
    'reuse',
    { generation: 0, consumed: grace + 1, head: 1, handed: grace + 1, confirmed: grace + 1 },
  ],
  [
    'the grace counts from the confirmation where that is later',
    'replay',
    { generation: 0, consumed: 5 * grace, head: 1, handed: 5 * grace, confirmed: grace },
  ],
  [
    'S13: a parent of an unconfirmed head is replayed at any age',
    'replay',
    { generation: 3, consumed: 100 * grace, head: 4, handed: 100 * grace },
  ],
  [
    'S18: the grace counts from the consumption where a slow clock confirmed before it',
    'replay',
    { generation: 0, consumed: 10, head: 1, handed: 10, confirmed: 2 * grace },
  ],
  [
    'another device gets nothing, whatever it shows: the head',
    'binding',
    { generation: 1, head: 1, handed: 0, bound: false },
  ],
  [
    'another device gets nothing: a grandparent',
    'binding',
    { generation: 0, consumed: 2, head: 2, handed: 1, bound: false },
  ],
  [
    'a revoked family is revoked before it is bound',
    'revoked',
    { generation: 1, head: 1, handed: 0, revoked: 0, bound: false },
  ],
  [
    'S16: a head that was handed out fifty times again waits',
    'wait',
    { generation: 1, head: 1, handed: 1, repeats: 50 },
  ],
  [
    'a head that was handed out 49 times again does not',
    'debounce',
    { generation: 1, head: 1, handed: 1, repeats: 49 },
  ],
  [
    'S16: a parent whose child was handed out fifty times waits',
    'wait',
    { generation: 0, consumed: 1, head: 1, handed: 1, repeats: 50 },
  ],
  [
    'a parent whose child was handed out fifty times is heard again after a grace: a lost reply is never final',
    'replay',
    { generation: 0, consumed: 5 * grace, head: 1, handed: grace, repeats: 70 },
  ],
  [
    'a head that was repeated too often rotates after the grace',
    'rotate',
    { generation: 1, head: 1, handed: grace, repeats: 90 },
  ],
  ['a grandparent is reuse, however young', 'reuse', { generation: 0, consumed: 2, head: 2, handed: 1 }],
  ['a token ahead of the head is reuse', 'reuse', { generation: 3, head: 2, handed: 1 }],
  ['a parent that was never consumed is reuse', 'reuse', { generation: 0, head: 1, handed: 1 }],
  ['B3: a revoked family is revoked for its head', 'revoked', { generation: 1, head: 1, handed: 0, revoked: 0 }],
  [
    'B3: a revoked family is revoked for a parent within the grace',
    'revoked',
    { generation: 0, consumed: 1, head: 1, handed: 1, revoked: 1 },
  ],
  [
    'a revoked family is revoked even when expired',
    'revoked',
    { generation: 0, head: 0, handed: 9, revoked: 1, idle: -1 },
  ],
  ['B4: the idle expiry ends the head', 'expired', { generation: 0, head: 0, handed: 9, idle: 0 }],
  ['B4: the absolute expiry ends the head', 'expired', { generation: 0, head: 0, handed: 9, absolute: 0 }],
  ['an expired family is no reuse', 'expired', { generation: 0, consumed: 9, head: 5, handed: 9, idle: 0 }],
  ['S47: a disabled account gets nothing', 'disabled', { generation: 0, head: 0, handed: 0, active: false }],
]

describe('the judgement of a shown token', () => {
  test.each(table)('%s', (_law, expected, of) => {
    expect(verdict(of)).toBe(expected)
  })

  test('strict mode rotates every head and forgives no parent', () => {
    expect(verdict({ generation: 1, head: 1, handed: 0 }, 0)).toBe('rotate')
    expect(verdict({ generation: 0, consumed: 0, head: 1, handed: 0 }, 0)).toBe('reuse')
    expect(verdict({ generation: 0, consumed: 0, head: 1, handed: 0, confirmed: 0 }, 0)).toBe('reuse')
  })
})
