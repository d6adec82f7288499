// Laws of an account that its owner deletes: by a fresh login, meant, for good, and with nothing left that opens anything.
import { describe, expect, test } from 'vitest'
import { clears, freshEmail, openDevice, password, signUp, type Device } from './device.js'
import { lettersTo, stranger, tokenFor } from './letters.js'
import { signUpGuarded } from './phone.js'
import { admin, type Transport } from './transport.js'

export function deletionLaws(transport: () => Transport): void {
  const remove = (by: Device, query = '?confirm=true') => by.send({ method: 'DELETE', path: `/auth/me${query}` })
  const me = (by: Device) => by.send({ method: 'GET', path: '/auth/me' })

  describe('B28, S47: an account that its owner deletes', () => {
    test('is gone: every session is over, no token opens anything, and nobody logs in', async () => {
      const device = await signUp(transport())
      const other = openDevice(transport())
      await other.login({ email: device.email, password })
      const reply = await remove(device)
      expect(reply).toMatchObject({ status: 204 })
      expect(reply.setCookie.filter(clears)).toHaveLength(1)
      for (const each of [device, other]) {
        expect((await me(each)).status).toBe(401)
        const sensitive = await each.send({ method: 'DELETE', path: '/auth/sessions' })
        expect(sensitive).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
        expect((await each.tryRefresh()).status).toBe(401)
      }
      const login = await stranger(transport(), '/auth/login', { email: device.email, password })
      expect(login).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
      expect((await remove(device)).status).toBe(401)
    })

    test('frees the address: who registers next inherits neither factor nor session nor link', async () => {
      const { device } = await signUpGuarded(transport())
      await stranger(transport(), '/auth/password/forgot', { email: device.email })
      const [proof, reset] = [
        await tokenFor(transport(), device.email, 'verify-email'),
        await tokenFor(transport(), device.email, 'reset-password'),
      ]
      const before = device.grant?.user.id
      expect((await remove(device)).status).toBe(204)
      const next = openDevice(transport())
      const grant = await next.register({ email: device.email, password: 'quite another long password' })
      expect(grant.user).toMatchObject({ email: device.email, email_verified: false })
      expect(grant.user.id).not.toBe(before)
      for (const token of [proof, reset]) {
        expect((await stranger(transport(), '/auth/email/verify', { token })).status).toBe(422)
        const body = { token, password: 'an old link of the one before' }
        expect((await stranger(transport(), '/auth/password/reset', body)).status).toBe(422)
      }
      expect((await next.send({ method: 'GET', path: '/auth/mfa' })).body).toMatchObject({ totp: false })
      expect((await next.send({ method: 'GET', path: '/auth/sessions' })).body).toMatchObject({
        sessions: [{ current: true }],
      })
      expect((await device.tryRefresh()).status).toBe(401)
      const again = openDevice(transport())
      expect((await again.login({ email: device.email, password: 'quite another long password' })).user.id).toBe(
        grant.user.id,
      )
    })

    test('stays where it is not meant: without confirm=true nothing happens', async () => {
      const device = await signUp(transport())
      for (const query of ['', '?confirm=', '?confirm=false', '?confirm=1']) {
        expect(await remove(device, query)).toMatchObject({
          status: 422,
          body: { code: 'invalid_input', errors: { confirm: expect.any(String) } },
          setCookie: [],
        })
      }
      expect((await me(device)).status).toBe(200)
    })

    test('wants a fresh login: an old one is asked to step up, and a login makes it fresh', async () => {
      const device = await signUp(transport())
      await transport().advance(15 * 60_000 + 1_000)
      await device.refresh()
      expect(await remove(device)).toMatchObject({ status: 401, body: { code: 'step_up_required' } })
      await device.login({ email: device.email, password })
      expect((await remove(device)).status).toBe(204)
    })

    test('is told to its address, in the last mail that goes there', async () => {
      const device = await signUp(transport())
      await remove(device)
      expect((await lettersTo(transport(), device.email)).map(({ kind }) => kind)).toEqual([
        'verify-email',
        'account-deleted',
      ])
    })

    test('J6: is in the audit log, and its entries say no more where somebody was', async () => {
      const device = await signUp(transport())
      const { id } = device.grant.user
      await remove(device)
      const by = openDevice(transport())
      await by.login(admin)
      const { body } = await by.send({ method: 'GET', path: `/admin/audit?user_id=${id}` })
      const { entries } = body as { readonly entries: readonly { readonly type: string; readonly ip: string | null }[] }
      expect(entries.map(({ type }) => type)).toEqual(['account_deleted', 'registered'])
      for (const entry of entries) expect(entry).toMatchObject({ ip: null, device: null })
    })

    test('is not the last admin’s, who stays signed in; one of two may go', async () => {
      const by = openDevice(transport())
      await by.login(admin)
      type Page = { readonly users: readonly { id: string; role: string; email: string }[]; readonly total: number }
      const page = async (offset: number): Promise<Page> =>
        (await by.send({ method: 'GET', path: `/admin/users?limit=100&offset=${offset}` })).body as Page
      const all: Page['users'][number][] = []
      for (let total = 1; all.length < total;) {
        const next = await page(all.length)
        all.push(...next.users)
        total = next.total
      }
      const others = all.filter(({ role, email }) => role === 'admin' && email !== admin.email)
      // Other laws made admins of their own.
      for (const { id } of others) {
        await by.send({ method: 'PATCH', path: `/admin/users/${id}`, body: { role: 'user' } })
      }
      expect(await remove(by)).toMatchObject({ status: 409, body: { code: 'last_admin' }, setCookie: [] })
      expect((await me(by)).status).toBe(200)
      const email = freshEmail()
      const second = openDevice(transport())
      const { user } = await second.register({ email, password })
      await by.send({ method: 'PATCH', path: `/admin/users/${user.id}`, body: { role: 'admin' } })
      await second.login({ email, password })
      expect((await remove(second)).status).toBe(204)
      expect((await remove(by)).status).toBe(409)
    })
  })
}
