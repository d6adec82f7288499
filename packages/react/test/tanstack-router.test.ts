// The guards of TanStack Router, with a redirect made by hand.
// @vitest-environment node
import { expect, test } from 'vitest'
import { followSession, Forbidden, requireAuthBefore, type Detour, type GuardOptions } from '../src/tanstack-router.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

type Hand = ReturnType<typeof createHandMadeClient>

const redirect = (detour: Detour) => ({ redirectedTo: detour })

/** What a navigation to `href` comes to: `in`, or what the guard throws. */
const enter = ({ client }: Hand, options: GuardOptions = {}, href = '/account?tab=2#top'): Promise<unknown> =>
  requireAuthBefore(client, { redirect, ...options })({ location: { href } }).then(
    () => 'in',
    (thrown: unknown) => thrown,
  )

test('the guard waits until somebody has looked, and lets the signed-in user through', async () => {
  const hand = createHandMadeClient()
  const seen: unknown[] = []
  const entered = enter(hand).then((outcome) => seen.push(outcome))
  await Promise.resolve()
  expect(seen).toEqual([])
  hand.grant(ada)
  await entered
  expect(seen).toEqual(['in'])
})

test('the guard sends a visitor to the login page, with the way back', async () => {
  const hand = createHandMadeClient()
  hand.end('no-session')
  expect(await enter(hand)).toEqual({
    redirectedTo: { to: '/login', search: { returnTo: '/account?tab=2#top' } },
  })
  expect(await enter(hand, { loginPath: '/sign-in' })).toHaveProperty('redirectedTo.to', '/sign-in')
})

test.each(['//evil.example', 'https://evil.example/', '/\\evil.example'])(
  'the way back stays in the app: %s',
  async (href) => {
    const hand = createHandMadeClient()
    hand.end('no-session')
    expect(await enter(hand, {}, href)).toHaveProperty('redirectedTo.search.returnTo', '/')
  },
)

test.each([
  ['a role that is held', ada, { role: 'admin' }, true],
  ['a role that is not held', bob, { role: 'admin' }, false],
  ['a permission that is held', ada, { permission: 'posts:write' }, true],
  ['a permission that is not held', bob, { permission: 'posts:write' }, false],
  ['two of which one is held', ada, { role: 'admin', permission: 'posts:delete' }, false],
] as const)('the guard asks for %s', async (_name, user, options, passes) => {
  const hand = createHandMadeClient()
  hand.grant(user)
  expect(await enter(hand, options)).toEqual(passes ? 'in' : expect.any(Forbidden))
})

test('Forbidden is an error with a status', () => {
  expect(new Forbidden()).toMatchObject({ name: 'Forbidden', status: 403 })
})

test('a session that ends while its page is open runs the guards again, a silent refresh does not', () => {
  const hand = createHandMadeClient()
  let invalidations = 0
  const stop = followSession(hand.client, { invalidate: () => Promise.resolve(void (invalidations += 1)) })
  hand.grant(ada)
  hand.refreshed(2_000)
  expect(invalidations).toBe(0)
  hand.end('expired')
  expect(invalidations).toBe(1)
  stop()
  expect(hand.listeners()).toBe(0)
})
