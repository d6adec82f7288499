// Laws of accounts: signing in tells strangers nothing, nobody raises himself, and only admins change others.
import { describe, expect, test } from 'vitest'
import { freshEmail, openDevice, password, signUp, type Device, type Grant } from './device.js'
import type { Received, Transport } from './transport.js'

const post = (device: Device, path: string, body: unknown): Promise<Received> =>
  device.send({ method: 'POST', path, body, headers: { authorization: '', cookie: '' } })

export function accountLaws(transport: () => Transport): void {
  describe('a login', () => {
    test('B21, S9: with a wrong password and of an unknown address are answered alike, byte for byte', async () => {
      const { email } = await signUp(transport())
      const device = openDevice(transport())
      const wrong = await post(device, '/auth/login', { email, password: `${password}!` })
      const unknown = await post(device, '/auth/login', { email: freshEmail(), password })
      expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' }, setCookie: [] })
      expect(unknown.body).toEqual(wrong.body)
      const comparable = ({ headers }: Received) => Object.keys(headers).toSorted()
      expect(comparable(unknown)).toEqual(comparable(wrong))
    })

    test('B30, S8: knows an address in any case and width', async () => {
      const { email, grant } = await signUp(transport())
      for (const spelled of [email.toUpperCase(), email.replace('@', '＠')]) {
        const reply = await post(openDevice(transport()), '/auth/login', { email: spelled, password })
        expect(reply.body).toMatchObject({ user: { id: grant.user.id } })
      }
    })

    test('B19: uses the password exactly as typed', async () => {
      const { email } = await signUp(transport())
      for (const typed of [password.toUpperCase(), ` ${password}`, `${password} `, password.slice(0, -1)]) {
        expect((await post(openDevice(transport()), '/auth/login', { email, password: typed })).status).toBe(401)
      }
    })
  })

  describe('registering', () => {
    test('B30: an address twice, in any case, is refused, and the account stays as it was', async () => {
      const { email, grant } = await signUp(transport())
      const again = { email: email.toUpperCase(), password: 'another long password here' }
      expect(await post(openDevice(transport()), '/auth/register', again)).toMatchObject({
        status: 409,
        body: { code: 'email_taken' },
        setCookie: [],
      })
      const device = openDevice(transport())
      expect((await device.login({ email, password })).user.id).toBe(grant.user.id)
    })

    test.each([
      ['S22: empty', ''],
      ['fourteen letters', 'a'.repeat(7) + 'b'.repeat(7)],
      ['S22: over 1024 bytes', 'é'.repeat(600)],
    ])('B19: refuses a password that is %s', async (_name, refused) => {
      const reply = await post(openDevice(transport()), '/auth/register', { email: freshEmail(), password: refused })
      expect([400, 422]).toContain(reply.status)
    })

    test('B19: takes sixty-four letters of any script', async () => {
      const long = '🔑'.repeat(32)
      const email = freshEmail()
      expect((await post(openDevice(transport()), '/auth/register', { email, password: long })).status).toBe(201)
      expect((await post(openDevice(transport()), '/auth/login', { email, password: long })).status).toBe(200)
    })

    test.each(['', 'a', 'a@', '@b.com', 'a@b.com, c@d.com', 'a b@c.com', 'a@b..com', `${'a'.repeat(400)}@b.com`])(
      'S7: refuses the address %j',
      async (email) => {
        const reply = await post(openDevice(transport()), '/auth/register', { email, password })
        expect([400, 422]).toContain(reply.status)
      },
    )
  })

  describe('B33, S32: nobody raises himself:', () => {
    const nobody = { id: '', role: 'user', email_verified: false, permissions: [] }
    const raises = { role: 'admin', email_verified: true, is_active: true, id: 'x', permissions: ['*'] }

    test.each(Object.entries(raises))('registering with %s', async (key, value) => {
      const email = freshEmail()
      const device = openDevice(transport())
      const reply = await post(device, '/auth/register', { email, password, [key]: value })
      const { user } = reply.status === 201 ? (reply.body as Grant) : { user: nobody }
      expect([201, 400, 422]).toContain(reply.status)
      expect(user).toMatchObject({ role: 'user', email_verified: false, permissions: [] })
      expect(user.id).not.toBe('x')
    })

    test.each(Object.entries(raises))('changing himself with %s', async (key, value) => {
      const device = await signUp(transport())
      await device.send({ method: 'PATCH', path: '/auth/me', body: { display_name: 'Me', [key]: value } })
      const { body } = await device.send({ method: 'GET', path: '/auth/me' })
      expect({ ...(body as object), display_name: null }).toEqual(device.grant.user)
    })
  })

  test('a user changes the own display name, and sees it from then on', async () => {
    const device = await signUp(transport())
    const reply = await device.send({ method: 'PATCH', path: '/auth/me', body: { display_name: 'Ada <b>“L”</b>' } })
    expect(reply.body).toEqual({ ...device.grant.user, display_name: 'Ada <b>“L”</b>' })
    expect((await device.refresh()).user.display_name).toBe('Ada <b>“L”</b>')
  })
}
