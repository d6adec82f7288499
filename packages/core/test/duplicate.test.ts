// The laws of two clients of one name on one page: somebody is told, once, and they do not fight.
import { describe, expect, it } from 'vitest'
import type { AuthEvent } from '../src/index.js'
import { settle } from './manual-clock.js'
import { openClient, signedIn, world, type Opened } from './open-client.js'

const hour = 3_600_000
const warnings = (events: readonly AuthEvent[]): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'diagnostic' && event.message.startsWith('Two clients') ? [event.message] : [],
  )

/** Two clients on one page; the second comes later, as from another bundle. */
async function couple(names: readonly [string, string] = ['default', 'default']): Promise<readonly [Opened, Opened]> {
  const given = world()
  const one = await signedIn(given, { name: names[0] })
  return [one, openClient(given, { name: names[1] }, {}, one.tab)]
}

describe('PEERS “Duplicate-instance warning”: two clients of one name on one page', () => {
  it('the second says so by one diagnostic, to listeners and in its timeline', async () => {
    const [one, two] = await couple()
    await two.auth.restore()
    await two.clock.advance(hour)
    expect(warnings(two.events)).toEqual([expect.stringContaining('named default')])
    expect(warnings(two.auth.timeline())).toHaveLength(1)
    expect(warnings(one.events)).toEqual([])
  })

  it('they do not fight: eight hours cost the exchanges of one, and both stay signed in', async () => {
    const [one, two] = await couple()
    await two.auth.restore()
    const before = two.backend.count('/auth/refresh')
    await two.clock.advance(8 * hour)
    const both = two.backend.count('/auth/refresh') - before
    const alone = await signedIn()
    await alone.clock.advance(8 * hour)
    expect(both).toBe(alone.backend.count('/auth/refresh'))
    for (const { auth } of [one, two])
      expect(auth.$session.get()).toMatchObject({ status: 'authenticated', generation: 1 })
  })

  it.each<readonly [string, (one: Opened, two: () => Opened) => Opened]>([
    [
      'F48 a strict mode that disposes of the first in the same turn',
      (one, two) => {
        const second = two()
        one.auth.dispose()
        return second
      },
    ],
    [
      'F49 HMR that disposes of the first before',
      (one, two) => {
        one.auth.dispose()
        return two()
      },
    ],
  ])('C31 %s is no double', async (_what, mount) => {
    const one = await signedIn()
    const two = mount(one, () => openClient(one, {}, {}, one.tab))
    await two.auth.restore()
    expect(warnings(two.events)).toEqual([])
  })

  it('F33 nor are two names, nor another tab', async () => {
    const [, two] = await couple(['default', 'admin'])
    await settle()
    expect(warnings(two.events)).toEqual([])
    const elsewhere = openClient(two, {})
    await settle()
    expect(warnings(elsewhere.events)).toEqual([])
  })
})
