// The whole table of gates, and how often one renders.
import type { LatchkeyUser } from '@latchkey/core'
import { act, cleanup, render } from '@testing-library/react'
import type { ReactElement } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { AuthProvider, Protect, Show, SignedIn, SignedOut, type Gate } from '../src/index.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

afterEach(cleanup)

const sessions = ['pending', 'signed out', 'Ada', 'Bob'] as const

/** What the gate shows: `in` for its children, `no` for the fallback, `…` for pending. */
function shown(gate: ReactElement, session: (typeof sessions)[number]): string | null {
  const hand = createHandMadeClient()
  if (session === 'signed out') hand.end('no-session')
  if (session === 'Ada') hand.grant(ada)
  if (session === 'Bob') hand.grant(bob)
  return render(<AuthProvider client={hand.client}>{gate}</AuthProvider>).container.textContent
}

const shows = { children: 'in', fallback: 'no', pending: '…' }
const gate = (when: Gate<LatchkeyUser>) => <Show when={when} {...shows} />
// @ts-expect-error what a JavaScript app can still write: a gate that names nothing
const misspelt: Gate<LatchkeyUser> = { roles: 'admin' }

describe('the table of gates, Ada being an admin who may write posts', () => {
  test.each<[string, ReactElement, pending: string, signedOut: string, ada: string, bob: string]>([
    ['signed-in', gate('signed-in'), '…', 'no', 'in', 'in'],
    ['signed-out', gate('signed-out'), '…', 'in', 'no', 'no'],
    ['a role', gate({ role: 'admin' }), '…', 'no', 'in', 'no'],
    ['a permission', gate({ permission: 'posts:write' }), '…', 'no', 'in', 'no'],
    ['both held', gate({ role: 'admin', permission: 'posts:write' }), '…', 'no', 'in', 'no'],
    ['only the role held', gate({ role: 'admin', permission: 'posts:delete' }), '…', 'no', 'no', 'no'],
    ['only the permission held', gate({ role: 'owner', permission: 'posts:write' }), '…', 'no', 'no', 'no'],
    ['a function', gate(({ user }) => user?.id === 'u2'), '…', 'no', 'no', 'in'],
    ['a function of the reason', gate(({ reason }) => reason === 'no-session'), '…', 'in', 'no', 'no'],
    ['a gate that names nothing', gate(misspelt), '…', 'no', 'no', 'no'],
    ['SignedIn', <SignedIn key="" {...shows} />, '…', 'no', 'in', 'in'],
    ['SignedOut', <SignedOut key="" {...shows} />, '…', 'in', 'no', 'no'],
    ['Protect', <Protect key="" {...shows} />, '…', 'no', 'in', 'in'],
    ['Protect by role', <Protect key="" role="admin" {...shows} />, '…', 'no', 'in', 'no'],
    ['Protect by permission', <Protect key="" permission="posts:write" {...shows} />, '…', 'no', 'in', 'no'],
    ['Protect by both', <Protect key="" role="user" permission="posts:write" {...shows} />, '…', 'no', 'no', 'no'],
  ])('%s', (_name, element, ...expected) => {
    expect(sessions.map((session) => shown(element, session))).toEqual(expected)
  })
})

test('without fallback and pending a gate shows nothing instead', () => {
  const empty = <Show when={{ role: 'owner' }}>in</Show>
  expect(sessions.map((session) => shown(empty, session))).toEqual(['', '', '', ''])
})

test('a function is never asked about a pending session', () => {
  const when = vi.fn<() => boolean>(() => true)
  shown(gate(when), 'pending')
  expect(when).not.toHaveBeenCalled()
})

test('a gate renders again only when its verdict turns', () => {
  const { client, grant, refreshed, end } = createHandMadeClient()
  let renders = 0
  const Counted = () => {
    renders += 1
    return Show({ when: { role: 'admin' }, children: 'in' })
  }
  render(
    <AuthProvider client={client}>
      <Counted />
    </AuthProvider>,
  )
  act(() => grant(ada))
  act(() => refreshed(2_000))
  act(() => grant({ ...ada, display_name: 'Ada Lovelace' }))
  expect(renders).toBe(2)
  act(() => grant(bob))
  act(() => end('expired'))
  expect(renders).toBe(3)
})

test('a function that is new in each render sees what it closes over now', () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  const page = (owner: string) => (
    <AuthProvider client={client}>
      <Show when={({ user }) => user?.id === owner}>in</Show>
    </AuthProvider>
  )
  const view = render(page('u2'))
  expect(view.container.textContent).toBe('')
  view.rerender(page('u1'))
  expect(view.container.textContent).toBe('in')
})
