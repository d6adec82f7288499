// Laws of moving to another address: the new one proves itself, the old one is told, and nobody is taken over or found out (S39).
import { describe, expect, test } from 'vitest'
import { freshEmail, openDevice, password, signUp, type Device } from './device.js'
import { ended } from './ended.js'
import { countOf, dead, lettersTo, stranger, tokenFor } from './letters.js'
import type { Transport } from './transport.js'

const hourMs = 3_600_000

export function emailChangeLaws(transport: () => Transport): void {
  const ask = (device: Device, email: string, headers: Readonly<Record<string, string>> = {}) =>
    device.send({ method: 'POST', path: '/auth/email/change', body: { email }, headers })
  const confirm = (device: Device, token: string) =>
    device.send({ method: 'POST', path: '/auth/email/change/confirm', body: { token } })
  const tokenTo = (email: string) => tokenFor(transport(), email, 'change-email')
  const kindsTo = async (email: string) => (await lettersTo(transport(), email)).map(({ kind }) => kind)
  const signIn = (email: string) => stranger(transport(), '/auth/login', { email, password })
  const addressOf = async (device: Device) =>
    ((await device.send({ method: 'GET', path: '/auth/me' })).body as { email: string }).email

  const asked = async () => {
    const [device, email] = [await signUp(transport()), freshEmail()]
    expect((await ask(device, email)).status).toBe(204)
    return { device, email, token: await tokenTo(email) }
  }

  describe('S39: another address', () => {
    test('is asked for by whoever is signed in, proves itself by its mail, and is the account’s from then on', async () => {
      const { device, email, token } = await asked()
      expect(await addressOf(device)).toBe(device.email)
      expect(await signIn(email)).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
      expect(await confirm(device, token)).toMatchObject({ status: 204, setCookie: [] })
      const user = { id: device.grant.user.id, email, email_verified: true }
      expect((await device.refresh()).user).toMatchObject(user)
      expect(await signIn(email)).toMatchObject({ status: 200, body: { user } })
      expect(await signIn(device.email)).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
      expect((await openDevice(transport()).register({ email: device.email, password })).user.id).not.toBe(user.id)
    })

    test('the old address is told of the wish and of the move, without a link and without the new address', async () => {
      const { device, email, token } = await asked()
      expect(await kindsTo(device.email)).toEqual(['verify-email', 'email-change-asked'])
      await confirm(device, token)
      const letters = (await lettersTo(transport(), device.email)).slice(1)
      const about = { to: device.email, name: null }
      expect(letters).toEqual([
        { kind: 'email-change-asked', ...about },
        { kind: 'email-changed', ...about },
      ])
      expect(await kindsTo(email)).toEqual(['change-email'])
    })

    test('B6: every other session ends, and the one that confirms stays', async () => {
      const { device, token } = await asked()
      const other = openDevice(transport())
      await other.login({ email: device.email, password })
      expect((await confirm(device, token)).status).toBe(204)
      expect(await other.tryRefresh()).toMatchObject(ended('session_revoked'))
      expect((await device.refresh()).gen).toBe(1)
    })

    test('B6: no refresh and no login that races the move survives', async () => {
      const { device, email, token } = await asked()
      const other = openDevice(transport())
      await other.login({ email: device.email, password })
      const racing = Array.from({ length: 6 }, () => [other.tryRefresh(), signIn(device.email)]).flat()
      const [moved, ...replies] = await Promise.all([confirm(device, token), ...racing])
      expect(moved.status).toBe(204)
      for (const { setCookie } of replies) {
        const cookie = setCookie.find((line) => /^__Host-latchkey=[^;]/.test(line))?.split(';')[0]
        if (cookie !== undefined) expect((await other.tryRefresh(cookie)).status).toBe(401)
      }
      expect((await other.tryRefresh()).status).toBe(401)
      expect((await device.refresh()).user.email).toBe(email)
    })

    test('the link alone, in a stranger’s hands or another account’s, moves nothing and is not spent', async () => {
      const { device, email, token } = await asked()
      expect((await stranger(transport(), '/auth/email/change/confirm', { token })).status).toBe(401)
      expect(await confirm(await signUp(transport()), token)).toMatchObject(dead)
      expect(await addressOf(device)).toBe(device.email)
      expect((await confirm(device, token)).status).toBe(204)
      expect(await addressOf(device)).toBe(email)
    })

    test('S38: a scanner that opens the link, or asks the routes by GET, moves and spends nothing', async () => {
      const { device, token } = await asked()
      for (const path of ['/auth/email/change', '/auth/email/change/confirm']) {
        const reply = await device.send({ method: 'GET', path: `${path}?token=${token}` })
        expect(reply).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
      }
      expect(await addressOf(device)).toBe(device.email)
      expect((await confirm(device, token)).status).toBe(204)
    })

    test('whoever sets a new password kills a move that was under way', async () => {
      const { device, token } = await asked()
      const body = { current_password: password, new_password: `${password} and more` }
      expect((await device.send({ method: 'POST', path: '/auth/password/change', body })).status).toBe(204)
      expect(await confirm(device, token)).toMatchObject(dead)
      expect(await addressOf(device)).toBe(device.email)
    })

    test('a link of before, to the old address, opens nothing after the move', async () => {
      const { device, token } = await asked()
      await stranger(transport(), '/auth/password/forgot', { email: device.email })
      const [verify, reset] = [
        await tokenFor(transport(), device.email, 'verify-email'),
        await tokenFor(transport(), device.email, 'reset-password'),
      ]
      expect((await confirm(device, token)).status).toBe(204)
      expect(await stranger(transport(), '/auth/email/verify', { token: verify })).toMatchObject(dead)
      const body = { token: reset, password: 'a password of the old letter box' }
      expect(await stranger(transport(), '/auth/password/reset', body)).toMatchObject(dead)
    })
  })

  describe('S39, B28: an old login', () => {
    test('asks for no other address, and a link of before still works', async () => {
      const { device, token } = await asked()
      await transport().advance(901_000)
      await device.refresh()
      const reply = await ask(device, freshEmail())
      expect(reply).toMatchObject({ status: 401, body: { code: 'step_up_required' } })
      expect((await confirm(device, token)).status).toBe(204)
    })
  })

  describe('B29: the link of a move', () => {
    test('has 256 bits, stands in the fragment of the app’s own page, and greets nobody', async () => {
      const { email } = await asked()
      const link = expect.stringMatching(/^https:\/\/app\.example\.com\/my\/confirm-email#token=[\w-]{43}$/)
      expect(await lettersTo(transport(), email)).toEqual([
        { kind: 'change-email', to: email, name: null, link, expiresIn: 3_600 },
      ])
    })

    test('is dead after an hour', async () => {
      const { device, token } = await asked()
      await transport().advance(hourMs + 1_000)
      await device.refresh()
      expect(await confirm(device, token)).toMatchObject(dead)
    })

    test('is bound to its address: S37: a newer wish kills it, and S34: a poisoned host reaches none', async () => {
      const { device, email, token } = await asked()
      const second = freshEmail()
      const evil = 'evil.example.net'
      const poison = { 'x-forwarded-host': evil, forwarded: `host=${evil}`, 'x-forwarded-proto': 'http' }
      await ask(device, second, poison)
      const newer = await tokenTo(second)
      const [letter] = await lettersTo(transport(), second)
      expect(letter !== undefined && 'link' in letter && letter.link).toMatch(/^https:\/\/app\.example\.com\/my\//)
      expect(await confirm(device, token)).toMatchObject(dead)
      expect((await confirm(device, newer)).status).toBe(204)
      expect([await addressOf(device), await kindsTo(email)]).toEqual([second, ['change-email']])
    })

    test('S37: of fifty that show it at once exactly one wins, and nobody after', async () => {
      const { device, email, token } = await asked()
      const replies = await Promise.all(Array.from({ length: 50 }, () => confirm(device, token)))
      expect([countOf(replies, 204), countOf(replies, 422)]).toEqual([1, 49])
      expect(await confirm(device, token)).toMatchObject(dead)
      expect(await addressOf(device)).toBe(email)
      expect(await kindsTo(device.email)).toEqual(['verify-email', 'email-change-asked', 'email-changed'])
    })
  })

  describe('B30: one address, one account', () => {
    test('B21: a taken one is answered as a free one, its owner hears nothing, and nobody moves', async () => {
      const [device, other] = [await signUp(transport()), await signUp(transport())]
      const comparable = ({ status, headers, body, setCookie }: Awaited<ReturnType<typeof ask>>) => {
        return { status, names: Object.keys(headers).toSorted(), body, setCookie }
      }
      const free = comparable(await ask(device, freshEmail()))
      expect(comparable(await ask(device, other.email))).toEqual(free)
      expect(await kindsTo(other.email)).toEqual(['verify-email'])
      expect(await kindsTo(device.email)).toEqual(['verify-email', 'email-change-asked', 'email-change-asked'])
    })

    test('one that was taken since the mail went out is refused as a dead link', async () => {
      const { device, email, token } = await asked()
      const faster = await openDevice(transport()).register({ email, password })
      expect(await confirm(device, token)).toMatchObject(dead)
      expect([await addressOf(device), (await signIn(email)).body]).toMatchObject([
        device.email,
        { user: { id: faster.user.id } },
      ])
    })

    test('of two accounts that move to one address at once exactly one gets it', async () => {
      const [one, two, email] = [await signUp(transport()), await signUp(transport()), freshEmail()]
      const tokens = []
      for (const device of [one, two]) {
        expect((await ask(device, email)).status).toBe(204)
        tokens.push(await tokenTo(email))
      }
      const replies = await Promise.all([confirm(one, tokens[0] ?? ''), confirm(two, tokens[1] ?? '')])
      expect([countOf(replies, 204), countOf(replies, 422)]).toEqual([1, 1])
      expect((await signIn(email)).status).toBe(200)
    })

    test('S7, S8: any spelling is the canonical address, and one’s own is refused in any', async () => {
      const [device, email] = [await signUp(transport()), freshEmail()]
      for (const own of [device.email.toUpperCase(), device.email.replace('@', '\uFF20')]) {
        expect(await ask(device, own)).toMatchObject({ status: 422, body: { errors: { email: expect.any(String) } } })
      }
      await ask(device, ` ${email.toUpperCase().replace('@', '\uFF20')} `)
      expect((await confirm(device, await tokenTo(email))).status).toBe(204)
      expect(await addressOf(device)).toBe(email)
    })

    test.each(['a@b.com, c@d.com', 'a@b.com\r\nBcc: c@d.com', 'İ@example.com', 'x'])(
      'S35: %j is no address',
      async (email) => {
        const device = await signUp(transport())
        expect(await ask(device, email)).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
        expect(await kindsTo(device.email)).toEqual(['verify-email'])
      },
    )
  })
}
