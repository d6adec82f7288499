import { createMemoryStore } from '@latchkey/engine'
import { expect, test } from 'vitest'
import { openSetting, register, tokenOf } from './setting.js'
import { storeLaws } from './store-laws.js'

storeLaws('in memory', async (clock) => createMemoryStore({ clock }))

test('B5: what the store holds signs nobody in: no token rests in it, only digests', async () => {
  const seen: unknown[] = []
  const store = createMemoryStore()
  const spying = new Proxy(store, {
    get: (target, name: keyof typeof store) =>
      typeof target[name] !== 'function' ? target[name] : spy(target[name] as never),
  })
  const spy =
    (method: (...given: unknown[]) => unknown) =>
    (...given: unknown[]) => {
      seen.push(given)
      return method(...given)
    }
  const setting = openSetting({ store: spying })
  const token = tokenOf(await register(setting))
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(JSON.stringify(seen)).toContain('familyId')
  expect(JSON.stringify(seen)).not.toContain(token)
})
