// Access tokens that are taken back: who knows it, how long, and what is done where nobody can tell.
import { createDenylist, createMemoryStore, type Denylist, StoreUnavailable } from '@latchkey/engine'
import { describe, expect, test } from 'vitest'
import { bearer, codeOf, grantOf, login, manualClock, openSetting, register, type Setting, start } from './setting.js'

const me = ({ send }: Setting, token: string) => send('GET', '/auth/me', { headers: bearer(token) })
const unsure: Pick<Denylist, 'knows' | 'denies'> = { knows: () => false, denies: async () => null }

describe('a denylist', () => {
  const who = { sub: 'ada', sid: 's', role: 'admin' }
  const open = (most?: number) => {
    const clock = manualClock()
    return { clock, list: createDenylist({ clock, ttl: 600, ...(most === undefined ? {} : { most }) }) }
  }

  test('S46: takes back a session’s tokens until the last of them has expired', async () => {
    const { clock, list } = open()
    await list.deny([{ kind: 'session', sid: 's' }])
    expect([list.knows(who), list.knows({ ...who, sid: 't' })]).toEqual([true, false])
    clock.advance(599_999)
    expect(await list.denies(who)).toBe(true)
    clock.advance(1)
    expect([list.knows(who), await list.denies(who)]).toEqual([false, false])
  })

  test('S46: takes back an account’s tokens of any role but the present one', async () => {
    const { list } = open()
    await list.deny([{ kind: 'role', accountId: 'ada', role: 'user' }])
    expect([list.knows(who), list.knows({ ...who, role: 'user' }), list.knows({ ...who, sub: 'bob' })]).toEqual([
      true,
      false,
      false,
    ])
    await list.deny([{ kind: 'role', accountId: 'ada', role: 'admin' }])
    expect(list.knows(who)).toBe(false)
  })

  test('is bounded; what it had to forget it is not sure about until that would have expired', async () => {
    const { clock, list } = open(2)
    await list.deny(['a', 'b', 'c'].map((sid) => ({ kind: 'session', sid }) as const))
    const asked = await Promise.all(['a', 'b', 'c'].map((sid) => list.denies({ ...who, sid })))
    expect(asked).toEqual([null, true, true])
    clock.advance(600_000)
    expect(await list.denies({ ...who, sid: 'a' })).toBe(false)
  })
})

describe('an access token of a session that has ended', () => {
  test.each([
    ['logout', 'POST', '/auth/logout'],
    ['logout everywhere', 'POST', '/auth/logout-all'],
  ])('B6: opens nothing in the process that knows it: %s', async (_name, method, path) => {
    const setting = openSetting()
    const token = grantOf(await register(setting)).access_token
    expect((await me(setting, token)).status).toBe(200)
    await setting.send(method, path, { headers: { ...bearer(token), 'x-latchkey': '1' } })
    expect(codeOf(await me(setting, token))).toBe('invalid_token')
  })

  test('S46: opens no sensitive route where only the store knows it', async () => {
    const store = createMemoryStore({ clock: { now: () => start } })
    const setting = openSetting({ store, denylist: { ...unsure, deny: async () => undefined } })
    const { access_token: token, sid } = grantOf(await register(setting))
    const judge = (sensitive: boolean) => setting.engine.authorize(bearer(token), { sensitive })
    expect(await judge(true)).toHaveProperty('principal')
    const other = grantOf(await login(setting))
    await setting.send('DELETE', `/auth/sessions/${sid}`, { headers: bearer(other.access_token) })
    expect(await judge(false)).toHaveProperty('principal')
    expect(await judge(true)).toMatchObject({ reply: { status: 401, body: { code: 'invalid_token' } } })
  })

  test('B37: a sensitive route stays closed with 503 while neither list nor store can tell', async () => {
    let isAway = false
    const store = createMemoryStore({ clock: { now: () => start } })
    const setting = openSetting({
      denylist: { ...unsure, deny: async () => undefined },
      store: {
        ...store,
        withFamily: async (...asked) => {
          if (isAway) throw new StoreUnavailable('down')
          return store.withFamily(...asked)
        },
      },
    })
    const token = grantOf(await register(setting)).access_token
    const judge = () => setting.engine.authorize(bearer(token), { sensitive: true })
    isAway = true
    expect(await judge()).toMatchObject({ reply: { status: 503, headers: { 'retry-after': '1' } } })
    isAway = false
    expect(await judge()).toHaveProperty('principal')
  })
})
