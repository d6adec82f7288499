import { expect, test } from 'vitest'
import { createMemoryStore, type Store } from '@latchkey/engine'
import { createConfirm } from '../src/confirmation.js'
import { bearer, grantOf, openSetting, refresh, register, start, tokenOf } from './setting.js'

/** A store that counts how often a family is locked. */
function counting(): { readonly store: Store; readonly count: () => number } {
  const store = createMemoryStore({ clock: { now: () => start } })
  let locked = 0
  const withFamily: Store['withFamily'] = (id, step) => {
    locked += 1
    return store.withFamily(id, step)
  }
  return { store: { ...store, withFamily }, count: () => locked }
}

test('a generation costs the store one access, however many requests bear it, and the first of a login none', async () => {
  const { store, count } = counting()
  const setting = openSetting({ store })
  const registered = await register(setting)
  const use = async (token: string) => {
    for (let call = 0; call < 5; call += 1) await setting.engine.authorize(bearer(token))
  }
  await use(grantOf(registered).access_token)
  expect(count()).toBe(0)
  const refreshed = await refresh(setting, tokenOf(registered))
  await use(grantOf(refreshed).access_token)
  await use(grantOf(registered).access_token)
  expect(count()).toBe(1)
})

test('what is remembered is bounded: of very many sessions the oldest is asked about again', async () => {
  let asked = 0
  const withFamily: Store['withFamily'] = async <Result>() => {
    asked += 1
    return true as Result
  }
  const confirm = createConfirm({ ...createMemoryStore(), withFamily })
  for (let session = 0; session <= 10_000; session += 1) await confirm({ sid: `${session}`, gen: 1 })
  await confirm({ sid: '10000', gen: 1 })
  expect(asked).toBe(10_001)
  await confirm({ sid: '0', gen: 1 })
  expect(asked).toBe(10_002)
})
