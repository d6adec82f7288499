// When the cache of TanStack Query is emptied, and when it is kept.
// @vitest-environment node
import { expect, test } from 'vitest'
import { clearOnAccountChange } from '../src/tanstack-query.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

/** A client, and how often the cache beside it was emptied. */
function open() {
  const hand = createHandMadeClient()
  let cleared = 0
  const stop = clearOnAccountChange({ clear: () => void (cleared += 1) }, hand.client)
  return { ...hand, stop, cleared: () => cleared }
}

test('a first look that finds somebody, or nobody, keeps the cache', () => {
  const found = open()
  found.grant(ada)
  const none = open()
  none.end('no-session')
  none.grant(ada)
  expect([found.cleared(), none.cleared()]).toEqual([0, 0])
})

test('a silent refresh keeps the cache', () => {
  const { grant, refreshed, cleared } = open()
  grant(ada)
  refreshed(2_000)
  expect(cleared()).toBe(0)
})

test('a logout empties the cache once, the login after it not again', async () => {
  const { client, grant, cleared } = open()
  grant(ada)
  await client.logout()
  expect(cleared()).toBe(1)
  grant(bob)
  expect(cleared()).toBe(1)
})

test.each(['expired', 'revoked', 'logged-out-elsewhere'] as const)(
  'a session that is %s empties the cache',
  (reason) => {
    const { grant, end, cleared } = open()
    grant(ada)
    end(reason)
    expect(cleared()).toBe(1)
  },
)

test('another account in the place of this one empties the cache', () => {
  const { grant, cleared } = open()
  grant(ada)
  grant(bob)
  expect(cleared()).toBe(1)
})

test('who unsubscribes is asked no more', () => {
  const { grant, end, stop, cleared, listeners } = open()
  grant(ada)
  stop()
  end('logged-out')
  expect([cleared(), listeners()]).toEqual([0, 0])
})
