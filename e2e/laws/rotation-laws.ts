// Laws of the refresh rotation (ROTATION.md): one successor, a lost reply forgiven, a theft not.
import { describe, expect, test } from 'vitest'
import { keptCookie, openDevice, signUp } from './device.js'
import { ended } from './ended.js'
import { claimsOf } from './jwt.js'
import { dayMs, graceMs, type Transport } from './transport.js'

export function rotationLaws(transport: () => Transport): void {
  const late = async (): Promise<void> => transport().advance(graceMs + 1_000)

  describe('a refresh', () => {
    test('rotates: another cookie, the next generation, the same session and user', async () => {
      const device = await signUp(transport())
      const before = { cookie: device.cookie, grant: device.grant }
      const after = await device.refresh()
      expect(device.cookie).not.toBe(before.cookie)
      expect(after).toMatchObject({ gen: 1, sid: before.grant.sid, user: before.grant.user })
      expect(claimsOf(after.access_token)).toMatchObject({ gen: 1, sid: before.grant.sid })
      expect(claimsOf(after.access_token)['jti']).not.toBe(claimsOf(before.grant.access_token)['jti'])
    })

    test('of a token that was just handed out is debounced: the same cookie, a new access token', async () => {
      const device = await signUp(transport())
      const first = await device.refresh()
      const cookie = device.cookie
      const again = await device.refresh()
      expect(again).toMatchObject({ gen: 1, sid: first.sid })
      expect(device.cookie).toBe(cookie)
      expect(again.access_token).not.toBe(first.access_token)
    })

    test('is no longer debounced when the grace has passed, however often it was asked', async () => {
      const device = await signUp(transport())
      await device.refresh()
      await transport().advance(graceMs / 2)
      expect((await device.refresh()).gen).toBe(1)
      await transport().advance(graceMs / 2 + 1_000)
      expect((await device.refresh()).gen).toBe(2)
    })

    test('B1, S10: fifty at once of one token get one successor', async () => {
      const device = await signUp(transport())
      const replies = await Promise.all(Array.from({ length: 50 }, () => device.tryRefresh()))
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
      expect(new Set(replies.map(({ body }) => (body as { gen: number }).gen))).toEqual(new Set([1]))
      expect(new Set(replies.map(keptCookie)).size).toBe(1)
    })

    test('B15, S44: wants a refresh token: an access token in its place is unknown', async () => {
      const device = await signUp(transport())
      const name = device.cookie.slice(0, device.cookie.indexOf('='))
      const reply = await device.tryRefresh(`${name}=${device.grant.access_token}`)
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_grant' }, setCookie: [] })
    })

    test('with an unknown token is refused, revokes nobody, and leaves the cookie', async () => {
      const device = await signUp(transport())
      const [name = ''] = device.cookie.split('=')
      const reply = await device.tryRefresh(`${name}=${'A'.repeat(43)}`)
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_grant' }, setCookie: [] })
      expect((await device.refresh()).gen).toBe(1)
    })

    test('without a cookie says that there is no session, and sets none', async () => {
      const reply = await openDevice(transport()).tryRefresh()
      expect(reply).toMatchObject({ status: 401, body: { code: 'no_session' }, setCookie: [] })
    })
  })

  describe('a lost reply', () => {
    test.each([0, graceMs * 2, 8 * 3_600_000, 13 * dayMs])(
      'S13: is repeated %d ms later, the same successor',
      async (age) => {
        const device = await signUp(transport())
        const lost = await device.tryRefresh()
        await transport().advance(age)
        const repeated = await device.tryRefresh()
        expect(repeated).toMatchObject({ status: 200, body: { gen: 1 } })
        expect(keptCookie(repeated)).toBe(keptCookie(lost))
      },
    )

    test('is repeated as often as it is lost, and the session lives on', async () => {
      const device = await signUp(transport())
      for (let loss = 0; loss < 5; loss += 1) {
        await device.tryRefresh()
        await transport().advance(3_600_000)
      }
      expect((await device.refresh()).gen).toBe(1)
      await late()
      expect((await device.refresh()).gen).toBe(2)
    })

    test('does not make the session live longer', async () => {
      const device = await signUp(transport())
      await device.tryRefresh()
      await transport().advance(13 * dayMs)
      expect((await device.tryRefresh()).status).toBe(200)
      await transport().advance(1.5 * dayMs)
      expect(await device.tryRefresh()).toMatchObject(ended('session_expired'))
    })
  })
}
