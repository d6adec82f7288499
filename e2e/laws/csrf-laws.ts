// Laws of routes that act on the cookie: whose page may call them (B9).
import { describe, expect, test } from 'vitest'
import { signUp, type Device } from './device.js'
import type { Transport } from './transport.js'

const allowed = 'https://app.example.com'

/** What each header says of the page, and whether the call may act on the cookie. An empty header is not sent. */
const matrix: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
  ['the header alone', {}, true],
  ['no header', { 'x-latchkey': '' }, false],
  ['another value of the header', { 'x-latchkey': '0' }, false],
  ['no header from the same origin', { 'x-latchkey': '', 'sec-fetch-site': 'same-origin', origin: allowed }, false],
  ['the same origin', { 'sec-fetch-site': 'same-origin' }, true],
  ['an allowed origin', { origin: allowed }, true],
  ['an allowed origin of the same site', { 'sec-fetch-site': 'same-site', origin: allowed }, true],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, false],
  ['a cross-site fetch that claims an allowed origin', { 'sec-fetch-site': 'cross-site', origin: allowed }, false],
  ['S24: a sibling of the same site', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }, false],
  ['S29: the origin null', { origin: 'null' }, false],
  ['another site', { origin: 'https://evil.test' }, false],
  ['S29: an allowed origin as a prefix', { origin: `${allowed}.evil.test` }, false],
  ['an allowed origin as a suffix', { origin: 'https://evil-app.example.com' }, false],
  ['an allowed host over http', { origin: 'http://app.example.com' }, false],
  ['an allowed host on another port', { origin: `${allowed}:8443` }, false],
]

export function csrfLaws(transport: () => Transport): void {
  const send = (device: Device, path: string, headers: Readonly<Record<string, string>>) =>
    device.send({ method: 'POST', path, headers: { authorization: '', ...headers } })

  describe('B9: a route that acts on the cookie, called with', () => {
    test.each(matrix)('%s', async (_name, headers, may) => {
      const device = await signUp(transport())
      const refresh = await send(device, '/auth/refresh', headers)
      if (may) {
        expect(refresh.status).toBe(200)
        expect((await send(device, '/auth/logout', headers)).status).toBe(204)
        return
      }
      const logout = await send(device, '/auth/logout', headers)
      for (const reply of [refresh, logout]) {
        expect(reply).toMatchObject({ status: 403, body: { code: 'csrf' }, setCookie: [] })
      }
      // Nothing was spent and nobody logged out: the first refresh that may is still the first.
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
      expect(reply, path).toMatchObject({ status: 403, body: { code: 'csrf' } })
    }
  })
}
