// The whole table of gates, and how often one renders.
import type { LatchkeyUser } from '@latchkey/core'
import { mount } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import { h, nextTick, type VNode } from 'vue'
import { createLatchkey, Protect, Show, SignedIn, SignedOut, type Gate, type RegisteredClient } from '../src/index.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

const sessions = ['pending', 'signed out', 'Ada', 'Bob'] as const

const open = (client: RegisteredClient, gate: () => VNode) =>
  mount(gate, { global: { plugins: [createLatchkey(client)] } })

/** What the gate shows: `in` for its default slot, `no` for the fallback, `…` for pending. */
function shown(gate: () => VNode, session: (typeof sessions)[number]): string {
  const hand = createHandMadeClient()
  if (session === 'signed out') hand.end('no-session')
  if (session === 'Ada') hand.grant(ada)
  if (session === 'Bob') hand.grant(bob)
  return open(hand.client, gate).text()
}

const slots = { default: () => 'in', fallback: () => 'no', pending: () => '…' }
const gate = (when: Gate<LatchkeyUser>) => () => h(Show, { when }, slots)
// @ts-expect-error what a JavaScript app can still write: a gate that names nothing
const misspelt: Gate<LatchkeyUser> = { roles: 'admin' }

describe('the table of gates, Ada being an admin who may write posts', () => {
  test.each<[string, () => VNode, pending: string, signedOut: string, ada: string, bob: string]>([
    ['signed-in', gate('signed-in'), '…', 'no', 'in', 'in'],
    ['signed-out', gate('signed-out'), '…', 'in', 'no', 'no'],
    ['a role', gate({ role: 'admin' }), '…', 'no', 'in', 'no'],
    ['a permission', gate({ permission: 'posts:write' }), '…', 'no', 'in', 'no'],
    ['both held', gate({ role: 'admin', permission: 'posts:write' }), '…', 'no', 'in', 'no'],
    ['only the role held', gate({ role: 'admin', permission: 'posts:delete' }), '…', 'no', 'no', 'no'],
    ['only the permission held', gate({ role: 'owner', permission: 'posts:write' }), '…', 'no', 'no', 'no'],
    ['a function', gate(({ user }) => user?.id === 'u2'), '…', 'no', 'no', 'in'],
    ['a function of the reason', gate(({ reason }) => reason === 'no-session'), '…', 'in', 'no', 'no'],
    ['a function that asks for a role', gate(({ hasRole }) => hasRole('admin')), '…', 'no', 'in', 'no'],
    ['a gate that names nothing', gate(misspelt), '…', 'no', 'no', 'no'],
    ['SignedIn', () => h(SignedIn, null, slots), '…', 'no', 'in', 'in'],
    ['SignedOut', () => h(SignedOut, null, slots), '…', 'in', 'no', 'no'],
    ['Protect', () => h(Protect, null, slots), '…', 'no', 'in', 'in'],
    ['Protect by role', () => h(Protect, { role: 'admin' }, slots), '…', 'no', 'in', 'no'],
    ['Protect by permission', () => h(Protect, { permission: 'posts:write' }, slots), '…', 'no', 'in', 'no'],
    ['Protect by both', () => h(Protect, { role: 'user', permission: 'posts:write' }, slots), '…', 'no', 'no', 'no'],
  ])('%s', (_name, element, ...expected) => {
    expect(sessions.map((session) => shown(element, session))).toEqual(expected)
  })
})

test('without slots for it a gate shows nothing instead', () => {
  const empty = () => h(Show, { when: { role: 'owner' } }, () => 'in')
  expect(sessions.map((session) => shown(empty, session))).toEqual(['', '', '', ''])
})

test('a function is never asked about a pending session', () => {
  const when = vi.fn<() => boolean>(() => true)
  shown(gate(when), 'pending')
  expect(when).not.toHaveBeenCalled()
})

test('a gate renders again only when its verdict turns', async () => {
  const { client, grant, refreshed, end } = createHandMadeClient()
  const verdicts: string[] = []
  const record = (verdict: string) => () => void verdicts.push(verdict)
  const recording = { default: record('open'), fallback: record('closed'), pending: record('pending') }
  open(client, () => h(Show, { when: { role: 'admin' } }, recording))
  for (const change of [
    () => grant(ada),
    () => refreshed(2_000),
    () => grant({ ...ada, display_name: 'Ada Lovelace' }),
    () => grant(bob),
    () => end('expired'),
  ]) {
    change()
    await nextTick()
  }
  expect(verdicts).toEqual(['pending', 'open', 'closed'])
})

test('a gate follows its props', async () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  const wrapper = mount(Protect, { props: { role: 'owner' }, slots, global: { plugins: [createLatchkey(client)] } })
  expect(wrapper.text()).toBe('no')
  await wrapper.setProps({ role: 'admin' })
  expect(wrapper.text()).toBe('in')
})

test('an unmounted gate leaves no listener behind', () => {
  const { client, listeners } = createHandMadeClient()
  const wrapper = open(client, gate('signed-in'))
  expect(listeners()).toBe(1)
  wrapper.unmount()
  expect(listeners()).toBe(0)
})
