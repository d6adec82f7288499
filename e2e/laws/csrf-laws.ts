// Laws of routes that act on the cookie: whose page may call them (B9).
import { describe, expect, test } from 'vitest'
import { signUp, type Device } from './device.js'
import type { Transport } from './transport.js'

const allowed = 'https://app.example.com'

/** Headers of a page that may act on the cookie. An empty header is not sent. */
const mayAct: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['the header alone', {}],
  ['the same origin', { 'sec-fetch-site': 'same-origin' }],
  ['an allowed origin', { origin: allowed }],
  ['an allowed Referer, where the browser says neither', { referer: `${allowed}/account?tab=2` }],
  [
    'another Referer, where the browser says that it is the same origin',
    { 'sec-fetch-site': 'same-origin', referer: 'https://evil.test/' },
  ],
  ['an allowed origin of the same site', { 'sec-fetch-site': 'same-site', origin: allowed }],
]

/** Headers of a page that may not. */
const mayNot: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['no header', { 'x-latchkey': '' }],
  ['another value of the header', { 'x-latchkey': '0' }],
  ['no header from the same origin', { 'x-latchkey': '', 'sec-fetch-site': 'same-origin', origin: allowed }],
  ['a same-site fetch that does not say from where', { 'sec-fetch-site': 'same-site' }],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
  ['a cross-site fetch that claims an allowed origin', { 'sec-fetch-site': 'cross-site', origin: allowed }],
  ['S24: a sibling of the same site', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }],
  ['S29: the origin null', { origin: 'null' }],
  ['another site', { origin: 'https://evil.test' }],
  ['S29: an allowed origin as a prefix', { origin: `${allowed}.evil.test` }],
  ['an allowed origin as a suffix', { origin: 'https://evil-app.example.com' }],
  ['another Referer, where the browser says neither', { referer: 'https://evil.test/' }],
  ['an allowed origin in the path of a Referer', { referer: `https://evil.test/${allowed}/` }],
  ['an allowed origin as a prefix of a Referer', { referer: `${allowed}.evil.test/` }],
  ['S24: a sibling’s Referer', { referer: 'https://evil.example.com/' }],
  ['a Referer that is no address', { referer: 'about:srcdoc' }],
  ['an allowed Referer under another origin', { referer: `${allowed}/`, origin: 'https://evil.test' }],
  ['an allowed host over http', { origin: 'http://app.example.com' }],
  ['an allowed host on another port', { origin: `${allowed}:8443` }],
]

export function csrfLaws(transport: () => Transport): void {
  const send = (device: Device, path: string, headers: Readonly<Record<string, string>>) =>
    device.send({ method: 'POST', path, headers: { authorization: '', ...headers } })

  describe('B9: a route that acts on the cookie', () => {
    test.each(mayAct)('answers %s', async (_name, headers) => {
      const device = await signUp(transport())
      expect((await send(device, '/auth/refresh', headers)).status).toBe(200)
      expect((await send(device, '/auth/logout', headers)).status).toBe(204)
    })

    test.each(mayNot)('refuses %s, and nothing is spent, and nobody is logged out', async (_name, headers) => {
      const device = await signUp(transport())
      for (const path of ['/auth/refresh', '/auth/logout']) {
        expect(await send(device, path, headers)).toMatchObject({ status: 403, body: { code: 'csrf' }, setCookie: [] })
      }
      expect((await device.refresh()).gen).toBe(1)
    })
  })

  test('B9: a reply to the cookie varies with what was judged', async () => {
    const device = await signUp(transport())
    const { headers } = await send(device, '/auth/refresh', {})
    expect((headers['vary'] ?? '').toLowerCase()).toContain('origin')
    expect((headers['vary'] ?? '').toLowerCase()).toContain('sec-fetch-site')
  })

  test('every route of the table that acts on the cookie demands the header', async () => {
    const device = await signUp(transport())
    const routes = transport().routes.filter(({ needs }) => needs.csrf)
    expect(routes.map(({ path }) => path)).toEqual(expect.arrayContaining(['/auth/refresh', '/auth/logout']))
    for (const { method, path } of routes) {
      const reply = await device.send({ method, path: path.replace(/:\w+/, 'x'), headers: { 'x-latchkey': '' } })
      expect(reply).toMatchObject({ status: 403, body: { code: 'csrf' } })
    }
  })
}
