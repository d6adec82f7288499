// Laws of the second factor: a password alone opens nothing, a code counts once, and whoever guesses has few tries.
import { describe, expect, test } from 'vitest'
import { openDevice, password, signUp } from './device.js'
import { countOf, lettersTo } from './letters.js'
import { challengeFor, challengeIn, codeAt, firstStep, nextSteps, secondStep, signUpGuarded } from './phone.js'
import type { Transport } from './transport.js'

const expired = { status: 401, body: { code: 'challenge_expired' }, setCookie: [] }
const invalid = { status: 401, body: { code: 'mfa_invalid', errors: { code: expect.any(String) } }, setCookie: [] }
const fifty = <Result>(task: (at: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: 50 }, (_, at) => task(at)))

export function factorLaws(transport: () => Transport): void {
  describe('B26: between password and code', () => {
    test('there is a challenge, and no session: no cookie, no access token, no device in the list', async () => {
      const { device } = await signUpGuarded(transport())
      const reply = await firstStep(transport(), device.email)
      expect(reply).toMatchObject({ status: 200, setCookie: [] })
      expect(reply.body).toEqual({
        mfa_required: true,
        challenge: expect.stringMatching(/^[\w-]{43}$/),
        methods: ['totp', 'backup_code'],
      })
      const { body } = await device.send({ method: 'GET', path: '/auth/sessions' })
      expect((body as { sessions: readonly unknown[] }).sessions).toHaveLength(1)
    })

    test('S43: a code opens it, once: the same challenge again, with another right code, is over', async () => {
      const { device, code, backupCodes } = await signUpGuarded(transport())
      const challenge = await challengeFor(transport(), device.email)
      expect(await secondStep(transport(), { challenge, code: code() })).toMatchObject({ status: 200 })
      expect(await secondStep(transport(), { challenge, code: code(1) })).toMatchObject(expired)
      expect(await secondStep(transport(), { challenge, code: backupCodes[0] })).toMatchObject(expired)
    })

    test('B26: the count of tries is the server’s: five, whatever the browser keeps or sends', async () => {
      const { device, code } = await signUpGuarded(transport())
      const browser = openDevice(transport())
      const challenge = challengeIn(await firstStep(transport(), device.email, browser))
      for (let tries = 0; tries < 5; tries += 1) {
        browser.cookie = null
        expect(await secondStep(transport(), { challenge, code: '000000' }, browser)).toMatchObject(invalid)
      }
      expect(await secondStep(transport(), { challenge, code: code() }, browser)).toMatchObject(expired)
    })

    test('S43: a challenge is over after five minutes', async () => {
      const { device, code } = await signUpGuarded(transport())
      const challenge = await challengeFor(transport(), device.email)
      await transport().advance(300_000)
      expect(await secondStep(transport(), { challenge, code: code() })).toMatchObject(expired)
    })

    test('S43: a new password ends the logins that are half done', async () => {
      const { device, code } = await signUpGuarded(transport())
      const challenge = await challengeFor(transport(), device.email)
      const body = { current_password: password, new_password: 'another horse battery staple' }
      expect((await device.send({ method: 'POST', path: '/auth/password/change', body })).status).toBe(204)
      expect(await secondStep(transport(), { challenge, code: code() })).toMatchObject(expired)
    })

    test.each([{}, { challenge: 'x' }, { code: '123456' }, { challenge: 'x', code: {} }, { challenge: 'x', code: '' }])(
      'S43: %j skips nothing',
      async (body) => {
        expect((await secondStep(transport(), body)).status).toBe(422)
      },
    )

    test.each(['x', 'a'.repeat(43), 'a'.repeat(512), "' or '1'='1"])('S43: %j is no challenge', async (challenge) => {
      expect(await secondStep(transport(), { challenge, code: '123456' })).toMatchObject(expired)
    })

    test('B26: a wrong password is told as ever: who guesses does not learn that there is a second step', async () => {
      const { device } = await signUpGuarded(transport())
      const body = { email: device.email, password: 'wrong horse battery staple' }
      const guarded = await openDevice(transport()).send({ method: 'POST', path: '/auth/login', body })
      expect(guarded).toMatchObject({ status: 401, body: { code: 'invalid_credentials' }, setCookie: [] })
    })
  })

  describe('B24: a code of the authenticator', () => {
    test('S20: counts once: replayed in its step, on another login, it is refused', async () => {
      const { device, code } = await signUpGuarded(transport())
      const [one, two] = [await challengeFor(transport(), device.email), await challengeFor(transport(), device.email)]
      const shown = code()
      expect(await secondStep(transport(), { challenge: one, code: shown })).toMatchObject({ status: 200 })
      expect(await secondStep(transport(), { challenge: two, code: shown })).toMatchObject(invalid)
    })

    test('S20: of a step before the last accepted one is refused, though it is within the window', async () => {
      const { device, code } = await signUpGuarded(transport())
      const [one, two] = [await challengeFor(transport(), device.email), await challengeFor(transport(), device.email)]
      expect(await secondStep(transport(), { challenge: one, code: code(1) })).toMatchObject({ status: 200 })
      expect(await secondStep(transport(), { challenge: two, code: code() })).toMatchObject(invalid)
    })

    test.each([
      [-1, 200],
      [0, 200],
      [1, 200],
      [-2, 401],
      [2, 401],
    ])('may be %i steps off: %i', async (steps, status) => {
      const { device, secret } = await signUpGuarded(transport())
      await transport().advance(120_000)
      const challenge = await challengeFor(transport(), device.email)
      const code = codeAt(secret, transport().now(), steps)
      expect((await secondStep(transport(), { challenge, code })).status).toBe(status)
    })

    test('of fifty that show one code at once, each on a login of its own, exactly one wins', async () => {
      const { device, code } = await signUpGuarded(transport())
      const challenges = await fifty(() => challengeFor(transport(), device.email))
      const replies = await fifty((at) => secondStep(transport(), { challenge: challenges[at], code: code() }))
      expect(countOf(replies, 200)).toBe(1)
      expect(countOf(replies, 401) + countOf(replies, 429)).toBe(49)
    })

    test('is taken as people type it', async () => {
      const { device, code } = await signUpGuarded(transport())
      const challenge = await challengeFor(transport(), device.email)
      const typed = ` ${code().slice(0, 3)} ${code().slice(3)} `
      expect(await secondStep(transport(), { challenge, code: typed })).toMatchObject({ status: 200 })
    })

    test('S21: who knows the password has twenty guesses an hour, over any number of logins at once', async () => {
      const { device, code } = await signUpGuarded(transport())
      const challenges = await Promise.all(Array.from({ length: 6 }, () => challengeFor(transport(), device.email)))
      const guesses = challenges.flatMap((challenge) => Array.from({ length: 5 }, () => challenge))
      const replies = await Promise.all(
        guesses.map((challenge) => secondStep(transport(), { challenge, code: '000000' })),
      )
      expect([countOf(replies, 401), countOf(replies, 429)]).toEqual([20, 10])
      const last = await challengeFor(transport(), device.email)
      expect(await secondStep(transport(), { challenge: last, code: code() })).toMatchObject({
        status: 429,
        body: { code: 'rate_limited' },
        headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
      })
      await transport().advance(3_600_000)
      const later = await challengeFor(transport(), device.email)
      expect(await secondStep(transport(), { challenge: later, code: code() })).toMatchObject({ status: 200 })
    })
  })

  describe('B25: a backup code', () => {
    test('S19: of fifty that show one at once exactly one wins, and nobody after', async () => {
      const { device, backupCodes } = await signUpGuarded(transport())
      const challenges = await fifty(() => challengeFor(transport(), device.email))
      const [code] = backupCodes
      const replies = await fifty((at) => secondStep(transport(), { challenge: challenges[at], code }))
      expect(countOf(replies, 200)).toBe(1)
      const challenge = await challengeFor(transport(), device.email)
      expect((await secondStep(transport(), { challenge, code })).status).toBeGreaterThanOrEqual(401)
    })

    test('is one of ten, unlike the others, and opens a session as it is typed', async () => {
      const { device, backupCodes } = await signUpGuarded(transport())
      expect(new Set(backupCodes).size).toBe(10)
      for (const code of backupCodes) expect(code).toMatch(/^[a-z2-9]{3}-[a-z2-9]{5}-[a-z2-9]{5}$/)
      const challenge = await challengeFor(transport(), device.email)
      const typed = ` ${(backupCodes[3] ?? '').toUpperCase().replaceAll('-', ' ')} `
      expect(await secondStep(transport(), { challenge, code: typed })).toMatchObject({ status: 200 })
      const { body } = await device.send({ method: 'GET', path: '/auth/mfa' })
      expect(body).toEqual({ totp: true, backup_codes_left: 9 })
    })

    test('of another user fails', async () => {
      const [one, two] = [await signUpGuarded(transport()), await signUpGuarded(transport())]
      const challenge = await challengeFor(transport(), one.device.email)
      expect(await secondStep(transport(), { challenge, code: two.backupCodes[0] })).toMatchObject(invalid)
      const own = await challengeFor(transport(), two.device.email)
      expect(await secondStep(transport(), { challenge: own, code: two.backupCodes[0] })).toMatchObject({ status: 200 })
    })

    test('is worth nothing once new ones were made', async () => {
      const { device, backupCodes } = await signUpGuarded(transport())
      const { body } = await device.send({ method: 'POST', path: '/auth/mfa/backup-codes' })
      const { backup_codes: renewed } = body as { backup_codes: readonly string[] }
      expect(renewed).toHaveLength(10)
      const challenge = await challengeFor(transport(), device.email)
      expect(await secondStep(transport(), { challenge, code: backupCodes[0] })).toMatchObject(invalid)
      expect(await secondStep(transport(), { challenge, code: renewed[0] })).toMatchObject({ status: 200 })
    })
  })

  describe('turning it on and off', () => {
    test('a pending one asks for nothing; a wrong code does not confirm it, and is no 401', async () => {
      const device = await signUp(transport())
      await device.send({ method: 'POST', path: '/auth/mfa/totp/enroll' })
      const body = { code: '000000' }
      const reply = await device.send({ method: 'POST', path: '/auth/mfa/totp/confirm', body })
      expect(reply).toMatchObject({ status: 422, body: { code: 'mfa_invalid' } })
      expect((await firstStep(transport(), device.email)).body).toMatchObject({ user: { email: device.email } })
    })

    test('the invitation has the secret as text, URI and QR code, and never comes again', async () => {
      const device = await signUp(transport())
      const { body } = await device.send({ method: 'POST', path: '/auth/mfa/totp/enroll' })
      const { secret, uri, qr } = body as { secret: string; uri: string; qr: string }
      expect(secret).toMatch(/^[A-Z2-7]{32}$/)
      expect(new URL(uri).searchParams.get('secret')).toBe(secret)
      expect(decodeURIComponent(uri)).toContain(device.email)
      expect(decodeURIComponent(qr)).toMatch(/^data:image\/svg\+xml,<svg .*<\/svg>$/s)
      await device.send({
        method: 'POST',
        path: '/auth/mfa/totp/confirm',
        body: { code: codeAt(secret, transport().now()) },
      })
      const again = await device.send({ method: 'POST', path: '/auth/mfa/totp/enroll' })
      expect(again).toMatchObject({ status: 409, body: { code: 'mfa_enabled' } })
    })

    test('B6: ends every other session, on and off', async () => {
      const other = openDevice(transport())
      const device = await signUp(transport())
      await other.login({ email: device.email, password })
      const { body } = await device.send({ method: 'POST', path: '/auth/mfa/totp/enroll' })
      const { secret } = body as { secret: string }
      const confirming = { code: codeAt(secret, transport().now(), -1) }
      await device.send({ method: 'POST', path: '/auth/mfa/totp/confirm', body: confirming })
      expect((await other.tryRefresh()).status).toBe(401)
      await device.refresh()

      const challenge = await challengeFor(transport(), device.email)
      const entered = await secondStep(transport(), { challenge, code: codeAt(secret, transport().now()) })
      const third = Object.assign(openDevice(transport()), { grant: entered.body })
      expect((await device.send({ method: 'DELETE', path: '/auth/mfa/totp' })).status).toBe(204)
      expect((await third.send({ method: 'POST', path: '/auth/refresh/ack' })).status).toBe(401)
      expect((await firstStep(transport(), device.email)).body).toMatchObject({ user: { email: device.email } })
      const gone = await device.send({ method: 'POST', path: '/auth/mfa/backup-codes' })
      expect(gone).toMatchObject({ status: 409, body: { code: 'mfa_disabled' } })
    })

    test('S43: a login that is half done when it is turned off is over', async () => {
      const { device, code } = await signUpGuarded(transport())
      const challenge = await challengeFor(transport(), device.email)
      await device.send({ method: 'DELETE', path: '/auth/mfa/totp' })
      expect(await secondStep(transport(), { challenge, code: code() })).toMatchObject(expired)
    })

    test('B40: the owner is written to, whatever becomes of a factor', async () => {
      const { device, backupCodes } = await signUpGuarded(transport())
      const challenge = await challengeFor(transport(), device.email)
      await secondStep(transport(), { challenge, code: backupCodes[0] })
      await device.send({ method: 'POST', path: '/auth/mfa/backup-codes' })
      await device.send({ method: 'DELETE', path: '/auth/mfa/totp' })
      const changes = (await lettersTo(transport(), device.email)).flatMap((mail) =>
        mail.kind === 'factor-changed' ? [mail.change] : [],
      )
      expect(changes).toEqual(['totp-enabled', 'backup-code-used', 'backup-codes-renewed', 'totp-disabled'])
    })

    test('the session that comes of it is one as any other: it refreshes, and its token works', async () => {
      const { device, code } = await signUpGuarded(transport())
      await nextSteps(transport())
      const browser = openDevice(transport())
      const challenge = challengeIn(await firstStep(transport(), device.email, browser))
      expect(browser.cookie).toBeNull()
      const reply = await secondStep(transport(), { challenge, code: code() }, browser)
      expect(reply).toMatchObject({ status: 200, body: { gen: 0, user: { email: device.email } } })
    })
  })
}
