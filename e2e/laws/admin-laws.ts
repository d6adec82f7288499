// Laws of the admin routes: closed to all but admins, and what an admin changes holds at once.
import { describe, expect, test } from 'vitest'
import { type Device, openDevice, password, signUp } from './device.js'
import { admin, type Received, type Transport } from './transport.js'

export function adminLaws(transport: () => Transport): void {
  const signInAdmin = async (): Promise<Device> => {
    const device = openDevice(transport())
    await device.login(admin)
    return device
  }
  const change = (by: Device, id: string, body: unknown): Promise<Received> =>
    by.send({ method: 'PATCH', path: `/admin/users/${id}`, body })

  describe('the admin routes', () => {
    test('B17: are forbidden to users, by a challenge that says the scope, and closed to strangers', async () => {
      const device = await signUp(transport())
      const routes = transport().routes.filter(({ needs }) => needs.role !== undefined)
      expect(routes.length).toBeGreaterThanOrEqual(2)
      for (const { method, path } of routes) {
        const sent = { method, path: path.replace(/:\w+/, device.grant.user.id) }
        const body = method === 'GET' ? {} : { body: { role: 'admin' } }
        const reply = await device.send({ ...sent, ...body })
        expect(reply).toMatchObject({ status: 403 })
        expect(reply.headers['www-authenticate']).toContain('error="insufficient_scope"')
        expect((await openDevice(transport()).send({ ...sent, ...body })).status).toBe(401)
      }
      expect((await device.refresh()).user.role).toBe('user')
    })

    test('show an admin every account, and no password', async () => {
      const { body } = await (await signInAdmin()).send({ method: 'GET', path: '/admin/users' })
      expect(body).toMatchObject({ users: expect.arrayContaining([expect.objectContaining({ role: 'user' })]) })
      expect(JSON.stringify(body)).not.toMatch(/password|hash/i)
    })

    test('B6: a role that an admin gives is in the next grant', async () => {
      const device = await signUp(transport())
      const by = await signInAdmin()
      expect((await change(by, device.grant.user.id, { role: 'admin' })).status).toBe(200)
      const fresh = openDevice(transport())
      expect((await fresh.login({ email: device.email, password })).user.role).toBe('admin')
    })

    test('S47: an account that an admin disables cannot refresh and cannot log in, told as a stranger is', async () => {
      const device = await signUp(transport())
      expect((await change(await signInAdmin(), device.grant.user.id, { is_active: false })).status).toBe(200)
      expect((await device.tryRefresh()).status).toBe(401)
      const login = { method: 'POST', path: '/auth/login', body: { email: device.email, password } }
      expect(await openDevice(transport()).send(login)).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials' },
      })
    })

    test('of an account that is not there: not found', async () => {
      const reply = await change(await signInAdmin(), crypto.randomUUID(), { role: 'admin' })
      expect(reply).toMatchObject({ status: 404, body: { code: 'not_found' } })
    })
  })
}
