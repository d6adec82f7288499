// Laws of cookie-only mode: both tokens are in HttpOnly cookies, no page ever sees one, and every use of them is guarded.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from './browser.js'
import { freshEmail, password } from './device.js'
import { graceMs, lawfulOptions, type Transport } from './transport.js'

type Headers = Readonly<Record<string, string>>
const [allowed] = lawfulOptions.allowedOrigins

/** What browsers and others send beside the cookie, and whether it may act. An empty header is not sent. */
const matrix: readonly (readonly [string, Headers, boolean])[] = [
  ['the header alone', {}, true],
  ['the same origin', { 'sec-fetch-site': 'same-origin' }, true],
  ['an allowed origin', { origin: allowed }, true],
  ['an allowed origin of the same site', { 'sec-fetch-site': 'same-site', origin: allowed }, true],
  ['an allowed Referer, where the browser says neither', { referer: `${allowed}/account` }, true],
  ['another Referer, where the browser says neither', { referer: 'https://evil.test/' }, false],
  ['no header', { 'x-latchkey': '' }, false],
  ['no header from the same origin', { 'x-latchkey': '', 'sec-fetch-site': 'same-origin', origin: allowed }, false],
  ['S24: a sibling of the same site', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }, false],
  ['S24: a sibling that does not say its name', { 'sec-fetch-site': 'same-site' }, false],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, false],
  ['a cross-site fetch that claims an allowed origin', { 'sec-fetch-site': 'cross-site', origin: allowed }, false],
  ['S29: the origin null', { origin: 'null' }, false],
  ['S29: an allowed origin as a prefix', { origin: `${allowed}.evil.test` }, false],
]

/** Holds the contract's third part over a transport that was opened in cookie-only mode. */
export function cookieOnlyLaws(name: string, openTransport: () => Promise<Transport>): void {
  describe(`cookie-only mode over ${name}`, () => {
    let transport: Transport
    beforeAll(async () => {
      transport = await openTransport()
    })
    afterAll(() => transport.close())

    const signUp = async () => {
      const browser = openBrowser(transport)
      const reply = await browser.send('POST', '/auth/register', { body: { email: freshEmail(), password } })
      expect(reply.status).toBe(201)
      return { ...browser, reply }
    }

    test('B7: both tokens are in cookies, __Host-, HttpOnly, Secure and SameSite=Strict, the access token’s as long as it lives', async () => {
      const { reply } = await signUp()
      expect(reply.setCookie).toEqual([
        expect.stringMatching(
          /^__Host-latchkey=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
        ),
        expect.stringMatching(
          /^__Host-latchkey-access=eyJ[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
        ),
        // The device that the session is bound to.
        expect.stringMatching(/^__Host-did=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
      ])
      for (const line of reply.setCookie) expect(line.length).toBeLessThan(4096)
    })

    test('B7: a grant tells who and how long, and no token', async () => {
      const { reply, send } = await signUp()
      for (const { body } of [reply, await send('POST', '/auth/refresh')]) {
        expect(Object.keys(body as object).toSorted()).toEqual(['expires_in', 'gen', 'sid', 'user'])
        expect(body).toMatchObject({ expires_in: 600 })
      }
    })

    test('the access cookie speaks for its owner, and a bearer in a header for nobody', async () => {
      const { send, cookies } = await signUp()
      expect((await send('GET', '/auth/me')).status).toBe(200)
      const authorization = `Bearer ${cookies.get('__Host-latchkey-access')}`
      const reply = await send('GET', '/auth/me', { headers: { cookie: '', authorization } })
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
    })

    test('S44: neither cookie does the other’s work', async () => {
      const { send, cookies } = await signUp()
      const [refresh, access] = [cookies.get('__Host-latchkey'), cookies.get('__Host-latchkey-access')]
      const cookie = `__Host-latchkey=${access}; __Host-latchkey-access=${refresh}`
      expect(await send('GET', '/auth/me', { headers: { cookie } })).toMatchObject({ status: 401 })
      expect(await send('POST', '/auth/refresh', { headers: { cookie } })).toMatchObject({
        status: 401,
        body: { code: 'invalid_grant' },
      })
    })

    test.each(['__Host-latchkey', '__Host-latchkey-access'])('B8, S25: two cookies %s are refused', async (twice) => {
      const { send, cookies } = await signUp()
      const cookie = [...cookies, [twice, cookies.get(twice)]].map((pair) => pair.join('=')).join('; ')
      const reply = await send('POST', '/auth/logout', { headers: { cookie } })
      expect(reply).toMatchObject({ status: 400, body: { code: 'bad_request' }, setCookie: [] })
    })

    test.each(matrix)('B9: %s is judged alike by every route that acts on a cookie', async (_name, headers, may) => {
      const { send } = await signUp()
      const code = may ? undefined : 'csrf'
      const body = { display_name: 'Ada' }
      expect((await send('GET', '/auth/me', { headers })).body).toMatchObject(code ? { code } : {})
      for (const [method, path, more] of [
        ['PATCH', '/auth/me', { body }],
        ['POST', '/auth/refresh', {}],
        ['POST', '/auth/logout', {}],
      ] as const) {
        const reply = await send(method, path, { headers, ...more })
        if (may) expect(reply.status).toBeLessThan(300)
        else expect(reply).toMatchObject({ status: 403, body: { code }, setCookie: [] })
      }
      expect((await send('GET', '/auth/me')).status).toBe(may ? 401 : 200)
    })

    test('B9: every route demands the header, but those that anybody may GET', async () => {
      const { send } = await signUp()
      for (const { method, path, needs, name: route } of transport.routes) {
        if (method === 'GET' && needs.bearer !== true) continue
        const reply = await send(method, path.replaceAll(/:\w+/g, 'x'), { headers: { 'x-latchkey': '' } })
        expect({ route, ...reply }).toMatchObject({ route, status: 403, body: { code: 'csrf' } })
        expect((reply.headers['vary'] ?? '').toLowerCase()).toContain('sec-fetch-site')
      }
    })

    test('a refresh renews both cookies, and B2: a spent one ends the session and clears both', async () => {
      const { send, cookies } = await signUp()
      const spent = cookies.get('__Host-latchkey')
      const before = new Map(cookies)
      expect((await send('POST', '/auth/refresh')).setCookie).toHaveLength(2)
      const changed = [...before].filter(([name, value]) => cookies.get(name) !== value).map(([name]) => name)
      expect(changed).toEqual(['__Host-latchkey', '__Host-latchkey-access'])
      expect((await send('POST', '/auth/refresh/ack')).status).toBe(204)
      await transport.advance(graceMs + 1_000)
      const reply = await send('POST', '/auth/refresh', {
        headers: { cookie: `__Host-latchkey=${spent}; __Host-did=${before.get('__Host-did')}` },
      })
      expect(reply).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      expect(reply.setCookie.map((line) => /^[^=]+=; Max-Age=0; .*HttpOnly; Secure/.test(line))).toEqual([true, true])
      expect([...cookies.keys()]).toEqual(['__Host-did'])
    })

    test('a logout ends the session and clears both cookies, an access cookie alone as well', async () => {
      for (const kept of ['__Host-latchkey', '__Host-latchkey-access']) {
        const { send, cookies } = await signUp()
        const refresh = cookies.get('__Host-latchkey')
        const cookie = `${kept}=${cookies.get(kept)}`
        const reply = await send('POST', '/auth/logout', { headers: { cookie } })
        expect(reply).toMatchObject({ status: 204 })
        expect(reply.setCookie).toHaveLength(2)
        const again = await send('POST', '/auth/refresh', { headers: { cookie: `__Host-latchkey=${refresh}` } })
        expect(again).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      }
    })

    test('an access cookie that outlived its token is refused', async () => {
      const { send } = await signUp()
      await transport.advance(601_000)
      expect(await send('GET', '/auth/me')).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
      expect((await send('POST', '/auth/refresh')).status).toBe(200)
      expect((await send('GET', '/auth/me')).status).toBe(200)
    })
  })
}
