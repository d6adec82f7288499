import { describe, expect, it } from 'vitest'
import { latchkey, memoryStorage, webStorage, type TokenStorage } from '../src/index.js'
import { json, jwt, userOf } from './backend.js'
import { credentials, openClient, world } from './open-client.js'

type Web = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const mapStorage = (map = new Map<string, string>()): Web & { readonly map: Map<string, string> } => ({
  map,
  getItem: (key) => map.get(key) ?? null,
  setItem: (key, value) => void map.set(key, value),
  removeItem: (key) => void map.delete(key),
})
const refuse = (): never => {
  throw new DOMException('no', 'QuotaExceededError')
}

describe.each<[string, () => TokenStorage]>([
  ['memoryStorage', () => memoryStorage()],
  ['webStorage', () => webStorage(mapStorage())],
  [
    'F30 webStorage whose every access throws',
    () => webStorage({ getItem: refuse, setItem: refuse, removeItem: refuse }),
  ],
  ['F30 webStorage that is full', () => webStorage({ ...mapStorage(), setItem: refuse })],
])('%s', (_name, open) => {
  it('is empty at first, holds the last text, and forgets it', () => {
    const storage = open()
    expect(storage.get()).toBeNull()
    storage.set('one')
    expect(storage.get()).toBe('one')
    storage.set('two')
    expect(storage.get()).toBe('two')
    storage.set(null)
    expect(storage.get()).toBeNull()
  })
})

describe('webStorage', () => {
  it('keeps its text under its key', () => {
    const web = mapStorage()
    webStorage(web).set('one')
    webStorage(web, 'other').set('two')
    expect([...web.map]).toEqual([
      ['latchkey:refresh', 'one'],
      ['other', 'two'],
    ])
    webStorage(web).set(null)
    expect([...web.map.keys()]).toEqual(['other'])
  })
  it('F30 a spent token is not read again when its successor could not be written', () => {
    const web = mapStorage()
    const storage = webStorage({
      ...web,
      setItem: (key, value) => (value === 'successor' ? refuse() : web.setItem(key, value)),
    })
    storage.set('spent')
    storage.set('successor')
    expect(storage.get()).toBe('successor')
    expect(web.map.size).toBe(0)
  })
  it('F30 where even the property is denied, it is as good as memory', () => {
    const storage = webStorage(refuse)
    storage.set('one')
    expect(storage.get()).toBe('one')
    storage.set(null)
    expect(storage.get()).toBeNull()
  })

  it('F30 a place that is asked for each time is as good as one in hand', () => {
    const web = mapStorage()
    webStorage(() => web).set('one')
    expect(webStorage(web).get()).toBe('one')
  })

  it('what another tab wrote wins over what this one could not', () => {
    const web = mapStorage()
    const full = webStorage({ ...web, setItem: refuse })
    full.set('mine')
    webStorage(web).set('newer')
    expect(full.get()).toBe('newer')
  })
  it('what another tab removed is gone', () => {
    const web = mapStorage()
    const storage = webStorage(web)
    storage.set('one')
    webStorage(web).set(null)
    expect(storage.get()).toBeNull()
  })
})

describe('a body profile', () => {
  it('F30 spends each refresh token once, also where storage is full', async () => {
    const w = world()
    const spent: unknown[] = []
    let count = 0
    const grant = (): Response =>
      json({
        access_token: jwt({ sub: 'user-ada', gen: ++count }),
        refresh_token: `r${count}`,
        expires_in: 600,
        user: userOf('ada'),
        sid: 's',
      })
    w.backend.answer('/auth/login', grant)
    w.backend.answer('/auth/refresh', ({ body }) => {
      spent.push((JSON.parse(body) as { refresh_token: unknown }).refresh_token)
      return grant()
    })
    const web = mapStorage()
    const storage = webStorage({
      ...web,
      setItem: (key, value) => (web.map.size > 0 ? refuse() : web.setItem(key, value)),
    })
    const { auth } = openClient(w, { profile: latchkey({ refreshToken: 'body' }), storage })
    await auth.login(credentials)
    for (let turn = 0; turn < 3; turn++) await auth.refresh()
    expect(spent).toEqual(['r1', 'r2', 'r3'])
    await auth.logout()
    expect(storage.get()).toBeNull()
    auth.dispose()
  })
})
