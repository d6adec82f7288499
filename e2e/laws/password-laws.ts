// Laws of new passwords: by a link or by the old one, whoever holds a session of before is out (B6).
import { describe, expect, test } from 'vitest'
import type { Transport } from './transport.js'
import { keptCookie, openDevice, password, signUp, type Device } from './device.js'
import { ended } from './ended.js'
import { countOf, dead, lettersTo, stranger, tokenFor } from './letters.js'

const chosen = 'a new password of many letters'
const hourMs = 3_600_000

export function passwordLaws(transport: () => Transport): void {
  const reset = (token: string, text = chosen) =>
    stranger(transport(), '/auth/password/reset', { token, password: text })
  const change = (device: Device, current_password: string, new_password = chosen) =>
    device.send({ method: 'POST', path: '/auth/password/change', body: { current_password, new_password } })
  const signIn = (email: string, text: string) => stranger(transport(), '/auth/login', { email, password: text })
  const askLink = async (email: string): Promise<string> => {
    await stranger(transport(), '/auth/password/forgot', { email })
    return tokenFor(transport(), email, 'reset-password')
  }
  const secondDevice = async (email: string): Promise<Device> => {
    const device = openDevice(transport())
    await device.login({ email, password })
    return device
  }

  describe('a password set by a link', () => {
    test('B6: replaces the old one, ends every session, and proves the address', async () => {
      const one = await signUp(transport())
      const two = await secondDevice(one.email)
      expect(await reset(await askLink(one.email))).toMatchObject({ status: 204, setCookie: [] })
      for (const device of [one, two]) expect(await device.tryRefresh()).toMatchObject(ended('session_revoked'))
      expect((await signIn(one.email, password)).status).toBe(401)
      expect(await signIn(one.email, chosen)).toMatchObject({ status: 200, body: { user: { email_verified: true } } })
    })

    test('S37: of fifty that show one token at once exactly one wins, and its password holds', async () => {
      const { email } = await signUp(transport())
      const token = await askLink(email)
      const texts = Array.from({ length: 50 }, (_, at) => `${chosen} ${at}`)
      const replies = await Promise.all(texts.map((text) => reset(token, text)))
      expect([countOf(replies, 204), countOf(replies, 422)]).toEqual([1, 49])
      const winner = texts[replies.findIndex(({ status }) => status === 204)] ?? ''
      expect((await signIn(email, winner)).status).toBe(200)
      expect(await reset(token)).toMatchObject(dead)
    })

    test('S37: a newer link kills the older one', async () => {
      const { email } = await signUp(transport())
      const [first, second] = [await askLink(email), await askLink(email)]
      expect(await reset(first)).toMatchObject(dead)
      expect((await reset(second)).status).toBe(204)
    })

    test('B29: a link is dead after an hour', async () => {
      const { email } = await signUp(transport())
      const token = await askLink(email)
      await transport().advance(hourMs + 1_000)
      expect(await reset(token)).toMatchObject(dead)
      expect((await signIn(email, password)).status).toBe(200)
    })

    test('B15: a link opens its own door only, and is not spent at another', async () => {
      const { email, grant, cookie } = await signUp(transport())
      const forVerify = await tokenFor(transport(), email, 'verify-email')
      const forReset = await askLink(email)
      expect(await reset(forVerify)).toMatchObject(dead)
      expect(await stranger(transport(), '/auth/email/verify', { token: forReset })).toMatchObject(dead)
      for (const other of [grant.access_token, cookie.split('=')[1] ?? ''])
        expect(await reset(other)).toMatchObject(dead)
      const bearer = { method: 'GET', path: '/auth/me', headers: { authorization: `Bearer ${forReset}` } }
      expect((await openDevice(transport()).send(bearer)).status).toBe(401)
      expect((await stranger(transport(), '/auth/email/verify', { token: forVerify })).status).toBe(204)
      expect((await reset(forReset)).status).toBe(204)
    })

    test('B19: a weak password is refused by its field, and the link still works', async () => {
      const { email } = await signUp(transport())
      const token = await askLink(email)
      for (const weak of ['', 'short', 'passwordpassword', email, 'é'.repeat(600)]) {
        const reply = await reset(token, weak)
        expect(reply).toMatchObject({
          status: 422,
          body: { code: 'weak_password', errors: { password: expect.any(String) } },
        })
      }
      expect((await reset(token)).status).toBe(204)
    })

    test('B6: no refresh and no login that races it survives', async () => {
      const one = await signUp(transport())
      const token = await askLink(one.email)
      const racing = Array.from({ length: 6 }, () => [one.tryRefresh(), signIn(one.email, password)]).flat()
      const [resetting, ...replies] = await Promise.all([reset(token), ...racing])
      expect(resetting.status).toBe(204)
      for (const cookie of replies.map(keptCookie).filter((kept) => kept !== null)) {
        expect((await one.tryRefresh(cookie)).status).toBe(401)
      }
      expect((await one.tryRefresh()).status).toBe(401)
    })

    test('B40: the owner is told by mail, for it may have been somebody else', async () => {
      const { email } = await signUp(transport())
      await reset(await askLink(email))
      expect((await lettersTo(transport(), email)).at(-1)).toEqual({ kind: 'password-changed', to: email, name: null })
    })
  })

  describe('a password changed by the old one', () => {
    test('B6: ends every other session, and keeps the one that asks', async () => {
      const one = await signUp(transport())
      const two = await secondDevice(one.email)
      expect((await change(one, password)).status).toBe(204)
      expect(await two.tryRefresh()).toMatchObject(ended('session_revoked'))
      expect((await one.refresh()).gen).toBe(1)
      expect((await signIn(one.email, password)).status).toBe(401)
      expect((await signIn(one.email, chosen)).status).toBe(200)
      expect((await lettersTo(transport(), one.email)).at(-1)).toMatchObject({ kind: 'password-changed' })
    })

    test('B28: needs the current password, and a wrong one changes and ends nothing', async () => {
      const one = await signUp(transport())
      const two = await secondDevice(one.email)
      expect(await change(one, `${password}!`)).toMatchObject({
        status: 422,
        body: { code: 'invalid_credentials', errors: { current_password: expect.any(String) } },
      })
      for (const device of [one, two]) expect((await device.refresh()).gen).toBe(1)
      expect((await signIn(one.email, password)).status).toBe(200)
    })

    test('B19: a weak one is refused by its field', async () => {
      const device = await signUp(transport())
      const reply = await change(device, password, 'short')
      expect(reply).toMatchObject({
        status: 422,
        body: { code: 'weak_password', errors: { new_password: expect.any(String) } },
      })
    })

    test('of ten at once exactly one wins, and its password holds', async () => {
      const device = await signUp(transport())
      const texts = Array.from({ length: 10 }, (_, at) => `${chosen} ${at}`)
      const replies = await Promise.all(texts.map((text) => change(device, password, text)))
      expect([countOf(replies, 204), countOf(replies, 422)]).toEqual([1, 9])
      const winner = texts[replies.findIndex(({ status }) => status === 204)] ?? ''
      expect((await signIn(device.email, winner)).status).toBe(200)
    })

    test('S37: kills a link for a new password that was under way', async () => {
      const device = await signUp(transport())
      const token = await askLink(device.email)
      await change(device, password)
      expect(await reset(token, 'a password of somebody else')).toMatchObject(dead)
    })

    test('needs a bearer', async () => {
      const body = { current_password: password, new_password: chosen }
      expect((await stranger(transport(), '/auth/password/change', body)).status).toBe(401)
    })
  })
}
