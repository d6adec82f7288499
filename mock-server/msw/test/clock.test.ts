import { expect, test } from 'vitest'
import { openClock } from '../src/clock.js'

const moved = (by: number | string): number => {
  const clock = openClock(() => 1_000)
  clock.advance(by)
  return clock.now() - 1_000
}

test.each([
  [250, 250],
  ['250ms', 250],
  ['30s', 30_000],
  ['16m', 960_000],
  ['1.5h', 5_400_000],
  ['14 d', 1_209_600_000],
  [0, 0],
])('%j moves the clock by %d ms', (by, ms) => {
  expect(moved(by)).toBe(ms)
})

test.each(['16', 'soon', '-1s', '', '1w', -1, Number.NaN, Infinity])(
  '%j is no duration, and the message says what is',
  (by) => {
    expect(() => moved(by)).toThrow(/advance\(.*\) failed.*'16m'/s)
  },
)

test('the clock runs with the time that it was handed, and rewinds to it', () => {
  let time = 0
  const clock = openClock(() => time)
  clock.advance('1s')
  time = 5
  expect(clock.now()).toBe(1_005)
  clock.rewind()
  expect(clock.now()).toBe(5)
})
