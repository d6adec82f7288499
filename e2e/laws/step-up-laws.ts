// Laws of recent logins: what changes an account wants its owner fresh, a refresh freshens nobody, and a login does.
import { describe, expect, test } from 'vitest'
import { freshEmail, openDevice, password, signUp, type Device, type Grant } from './device.js'
import { challengeIn, firstStep, secondStep, signUpGuarded } from './phone.js'
import type { Transport } from './transport.js'

const claimsOf = ({ access_token }: Grant) =>
  JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as {
    readonly auth_time: number
    readonly amr: readonly string[]
    readonly iat: number
  }

const quarterMs = 15 * 60_000

export function stepUpLaws(transport: () => Transport): void {
  const wanting = () => transport().routes.filter(({ needs }) => needs.recent === true)
  const touch = (device: Device, { method, path }: { readonly method: string; readonly path: string }) =>
    device.send({ method, path: path.replaceAll(/:\w+/g, 'x') })

  describe('B28: a sensitive change', () => {
    test('is each of these', () => {
      expect(wanting().map(({ method, path }) => `${method} ${path}`)).toEqual(
        expect.arrayContaining([
          'POST /auth/password/change',
          'POST /auth/email/change',
          'POST /auth/mfa/totp/enroll',
          'POST /auth/mfa/totp/confirm',
          'DELETE /auth/mfa/totp',
          'POST /auth/mfa/backup-codes',
          'POST /auth/passkeys/register/options',
          'POST /auth/passkeys/register',
          'DELETE /auth/passkeys/:id',
        ]),
      )
    })

    test('by an old session is 401 step_up_required, with the challenge of RFC 9470; a refresh does not help', async () => {
      const device = await signUp(transport())
      await transport().advance(quarterMs + 1_000)
      await device.refresh()
      for (const route of wanting()) {
        const reply = await touch(device, route)
        expect(reply).toMatchObject({ status: 401, body: { code: 'step_up_required' }, setCookie: [] })
        expect(reply.headers['www-authenticate']).toBe('Bearer error="insufficient_user_authentication", max_age=900')
      }
      expect((await device.send({ method: 'GET', path: '/auth/me' })).status).toBe(200)
    })

    test('within a quarter of an hour is none of that, and a login in the same browser makes it so again', async () => {
      const device = await signUp(transport())
      await transport().advance(quarterMs - 5_000)
      await device.refresh()
      for (const route of wanting()) expect((await touch(device, route)).status).not.toBe(401)
      await transport().advance(10_000)
      for (const route of wanting()) expect((await touch(device, route)).status).toBe(401)
      await device.login({ email: device.email, password })
      for (const route of wanting()) expect((await touch(device, route)).status).not.toBe(401)
    })
  })

  describe('auth_time and amr', () => {
    test('say when and how, and stay through every refresh', async () => {
      const device = await signUp(transport())
      const first = claimsOf(device.grant)
      expect(first).toMatchObject({ auth_time: first.iat, amr: ['pwd'] })
      await transport().advance(60_000)
      const { auth_time, amr, iat } = claimsOf(await device.refresh())
      expect([auth_time, amr]).toEqual([first.auth_time, ['pwd']])
      expect(iat).toBeGreaterThan(auth_time)
    })

    test('name the second factor where there was one', async () => {
      const { device, code } = await signUpGuarded(transport())
      const challenge = challengeIn(await firstStep(transport(), device.email))
      const { body } = await secondStep(transport(), { challenge, code: code() })
      expect(claimsOf(body as Grant).amr).toEqual(['pwd', 'otp', 'mfa'])
    })
  })

  describe('B27: a login', () => {
    test('opens a session of its own, and the one before it in that browser is dead', async () => {
      const device = await signUp(transport())
      const [planted, before] = [device.cookie, device.grant.sid]
      const grant = await device.login({ email: device.email, password })
      expect(grant.sid).not.toBe(before)
      expect(device.cookie).not.toBe(planted)
      const reply = await device.tryRefresh(planted)
      expect(reply).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      // The cookie of the new session may be in the browser by now: the no of the old one must not take it away.
      expect(reply.setCookie).toEqual([])
      await device.refresh()
    })

    test('takes over no session that a stranger planted: it is not the victim’s, and it ends', async () => {
      const thief = await signUp(transport())
      const victim = await signUp(transport())
      const browser = Object.assign(openDevice(transport()), { cookie: thief.cookie })
      const grant = await browser.login({ email: victim.email, password })
      expect(grant.user.email).toBe(victim.email)
      expect((await thief.tryRefresh()).status).toBe(401)
    })

    test('or a registration in a browser where somebody is signed in ends that session', async () => {
      const device = await signUp(transport())
      const before = device.cookie
      const grant = await device.register({ email: freshEmail(), password })
      expect(await device.tryRefresh(before)).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      expect((await device.refresh()).sid).toBe(grant.sid)
    })

    test('that fails ends nothing', async () => {
      const device = await signUp(transport())
      const body = { email: device.email, password: 'wrong horse battery staple' }
      expect((await device.send({ method: 'POST', path: '/auth/login', body })).status).toBe(401)
      await device.refresh()
    })

    test('by two steps ends the session before it at the second one, not at the first', async () => {
      const { device, code } = await signUpGuarded(transport())
      const before = device.cookie ?? ''
      const challenge = challengeIn(await firstStep(transport(), device.email, device))
      expect((await device.tryRefresh(before)).status).toBe(200)
      expect((await secondStep(transport(), { challenge, code: code() }, device)).status).toBe(200)
      expect((await device.tryRefresh(before)).status).toBe(401)
    })
  })
}
