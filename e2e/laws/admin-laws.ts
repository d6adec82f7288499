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

    test('S46: a role that is taken away opens nothing any more, though the token has not expired', async () => {
      const by = await signInAdmin()
      const device = await signUp(transport())
      const list = () => device.send({ method: 'GET', path: '/admin/users?limit=1' })
      await change(by, device.grant.user.id, { role: 'admin' })
      await device.refresh()
      expect((await list()).status).toBe(200)
      await change(by, device.grant.user.id, { role: 'user' })
      expect(await list()).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
      await device.refresh()
      expect(await list()).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
    })

    test('S47: an account that is disabled in the middle of a session gets 401 from now on, and not for ever', async () => {
      const by = await signInAdmin()
      const device = await signUp(transport())
      await change(by, device.grant.user.id, { is_active: false })
      for (const path of ['/auth/me', '/auth/sessions']) {
        expect(await device.send({ method: 'GET', path })).toMatchObject({ status: 401 })
      }
      expect((await device.tryRefresh()).status).toBe(401)
      await change(by, device.grant.user.id, { is_active: true })
      expect((await device.login({ email: device.email, password })).user.id).toBe(device.grant.user.id)
    })

    test('B40: end all sessions of an account, and of no other', async () => {
      const by = await signInAdmin()
      const [device, other] = [await signUp(transport()), await signUp(transport())]
      const end = (id: string) => by.send({ method: 'DELETE', path: `/admin/users/${id}/sessions` })
      expect((await end(device.grant.user.id)).status).toBe(204)
      expect(await device.send({ method: 'GET', path: '/auth/me' })).toMatchObject({ status: 401 })
      expect(await device.tryRefresh()).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      expect((await other.refresh()).gen).toBe(1)
      expect(await end(crypto.randomUUID())).toMatchObject({ status: 404, body: { code: 'not_found' } })
    })

    test('find accounts by a part of their address, a page at a time', async () => {
      const by = await signInAdmin()
      const [device] = [await signUp(transport()), await signUp(transport())]
      const find = async (query: string) =>
        (await by.send({ method: 'GET', path: `/admin/users?${query}` })).body as { users: unknown[]; total: number }
      const search = encodeURIComponent(device.email.toUpperCase().slice(0, -4))
      expect(await find(`search=${search}`)).toMatchObject({ total: 1, users: [{ email: device.email }] })
      const all = await find('limit=1&offset=1')
      expect([all.users.length, all.total >= 3]).toEqual([1, true])
      expect(await find('search=nobody-has-this')).toMatchObject({ total: 0, users: [] })
    })

    test('J6: read what happened, who did it, and from where', async () => {
      const by = await signInAdmin()
      const device = await signUp(transport())
      const { id } = device.grant.user
      await change(by, id, { role: 'admin' })
      await change(by, id, { is_active: false })
      // Mails leave after the replies, and the log is written with them.
      await transport().mails()
      const read = async (query: string) =>
        (await by.send({ method: 'GET', path: `/admin/audit?user_id=${id}&${query}` })).body as {
          readonly entries: readonly { readonly type: string }[]
          readonly next: number | null
        }
      const { entries, next } = await read('limit=100')
      expect([next, entries.map(({ type }) => type)]).toEqual([
        null,
        ['sessions_revoked', 'account_changed', 'account_disabled', 'account_changed', 'role_changed', 'registered'],
      ])
      const actor_id = by.grant?.user.id
      expect(entries[0]).toMatchObject({ actor_id, user_id: id, detail: 'disabled' })
      expect(entries[4]).toMatchObject({ actor_id, user_id: id, detail: 'user to admin' })
      const first = await read('limit=4')
      expect((await read(`limit=4&before=${first.next}`)).entries).toEqual(entries.slice(4))
      expect((await read('limit=4&type=registered')).entries).toEqual(entries.slice(5))
    })

    test('of an account that is not there: not found', async () => {
      const reply = await change(await signInAdmin(), crypto.randomUUID(), { role: 'admin' })
      expect(reply).toMatchObject({ status: 404, body: { code: 'not_found' } })
    })
  })
}
