// Laws of the second factor after a sign-in elsewhere: the provider is one factor, and the account's own is still asked for (S43, B26).
import { describe, expect, test } from 'vitest'
import { type Browser, openBrowser } from './browser.js'
import { freshEmail } from './device.js'
import { goThrough, member, pageSecret, told, whoIs } from './elsewhere.js'
import { resetByMail, stranger } from './letters.js'
import { codeAt } from './phone.js'
import type { Received, Transport } from './transport.js'

type Waiting = { readonly challenge: string; readonly methods: readonly string[] }

const amrOf = ({ body }: Received): unknown => {
  const [, payload = ''] = (body as { access_token: string }).access_token.split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { amr: unknown }).amr
}

export function elsewhereFactorLaws(transport: () => Transport): void {
  /** Somebody whose account asks for a code, and who signs in elsewhere under a proven address. */
  const guarded = async () => {
    const owner = await member(transport(), true)
    const send = (path: string, body?: unknown) =>
      owner.browser.send('POST', path, { headers: owner.bearer, ...(body === undefined ? {} : { body }) })
    const { secret } = (await send('/auth/mfa/totp/enroll')).body as { secret: string }
    const code = (steps = 0) => codeAt(secret, transport().now(), steps)
    expect((await send('/auth/mfa/totp/confirm', { code: code(-1) })).status).toBe(200)
    const user = { email: owner.email, emailVerified: true, subject: `guarded-${owner.email}` }
    return { owner, code, user }
  }
  const comeIn = async (browser: Browser, user: Parameters<typeof goThrough>[2]) => {
    const { verifier, challenge } = pageSecret()
    const reply = await goThrough(transport(), browser, user, { challenge })
    return { reply, verifier, code: told(reply)['oauth_code'] ?? '' }
  }
  const present = (browser: Browser, body: unknown) => browser.send('POST', '/auth/login/oauth', { body })

  describe('S43: a sign-in elsewhere of an account with a second factor', () => {
    test('B26: opens no session by itself: the page gets a code, and for that a challenge', async () => {
      const { user } = await guarded()
      const browser = openBrowser(transport())
      const { reply, verifier, code } = await comeIn(browser, user)
      expect(told(reply)).toEqual({ oauth_code: expect.stringMatching(/^[\w-]{43}$/) })
      expect([...browser.cookies.keys()]).toEqual([])
      const asked = await present(browser, { code, verifier })
      const methods = ['totp', 'backup_code']
      expect(asked).toMatchObject({ status: 200, body: { mfa_required: true, methods }, setCookie: [] })
      expect(JSON.stringify(asked.body)).not.toContain('token')
      expect(await whoIs(browser)).toBeNull()
    })

    test('is finished by the second factor, and the token says both', async () => {
      const { owner, code: now, user } = await guarded()
      const browser = openBrowser(transport())
      const { verifier, code } = await comeIn(browser, user)
      const { challenge } = (await present(browser, { code, verifier })).body as Waiting
      const wrong = await browser.send('POST', '/auth/mfa/verify', { body: { challenge, code: '000000' } })
      expect(wrong).toMatchObject({ status: 401, body: { code: 'mfa_invalid' }, setCookie: [] })
      const reply = await browser.send('POST', '/auth/mfa/verify', { body: { challenge, code: now() } })
      expect(reply).toMatchObject({ status: 200, body: { user: { id: owner.id } } })
      expect(amrOf(reply)).toEqual(['fed', 'otp', 'mfa'])
      expect((await whoIs(browser))?.id).toBe(owner.id)
    })

    test('C29: the code opens nothing with another page’s secret, nor twice, nor as a challenge', async () => {
      const { code: now, user } = await guarded()
      const browser = openBrowser(transport())
      const deadCode = { status: 422, body: { code: 'invalid_input', errors: { code: expect.any(String) } } }
      const first = await comeIn(browser, user)
      const asChallenge = await browser.send('POST', '/auth/mfa/verify', {
        body: { challenge: first.code, code: now() },
      })
      expect(asChallenge).toMatchObject({ status: 401, body: { code: 'challenge_expired' } })
      expect(await present(browser, { code: first.code, verifier: pageSecret().verifier })).toMatchObject(deadCode)
      const { code, verifier } = await comeIn(browser, user)
      expect((await present(browser, { code, verifier })).status).toBe(200)
      expect(await present(browser, { code, verifier })).toMatchObject(deadCode)
    })

    test('without a secret of the page it is refused, and the page is told', async () => {
      const { user } = await guarded()
      const browser = openBrowser(transport())
      expect(told(await goThrough(transport(), browser, user))).toEqual({ oauth_error: 'challenge_missing' })
      expect(browser.cookies.size).toBe(0)
    })

    test('B6: a new password kills a sign-in that was on its way, at the code and at the challenge', async () => {
      const { owner, code: now, user } = await guarded()
      const browser = openBrowser(transport())
      const [waiting, late] = [await comeIn(browser, user), await comeIn(browser, user)]
      const asked = await present(browser, { code: waiting.code, verifier: waiting.verifier })
      const { challenge } = asked.body as Waiting
      await resetByMail(transport(), owner.email)
      const verify = await stranger(transport(), '/auth/mfa/verify', { challenge, code: now() })
      expect(verify).toMatchObject({ status: 401, body: { code: 'challenge_expired' } })
      expect((await present(browser, { code: late.code, verifier: late.verifier })).status).toBe(422)
    })

    test('an account without a second factor comes in at once, as ever', async () => {
      const browser = openBrowser(transport())
      const { reply } = await comeIn(browser, { email: freshEmail(), emailVerified: true })
      expect(told(reply)).toEqual({ oauth: 'signed-in' })
    })
  })
}
