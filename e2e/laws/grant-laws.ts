// Laws of what a sign-in gives: the grant, its token, and its cookie.
import { describe, expect, test } from 'vitest'
import { clears, freshEmail, isDid, keptCookie, openDevice, password, signUp } from './device.js'
import { claimsOf, headerOf, isSignedBy } from './jwt.js'
import type { Transport } from './transport.js'

const userShape = {
  id: expect.any(String),
  email: expect.any(String),
  email_verified: expect.any(Boolean),
  display_name: null,
  role: 'user',
  permissions: expect.any(Array),
  created_at: expect.anything(),
}

export function grantLaws(transport: () => Transport): void {
  describe('a grant', () => {
    test('of registering, logging in and refreshing has the very same shape, and no refresh token in it (C2)', async () => {
      const device = openDevice(transport())
      const email = freshEmail()
      const grants = [
        await device.register({ email, password }),
        await device.login({ email, password }),
        await device.refresh(),
      ]
      for (const [at, grant] of grants.entries()) {
        expect(grant).toStrictEqual({
          access_token: expect.any(String),
          token_type: 'Bearer',
          expires_in: 600,
          user: { ...userShape, email },
          sid: expect.any(String),
          gen: at === 2 ? 1 : 0,
        })
      }
    })

    test('B14: carries an access token whose claims are the grant, signed for ten minutes', async () => {
      const { grant } = await signUp(transport())
      expect(headerOf(grant.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256', kid: expect.any(String) })
      const claims = claimsOf(grant.access_token)
      expect(Object.keys(claims)).toEqual(
        expect.arrayContaining(['iss', 'aud', 'sub', 'sid', 'gen', 'role', 'iat', 'exp', 'jti']),
      )
      expect(claims).toMatchObject({ sub: grant.user.id, sid: grant.sid, gen: grant.gen, role: grant.user.role })
      expect(Number(claims['exp']) - Number(claims['iat'])).toBe(grant.expires_in)
    })

    test('B16: is signed by a key of the JWKS, which holds no private part', async () => {
      const { grant } = await signUp(transport())
      const { body } = await transport().send({ method: 'GET', path: '/.well-known/jwks.json' })
      const { keys } = body as { keys: readonly (JsonWebKey & { kid: string })[] }
      for (const key of keys) {
        for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret)
      }
      const key = keys.find(({ kid }) => kid === headerOf(grant.access_token)['kid'])
      await expect(isSignedBy(grant.access_token, key ?? {})).resolves.toBe(true)
    })

    test('B27: of a login opens a session of its own, whatever cookie came along', async () => {
      const device = await signUp(transport())
      const before = { cookie: device.cookie, sid: device.grant.sid }
      const grant = await device.login({ email: device.email, password })
      expect(grant.sid).not.toBe(before.sid)
      expect(device.cookie).not.toBe(before.cookie)
    })
  })

  describe('the refresh cookie', () => {
    test('B7: is __Host-, Secure, HttpOnly, SameSite=Strict, on /, without Domain, and clears with the same', async () => {
      const device = await signUp(transport())
      const { email } = device
      const login = await device.send({ method: 'POST', path: '/auth/login', body: { email, password } })
      device.cookie = keptCookie(login) ?? ''
      const refresh = await device.tryRefresh()
      device.cookie = keptCookie(refresh) ?? ''
      const logout = await device.send({ method: 'POST', path: '/auth/logout' })
      for (const { setCookie } of [login, refresh, logout]) {
        expect(setCookie.filter((each) => !isDid(each))).toHaveLength(1)
        setCookie.forEach(expectStrictCookie)
      }
      expect(login.setCookie.filter(isDid)).toHaveLength(1)
      expect([login, refresh, logout].map(({ setCookie }) => clears(setCookie[0] ?? ''))).toEqual([false, false, true])
    })

    test('B5: is 256 bits of randomness', async () => {
      const { cookie } = await signUp(transport())
      const token = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1))
      expect(token.replaceAll(/[^\w-]/g, '').length * 6).toBeGreaterThanOrEqual(256)
    })

    test('B8, S25: twice in one request is a bad request, and neither counts', async () => {
      const device = await signUp(transport())
      const name = device.cookie.slice(0, device.cookie.indexOf('='))
      const reply = await device.tryRefresh(`${device.cookie}; ${name}=planted`)
      expect(reply).toMatchObject({ status: 400, setCookie: [] })
      expect((await device.refresh()).gen).toBe(1)
    })

    test.each(['=', ';;;', 'a', '%', '"', 'a=%E0%A4%A'])(
      'S2: is found beside the malformed cookie %j',
      async (junk) => {
        const device = await signUp(transport())
        expect((await device.tryRefresh(`${junk}; ${device.cookie}`)).status).toBe(200)
      },
    )
  })
}

function expectStrictCookie(setCookie: string): void {
  const [pair = '', ...attributes] = setCookie.split(/;\s*/)
  const names = attributes.map((attribute) => attribute.toLowerCase())
  expect(pair).toMatch(/^__Host-/)
  expect(names).toEqual(expect.arrayContaining(['secure', 'httponly', 'samesite=strict', 'path=/']))
  expect(names.filter((name) => name.startsWith('domain'))).toEqual([])
}
