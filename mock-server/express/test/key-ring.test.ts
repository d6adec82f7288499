// Signing keys over time: nobody is turned away while they change.
import { createMemoryStore } from '@latchkey/engine'
import { describe, expect, it, vi } from 'vitest'
import { makeKey, makeKeys, rotateKeys } from '../src/key-ring.js'
import type { RunningServer } from '../src/start-server.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, type Visitor } from './visitor.js'

const kidsOf = (keys: readonly JsonWebKey[]) => keys.map((key) => (key as { readonly kid?: string }).kid)

describe('a rotation', () => {
  it('lets the published key sign, publishes a fresh one, and keeps the old by its public part (B16, S28)', () => {
    const before = makeKeys()
    const { keys, signsAnew } = rotateKeys(before)
    expect(signsAnew).toBe(true)
    expect(kidsOf(keys).slice(0, 3)).toEqual([kidsOf(before)[1], expect.any(String), kidsOf(before)[0]])
    expect(kidsOf(before)).not.toContain(kidsOf(keys)[1])
    expect(keys[2]).toEqual(expect.not.objectContaining({ d: expect.anything() }))
    const later = rotateKeys(rotateKeys(keys).keys).keys
    expect(kidsOf(later)).toHaveLength(4)
    expect(kidsOf(later)).not.toContain(kidsOf(before)[0])
  })

  it('of a set with one key only publishes the next: nobody could verify it yet (B16)', () => {
    const only = makeKey()
    const { keys, signsAnew } = rotateKeys([only])
    expect([signsAnew, keys[0], keys.length]).toEqual([false, only, 2])
    expect(rotateKeys(keys)).toMatchObject({ signsAnew: true })
  })
})

it('three rotations of two servers under load, one restarted after the other: not one false 401 (B16)', async () => {
  const store = { ...createMemoryStore(), close: async () => undefined }
  let set = makeKeys()
  const start = () =>
    aServer({
      store,
      env: { JWT_PRIVATE_KEYS: JSON.stringify({ keys: set }), REFRESH_TOKEN_PEPPER: 'p'.repeat(32) },
    })
  const servers: [RunningServer, RunningServer] = [await start(), await start()]
  let live = [...servers]
  const over = new AbortController()
  const statuses = new Map<number, number>()

  /** As a proxy does: a server that takes no connection any more is not the one to ask. */
  const ask = async (member: Visitor, turn: number, method: string, path: string): Promise<number> => {
    for (;;) {
      const visitor = aVisitor(live[turn % live.length]?.url ?? '', member.cookie, member.token, member.did)
      try {
        const { status } = await visitor.go(path, { method })
        Object.assign(member, { cookie: visitor.cookie, token: visitor.token })
        return status
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }
  /** Whoever holds a token shows it to any server that takes requests. */
  const use = async (member: Visitor, turn: number) => {
    for (let round = turn; !over.signal.aborted; round += 1) {
      for (const [method, path] of [['GET', '/auth/me'] as const, ['POST', '/auth/refresh'] as const]) {
        const status = await ask(member, round, method, path)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
  }
  const seen = () => [...statuses.values()].reduce((sum, count) => sum + count, 0)
  const members = await Promise.all(Array.from({ length: 8 }, () => aMember(servers[0].url)))
  const users = members.map(use)
  const kids = new Set<string>()

  for (let rotation = 0; rotation < 3; rotation += 1) {
    set = rotateKeys(set).keys
    for (const place of [0, 1] as const) {
      const old = servers[place]
      // As a proxy does: what is about to stop gets no new requests, and finishes those that it has.
      live = live.filter((server) => server !== old)
      servers[place] = await start()
      live = [...live, servers[place]]
      await old.stop()
      const answer = await fetch(`${servers[place].url}/.well-known/jwks.json`)
      for (const { kid } of ((await answer.json()) as { keys: { kid: string }[] }).keys) kids.add(kid)
      const until = seen() + 40
      await vi.waitFor(() => expect(seen()).toBeGreaterThan(until), { timeout: 60_000 })
    }
  }
  over.abort()
  await Promise.all(users)
  for (const server of servers) await server.stop()
  expect([...statuses.keys()]).toEqual([200])
  expect(kids.size).toBe(5)
})

it('S28: after a set of fresh keys alone no token of the stolen key opens anything, and nobody is signed out', async () => {
  const store = { ...createMemoryStore(), close: async () => undefined }
  const start = (keys: readonly JsonWebKey[]) =>
    aServer({ store, env: { JWT_PRIVATE_KEYS: JSON.stringify({ keys }), REFRESH_TOKEN_PEPPER: 'p'.repeat(32) } })
  const before = await start(makeKeys())
  const member = await aMember(before.url)
  await before.stop()
  const after = await start(makeKeys())
  const visitor = aVisitor(after.url, member.cookie, member.token, member.did)
  expect(await visitor.go('/auth/me')).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
  expect((await visitor.post('/auth/refresh')).status).toBe(200)
  expect((await visitor.go('/auth/me')).status).toBe(200)
  await after.stop()
})
