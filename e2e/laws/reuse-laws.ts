// Laws of theft: when the door behind a spent token closes, and what happens to who comes through it late.
import { describe, expect, test } from 'vitest'
import { type Device, keptCookie, openDevice, password, signUp } from './device.js'
import { ended } from './ended.js'
import { graceMs, type Transport } from './transport.js'

export function reuseLaws(transport: () => Transport): void {
  const late = async (): Promise<void> => transport().advance(graceMs + 1_000)

  describe('a proof that the successor arrived', () => {
    const proofs: Record<string, (device: Device) => Promise<unknown>> = {
      'an ack': (device) => device.ack(),
      'a call with its access token': (device) => device.send({ method: 'GET', path: '/auth/me' }),
      'a refresh with it': (device) => device.refresh(),
    }

    test.each(Object.entries(proofs))('closes the door behind the spent token: %s', async (_name, prove) => {
      const device = await signUp(transport())
      const spent = device.cookie
      await device.refresh()
      await prove(device)
      await late()
      expect(await device.tryRefresh(spent)).toMatchObject(ended('session_revoked'))
    })

    test('leaves the grace to requests that are still on the way', async () => {
      const device = await signUp(transport())
      const spent = device.cookie
      await device.refresh()
      await device.ack()
      const repeated = await device.tryRefresh(spent)
      expect(repeated.status).toBe(200)
      expect(keptCookie(repeated)).toBe(device.cookie)
    })

    test('needs the bearer', async () => {
      const device = await signUp(transport())
      await device.refresh()
      const reply = await device.send({ method: 'POST', path: '/auth/refresh/ack', headers: { authorization: '' } })
      expect(reply.status).toBe(401)
    })

    test('of an older generation proves nothing of the newest', async () => {
      const device = await signUp(transport())
      const older = await device.refresh()
      const spent = device.cookie
      await late()
      await device.refresh()
      device.grant = older
      await device.ack()
      await late()
      expect((await device.tryRefresh(spent)).status).toBe(200)
    })
  })

  describe('a token that was spent and is shown again', () => {
    test('B2, B3: ends its session, head and all, and that stands', async () => {
      const device = await signUp(transport())
      const spent = device.cookie
      await device.refresh()
      await device.ack()
      await late()
      expect(await device.tryRefresh(spent)).toMatchObject(ended('session_revoked'))
      for (const cookie of [device.cookie, spent, device.cookie]) {
        expect(await device.tryRefresh(cookie)).toMatchObject(ended('session_revoked'))
      }
    })

    test('ends it also when the successor was used, and by nobody acknowledged (the thief was faster)', async () => {
      const device = await signUp(transport())
      const stolen = device.cookie
      const thief = openDevice(transport())
      thief.cookie = stolen
      thief.did = device.did
      await thief.refresh()
      await late()
      await thief.refresh()
      await late()
      expect(await device.tryRefresh(stolen)).toMatchObject(ended('session_revoked'))
      expect(await thief.tryRefresh()).toMatchObject(ended('session_revoked'))
    })

    test('ends it within the grace too, when it is older than the parent of the newest', async () => {
      const device = await signUp(transport())
      const stolen = device.cookie
      await device.refresh()
      await late()
      await device.refresh()
      expect(await device.tryRefresh(stolen)).toMatchObject(ended('session_revoked'))
    })

    test('leaves the other devices of the account alone', async () => {
      const device = await signUp(transport())
      const other = openDevice(transport())
      await other.login({ email: device.email, password })
      const spent = device.cookie
      await device.refresh()
      await device.ack()
      await late()
      expect(await device.tryRefresh(spent)).toMatchObject(ended('session_revoked'))
      expect((await other.refresh()).gen).toBe(1)
    })
  })
}
