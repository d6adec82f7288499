// Laws of the access token: who it speaks for, how long, and what never passes for one.
import { describe, expect, test } from 'vitest'
import { openDevice, signUp, type Device } from './device.js'
import { altered, signedByStranger, signedWithPublicKey } from './jwt.js'
import type { Received, Transport } from './transport.js'

const me = (device: Device, authorization: string): Promise<Received> =>
  device.send({ method: 'GET', path: '/auth/me', headers: { authorization, cookie: '' } })

const challenge = ({ headers }: Received): string => headers['www-authenticate'] ?? ''

export function bearerLaws(transport: () => Transport): void {
  describe('B17: a route that needs a bearer', () => {
    test('answers without one by a plain challenge, whatever cookie came', async () => {
      const device = await signUp(transport())
      for (const { method, path } of transport().routes.filter(({ needs }) => needs.bearer)) {
        const sent = { method, path: path.replace(/:\w+/, 'x'), headers: { authorization: '' } }
        const reply = await device.send(sent)
        expect(reply).toMatchObject({ status: 401 })
        expect(challenge(reply)).not.toContain('error=')
      }
    })

    test('answers with the user, in any case of the scheme', async () => {
      const device = await signUp(transport())
      for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
        expect((await me(device, `${scheme} ${device.grant.access_token}`)).body).toEqual(device.grant.user)
      }
    })

    test('refuses a token past its ten minutes, and says that the token is why', async () => {
      const device = await signUp(transport())
      await transport().advance(599_000)
      expect((await me(device, `Bearer ${device.grant.access_token}`)).status).toBe(200)
      await transport().advance(62_000)
      const reply = await me(device, `Bearer ${device.grant.access_token}`)
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
      expect(challenge(reply)).toContain('error="invalid_token"')
    })

    test('outlives the refresh that replaced its token', async () => {
      const device = await signUp(transport())
      const { access_token } = device.grant
      await device.refresh()
      expect((await me(device, `Bearer ${access_token}`)).status).toBe(200)
    })
  })

  describe('B13, S26: a forged token is refused:', () => {
    const forgeries: Record<string, (token: string, key: JsonWebKey) => string | Promise<string>> = {
      'no algorithm': (token) => altered(token, { header: { alg: 'none' } }),
      'no algorithm, no signature': (token) => altered(token, { header: { alg: 'none' } }).replace(/[^.]*$/, ''),
      'HS256 with the public key': signedWithPublicKey,
      'a stranger’s signature': signedByStranger,
      'another subject': (token) => altered(token, { claims: { sub: 'somebody-else' } }),
      'a role that was not given': (token) => altered(token, { claims: { role: 'admin' } }),
      'a later expiry': (token) => altered(token, { claims: { exp: 4_000_000_000 } }),
      'a critical extension': (token) => altered(token, { header: { crit: ['b64'], b64: false } }),
      'a key of its own': (token, jwk) => altered(token, { header: { jwk } }),
      'a key elsewhere': (token) => altered(token, { header: { jku: 'https://evil.test/jwks.json' } }),
      'S27: a kid that is a path': (token) => altered(token, { header: { kid: '../../etc/passwd' } }),
      'S27: a kid that is SQL': (token) => altered(token, { header: { kid: "' OR 1=1 --" } }),
      'an ID token’s type': (token) => altered(token, { header: { typ: 'JWT' } }),
    }

    test.each(Object.entries(forgeries))('%s', async (_name, forge) => {
      const device = await signUp(transport())
      const { body } = await transport().send({ method: 'GET', path: '/.well-known/jwks.json' })
      const [key = {}] = (body as { keys: readonly JsonWebKey[] }).keys
      const reply = await me(device, `Bearer ${await forge(device.grant.access_token, key)}`)
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
    })

    test('B15: the refresh token as a bearer', async () => {
      const device = await signUp(transport())
      expect((await me(device, `Bearer ${device.cookie.replace(/^[^=]*=/, '')}`)).status).toBe(401)
    })
  })

  test.each(['Bearer', 'Bearer a', 'Bearer a.b.c', 'Bearer ..', 'Basic YTpi', 'Bearer Bearer', 'x', '=', 'DPoP a'])(
    'B18: the header %j is no bearer, and no accident',
    async (authorization) => {
      expect((await me(openDevice(transport()), authorization)).status).toBe(401)
    },
  )

  test('B18: a bearer of eight thousand letters is no accident either', async () => {
    expect((await me(openDevice(transport()), `Bearer ${'a'.repeat(8_000)}`)).status).toBe(401)
  })
}
