// Laws of what goes out by mail: a link proves an address once, for its own purpose, and tells a stranger nothing.
import { describe, expect, test } from 'vitest'
import { admin as adminCredentials, type Received, type Transport } from './transport.js'
import { freshEmail, openDevice, signUp, type Device } from './device.js'
import { countOf, dead, lettersTo, stranger, tokenFor } from './letters.js'

const hourMs = 3_600_000

const isVerified = async (device: Device): Promise<unknown> =>
  ((await device.send({ method: 'GET', path: '/auth/me' })).body as { email_verified: unknown }).email_verified

export function mailLaws(transport: () => Transport): void {
  const verify = (token: string) => stranger(transport(), '/auth/email/verify', { token })
  const resend = (device: Device) => device.send({ method: 'POST', path: '/auth/email/resend' })
  const tokenOf = (email: string) => tokenFor(transport(), email, 'verify-email')

  describe('proving an address', () => {
    test('B29: registering sends a link that proves the address, on any device', async () => {
      const device = await signUp(transport())
      expect(await isVerified(device)).toBe(false)
      expect(await verify(await tokenOf(device.email))).toMatchObject({ status: 204, setCookie: [] })
      expect(await isVerified(device)).toBe(true)
      expect((await device.refresh()).user.email_verified).toBe(true)
    })

    test('B29: a token has 256 bits, and stands in the fragment of the app’s own page', async () => {
      const { email } = await signUp(transport())
      const [mail] = await lettersTo(transport(), email)
      const link = expect.stringMatching(/^https:\/\/app\.example\.com\/my\/verify-email#token=[\w-]{43}$/)
      expect(mail).toEqual({ kind: 'verify-email', to: email, name: null, link, expiresIn: 86_400 })
    })

    test('S37: of fifty that show one token at once exactly one wins, and nobody after', async () => {
      const device = await signUp(transport())
      const token = await tokenOf(device.email)
      const replies = await Promise.all(Array.from({ length: 50 }, () => verify(token)))
      expect([countOf(replies, 204), countOf(replies, 422)]).toEqual([1, 49])
      expect(await verify(token)).toMatchObject(dead)
      expect(await isVerified(device)).toBe(true)
    })

    test('S37: a newer link kills the older ones', async () => {
      const device = await signUp(transport())
      const first = await tokenOf(device.email)
      expect((await resend(device)).status).toBe(204)
      const second = await tokenOf(device.email)
      expect(second).not.toBe(first)
      expect(await verify(first)).toMatchObject(dead)
      expect((await verify(second)).status).toBe(204)
    })

    test('B29: a link is dead after a day', async () => {
      const device = await signUp(transport())
      const token = await tokenOf(device.email)
      await transport().advance(24 * hourMs + 1_000)
      expect(await verify(token)).toMatchObject(dead)
      await device.refresh()
      expect(await isVerified(device)).toBe(false)
    })

    test('a proven address is not asked to prove itself again', async () => {
      const device = await signUp(transport())
      await verify(await tokenOf(device.email))
      expect((await resend(device)).status).toBe(204)
      expect(await lettersTo(transport(), device.email)).toHaveLength(1)
    })

    test('a resend needs somebody: nobody names an address for it', async () => {
      const { email } = await signUp(transport())
      expect((await stranger(transport(), '/auth/email/resend', { email })).status).toBe(401)
      expect(await lettersTo(transport(), email)).toHaveLength(1)
    })

    test.each(['', 'x', 'a'.repeat(43), "' or '1'='1", 'a'.repeat(600)])('%j opens nothing', async (token) => {
      expect(await verify(token)).toMatchObject(dead)
    })

    test('S38: a scanner that opens the link, or asks the route by GET, proves and spends nothing', async () => {
      const device = await signUp(transport())
      const token = await tokenOf(device.email)
      for (const path of ['/auth/email/verify', '/auth/password/reset']) {
        const reply = await openDevice(transport()).send({ method: 'GET', path: `${path}?token=${token}` })
        expect(reply).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
      }
      expect(await isVerified(device)).toBe(false)
      expect((await verify(token)).status).toBe(204)
    })
  })

  describe('a forgotten password', () => {
    const forgot = (email: string, headers: Readonly<Record<string, string>> = {}) =>
      stranger(transport(), '/auth/password/forgot', { email }, { headers })

    test('B21, S9: is answered alike for a known and an unknown address, and only the owner gets a mail', async () => {
      const { email } = await signUp(transport())
      const nobody = freshEmail()
      const comparable = ({ status, headers, body, setCookie }: Received) => {
        const names = Object.keys(headers).toSorted()
        return { status, names, body, setCookie }
      }
      const [known, unknown] = [await forgot(email), await forgot(nobody)]
      expect(comparable(known)).toEqual(comparable(unknown))
      expect(known).toMatchObject({ status: 204, body: undefined, setCookie: [] })
      expect((await lettersTo(transport(), email)).map(({ kind }) => kind)).toEqual(['verify-email', 'reset-password'])
      expect(await lettersTo(transport(), nobody)).toEqual([])
    })

    test('S34: a poisoned host reaches no link', async () => {
      const { email } = await signUp(transport())
      const evil = 'evil.example.net'
      const poison = {
        'x-forwarded-host': evil,
        forwarded: `host=${evil}`,
        'x-forwarded-proto': 'http',
        referer: `https://${evil}/`,
      }
      await forgot(email, poison)
      const letters = await lettersTo(transport(), email)
      expect(letters).toHaveLength(2)
      for (const mail of letters) expect('link' in mail && mail.link).toMatch(/^https:\/\/app\.example\.com\/my\//)
    })

    test('B30: the owner is found by any spelling, and written to at the canonical address', async () => {
      const { email } = await signUp(transport())
      await forgot(email.toUpperCase())
      expect(await lettersTo(transport(), email)).toHaveLength(2)
    })

    test.each(['a@b.com, c@d.com', 'a@b.com\r\nBcc: c@d.com', 'x'])('S35: %j is no address', async (email) => {
      expect((await forgot(email)).status).toBe(422)
    })

    test('S47: a disabled account gets no mail, and the answer does not say', async () => {
      const { email, grant } = await signUp(transport())
      const boss = openDevice(transport())
      await boss.login({ email: adminCredentials.email, password: adminCredentials.password })
      await boss.send({ method: 'PATCH', path: `/admin/users/${grant.user.id}`, body: { is_active: false } })
      expect((await forgot(email)).status).toBe(204)
      expect((await lettersTo(transport(), email)).map(({ kind }) => kind)).toEqual(['verify-email'])
    })
  })
}
