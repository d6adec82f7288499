// `betterAuth()` against a running Better Auth server: the session cookie, and its bearer plugin.
import { betterAuth } from '@latchkey/core/profiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBetterAuth } from './better-auth-server.js'
import type { NodeServer } from './node-server.js'
import { allWell, closeClients, count, newcomer, open, password, signedIn, twenty, type Shape } from './shape.js'
import { shapeLaws } from './shape-laws.js'

const lifetime = 900
let backend: NodeServer
beforeAll(async () => {
  backend = await openBetterAuth('http://localhost:5173', lifetime)
})
afterAll(() => backend.stop())
closeClients()

const shape = (bearer: 'cookie' | 'header'): Shape => ({
  name: `Better Auth, ${bearer}`,
  baseURL: () => backend.url,
  profile: betterAuth({ bearer }),
  mine: 'api/hello',
  registers: 'authenticated',
  asks: { name: 'Ada' },
  refresh: 'GET /api/auth/get-session',
  logout: ['POST /api/auth/sign-out'],
  lifetime,
  async revoke({ email }) {
    const elsewhere = open(shape(bearer))
    await elsewhere.auth.login({ email, password })
    await elsewhere.auth.send({ method: 'POST', path: 'api/auth/revoke-sessions', json: {} })
  },
  revokedAs: 'expired',
})

describe.each([shape('cookie'), shape('header')])('$name', (each) => {
  shapeLaws(each)
  it(`${each.name}: a short password is weak_password`, async () => {
    await expect(open(each).auth.register({ ...newcomer(), name: 'Ada', password: 'short' })).rejects.toMatchObject({
      code: 'weak_password',
    })
  })
  it(`${each.name}: twenty requests of a session that is over cost one look, and the session`, async () => {
    const world = await signedIn(each)
    await each.revoke(world)
    const before = count(world, each.refresh)
    const statuses = await twenty(world, each.mine)
    expect(statuses).not.toEqual(allWell)
    expect(new Set(statuses)).toEqual(new Set([401]))
    expect(count(world, each.refresh) - before).toBe(1)
    expect(world.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
})
