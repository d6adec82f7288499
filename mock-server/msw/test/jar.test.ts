import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openJar } from '../src/jar.js'

const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=60'
let cookies: string | null = null
const server = setupServer(
  http.all('*', ({ request }) => {
    cookies = request.headers.get('cookie')
    const set = new URL(request.url).searchParams.get('set')
    return new HttpResponse(null, set === null ? {} : { headers: { 'set-cookie': set } })
  }),
)
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterAll(() => server.close())

let jar = openJar('https://api.test')
beforeEach(() => {
  jar = openJar('https://api.test')
})

const visit = async (url: string, init?: RequestInit): Promise<string | null> => {
  await jar.fetch(url, init)
  return cookies
}
const set = (cookie: string): string => `?set=${encodeURIComponent(cookie)}`

test('a cookie travels back to its origin, HttpOnly or not, and to no other', async () => {
  await visit(`https://api.test/a${set(`one=1; ${attributes}`)}`)
  expect(await visit('https://api.test/b')).toBe('one=1')
  expect(await visit('https://other.test/b')).toBeNull()
  expect(await visit('http://api.test/b')).toBeNull()
})

test('credentials: omit neither carries cookies nor keeps them', async () => {
  await visit(`https://api.test/a${set(`one=1; ${attributes}`)}`, { credentials: 'omit' })
  expect(await visit('https://api.test/b')).toBeNull()
  await visit(`https://api.test/a${set(`one=1; ${attributes}`)}`)
  expect(await visit('https://api.test/b', { credentials: 'omit' })).toBeNull()
  expect(await visit('https://api.test/b', { credentials: 'include' })).toBe('one=1')
})

test('a path, a prefix and an expiry hold', async () => {
  await visit(`https://api.test/a${set('narrow=1; Path=/auth')}`)
  await visit(`https://api.test/a${set('__Host-bad=1; Path=/auth; Secure')}`)
  expect(await visit('https://api.test/b')).toBeNull()
  expect(await visit('https://api.test/auth/me')).toBe('narrow=1')
  await visit(`https://api.test/a${set('narrow=; Path=/auth; Max-Age=0')}`)
  expect(await visit('https://api.test/auth/me')).toBeNull()
})

test('a relative URL is the base’s, a Request is carried as it is, and clear forgets', async () => {
  await jar.fetch(new Request(`https://api.test/a${set(`one=1; ${attributes}`)}`))
  expect(await visit('/b')).toBe('one=1')
  jar.clear()
  expect(await visit('/b')).toBeNull()
})

test('a cookie that the caller set stays beside those of the jar', async () => {
  await visit(`https://api.test/a${set(`one=1; ${attributes}`)}`)
  expect(await visit('https://api.test/b', { headers: { cookie: 'two=2' } })).toBe('two=2; one=1')
})

test('two jars share nothing', async () => {
  await visit(`https://api.test/a${set(`one=1; ${attributes}`)}`)
  await openJar(null).fetch('https://api.test/b')
  expect(cookies).toBeNull()
})

test('a jar’s fetch in place of the global one says that this cannot be', async () => {
  vi.stubGlobal('fetch', jar.fetch)
  await expect(jar.fetch('https://api.test/b')).rejects.toThrow(/mock\.fetch failed.*createAuthClient/s)
  vi.unstubAllGlobals()
})
