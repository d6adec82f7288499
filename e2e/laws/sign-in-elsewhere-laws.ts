// Laws of signing in elsewhere: a return counts once, in the browser and for the provider that it began with, and opens only one's own account.
import { describe, expect, test } from 'vitest'
import { openBrowser } from './browser.js'
import { admin, type Received, type Transport } from './transport.js'
import { freshEmail, openDevice, password } from './device.js'
import { comeBack, goThrough, locationOf, member, pageSecret, start, told, whoIs } from './elsewhere.js'
import { lettersTo, stranger, tokenFor } from './letters.js'

const proven = (email: string) => ({ email, emailVerified: true })
const expired = { oauth_error: 'handshake_expired' }
const signsIn = ({ setCookie }: Received): boolean => setCookie.some((line) => /^__Host-latchkey=[^;]/.test(line))

export function signInElsewhereLaws(transport: () => Transport): void {
  const browse = () => openBrowser(transport())

  describe('B32: there', () => {
    test('the browser gets a cookie that the provider’s redirect brings back, and the provider a redirect_uri from the configuration', async () => {
      const { one } = transport().elsewhere
      const poison = { 'x-latchkey': '', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'http' }
      const reply = await browse().send('GET', '/auth/oauth/one', { headers: poison })
      const handshake = /^__Host-latchkey-handshake=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/
      expect(reply.setCookie).toEqual([expect.stringMatching(handshake)])
      const there = locationOf(reply)
      expect(there.origin).toBe('https://one.test')
      expect(there.searchParams.get('redirect_uri')).toBe('https://api.example.com/v1/auth/oauth/one/callback')
      const [, secret = ''] = /=([\w-]{43});/.exec(reply.setCookie[0] ?? '') ?? []
      const begun = one.begun.find(({ state }) => state === there.searchParams.get('state'))
      const distinct = new Set([secret, begun?.state, begun?.nonce, begun?.codeVerifier])
      expect([...distinct].every((each) => /^[\w-]{43}$/.test(each ?? ''))).toBe(true)
      expect(distinct.size).toBe(4)
    })

    test('the names are told, and an unknown one is not found', async () => {
      const names = await browse().send('GET', '/auth/oauth')
      expect(names.body).toMatchObject({ providers: expect.arrayContaining(['one', 'two']) })
      for (const path of ['/auth/oauth/three', '/auth/oauth/three/callback?state=x']) {
        expect(await browse().send('GET', path)).toMatchObject({ status: 404, setCookie: [] })
      }
    })

    test('a provider that cannot be asked leads back to the app, which is told', async () => {
      const { two } = transport().elsewhere
      two.away(true)
      const reply = await start(browse(), 'two', { return_to: '/account' })
      two.away(false)
      expect(told(reply)).toEqual({ oauth_error: 'provider_unreachable' })
      expect(reply.setCookie).toEqual([])
    })
  })

  describe('and back', () => {
    test('who is new gets an account, and a session in the cookie; the page is told, and no token', async () => {
      const [browser, email] = [browse(), freshEmail()]
      const reply = await goThrough(
        transport(),
        browser,
        { ...proven(email), name: 'Ada' },
        { return_to: '/account?tab=2' },
      )
      expect(locationOf(reply).href).toBe('https://app.example.com/my/account?tab=2#oauth=signed-in')
      expect(reply.body).toBeUndefined()
      expect([...browser.cookies.keys()]).toEqual(['__Host-latchkey', '__Host-did'])
      expect(await whoIs(browser)).toMatchObject({ email, email_verified: true, display_name: 'Ada', role: 'user' })
    })

    test('the same person comes back to the same account, whatever the address is by now (B31)', async () => {
      const [first, second, email] = [browse(), browse(), freshEmail()]
      const subject = `same-${email}`
      await goThrough(transport(), first, { ...proven(email), subject })
      await goThrough(transport(), second, { ...proven(freshEmail()), subject })
      expect((await whoIs(second))?.id).toBe((await whoIs(first))?.id)
    })

    test('the same subject at another issuer is somebody else (B31)', async () => {
      const [first, second] = [browse(), browse()]
      const subject = `twin-${freshEmail()}`
      await goThrough(transport(), first, { ...proven(freshEmail()), subject })
      await goThrough(transport(), second, { ...proven(freshEmail()), subject, issuer: 'https://else.test' })
      expect((await whoIs(second))?.id).not.toBe((await whoIs(first))?.id)
    })

    test('a sign-in that was cancelled is told as that, and opens nothing', async () => {
      const browser = browse()
      const state = locationOf(await start(browser, 'one')).searchParams.get('state') ?? ''
      const reply = await comeBack(browser, 'one', { state, error: 'access_denied' })
      expect(told(reply)).toEqual({ oauth_error: 'cancelled' })
      expect(browser.cookies.size).toBe(0)
    })

    test.each([
      ['//evil.test', '/'],
      ['/\\evil.test', '/'],
      ['https://evil.test/', '/'],
      ['javascript:alert(1)', '/'],
      ['/.//evil.test', '/'],
      ['/a/..//evil.test', '/'],
      ['/\u0009/evil.test', '/'],
      ['evil.test', '/'],
      ['', '/'],
      ['/%2F%2Fevil.test', '/%2F%2Fevil.test'],
      ['/@evil.test', '/@evil.test'],
      ['/my/account', '/account'],
    ])('F37: return_to=%j stays in the app', async (asked, path) => {
      const reply = await goThrough(transport(), browse(), proven(freshEmail()), { return_to: asked })
      expect(locationOf(reply).href).toBe(`https://app.example.com/my${path}#oauth=signed-in`)
    })
  })

  describe('S41, B32: a return that was tampered with opens nothing', () => {
    const begin = async () => {
      const browser = browse()
      const there = locationOf(await start(browser, 'one')).href
      return { browser, there, query: transport().elsewhere.one.approve(there, proven(freshEmail())) }
    }

    test('another state', async () => {
      const [mine, other] = [await begin(), await begin()]
      const reply = await comeBack(mine.browser, 'one', { ...mine.query, state: other.query.state })
      expect([told(reply), signsIn(reply)]).toEqual([expired, false])
    })

    test.each(['', 'x', 'A'.repeat(43), "' or '1'='1"])('the state %j', async (state) => {
      const { browser, query } = await begin()
      expect(told(await comeBack(browser, 'one', { ...query, state }))).toEqual(expired)
    })

    test('no cookie, and another browser’s', async () => {
      const [first, second] = [await begin(), await begin()]
      first.browser.cookies.clear()
      expect(told(await comeBack(first.browser, 'one', first.query))).toEqual(expired)
      const third = await begin()
      expect(told(await comeBack(second.browser, 'one', third.query))).toEqual(expired)
      // Spent by the attempt: it must not wait for a better one.
      expect(told(await comeBack(third.browser, 'one', third.query))).toEqual(expired)
    })

    test('two cookies of the name (B8)', async () => {
      const { browser, query } = await begin()
      const own = browser.cookies.get('__Host-latchkey-handshake')
      const cookie = `__Host-latchkey-handshake=${own}; __Host-latchkey-handshake=${own}`
      const path = `/auth/oauth/one/callback?${new URLSearchParams(query)}`
      expect(told(await browser.send('GET', path, { headers: { cookie } }))).toEqual(expired)
    })

    test('the other provider’s callback: a mix-up', async () => {
      const { browser, query } = await begin()
      expect(told(await comeBack(browser, 'two', query))).toEqual(expired)
    })

    test('a code that the provider gave to another handshake', async () => {
      const [mine, other] = [await begin(), await begin()]
      const reply = await comeBack(mine.browser, 'one', { ...mine.query, code: other.query.code })
      expect([told(reply), signsIn(reply)]).toEqual([{ oauth_error: 'provider_refused' }, false])
    })

    test('no code, and a made-up one', async () => {
      for (const code of ['', 'made-up']) {
        const { browser, query } = await begin()
        expect(told(await comeBack(browser, 'one', { ...query, code }))).toEqual({ oauth_error: 'provider_refused' })
      }
    })

    test('a second time', async () => {
      const { browser, query } = await begin()
      const cookies = new Map(browser.cookies)
      expect(signsIn(await comeBack(browser, 'one', query))).toBe(true)
      for (const [name, value] of cookies) browser.cookies.set(name, value)
      expect(told(await comeBack(browser, 'one', query))).toEqual(expired)
    })

    test('too late', async () => {
      const { browser, query } = await begin()
      await transport().advance(601_000)
      expect(told(await comeBack(browser, 'one', query))).toEqual(expired)
    })

    test('S41: fifty times at once, of which exactly one signs in', async () => {
      const { browser, query } = await begin()
      const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
      const path = `/auth/oauth/one/callback?${new URLSearchParams(query)}`
      const replies = await Promise.all(
        Array.from({ length: 50 }, () => openBrowser(transport()).send('GET', path, { headers: { cookie } })),
      )
      expect(replies.filter(signsIn)).toHaveLength(1)
    })

    test('the cookie of the handshake is no session, nor a session’s cookie a handshake (B15)', async () => {
      const { browser } = await begin()
      const secret = browser.cookies.get('__Host-latchkey-handshake') ?? ''
      const reply = await browser.send('POST', '/auth/refresh', { headers: { cookie: `__Host-latchkey=${secret}` } })
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_grant' } })
    })
  })

  describe('B31, S40: whose account it is', () => {
    test('an address that both sides have proven links, and its owner is told', async () => {
      const { email, id } = await member(transport(), true)
      const browser = browse()
      await goThrough(transport(), browser, proven(email.toUpperCase()))
      expect((await whoIs(browser))?.id).toBe(id)
      const letters = await lettersTo(transport(), email)
      expect(letters.at(-1)).toMatchObject({ kind: 'sign-in-linked', provider: 'one', to: email })
    })

    test('who registers a victim’s address first gets nothing when the victim comes (S40)', async () => {
      const attacker = await member(transport(), false)
      const victim = browse()
      const reply = await goThrough(transport(), victim, proven(attacker.email))
      expect(told(reply)).toEqual({ oauth_error: 'link_required' })
      expect(victim.cookies.size).toBe(0)
      // The victim proves the address by a new password: no session of before is inherited, and from now on it links.
      await stranger(transport(), '/auth/password/forgot', { email: attacker.email })
      const token = await tokenFor(transport(), attacker.email, 'reset-password')
      await stranger(transport(), '/auth/password/reset', { token, password: 'the victim’s own pass phrase' })
      expect(await whoIs(attacker.browser)).toBeNull()
      expect(signsIn(await goThrough(transport(), victim, proven(attacker.email)))).toBe(true)
      expect((await whoIs(victim))?.id).toBe(attacker.id)
    })

    test.each([{ emailVerified: false }, { email: null }, { email: 'none' }, { email: 'a@b.com, c@d.com' }])(
      'what the provider has not proven opens and makes nothing, and tells nothing: %j (B21)',
      async (user) => {
        const { email } = await member(transport(), true)
        for (const address of [email, freshEmail()]) {
          const reply = await goThrough(transport(), browse(), { ...proven(address), ...user })
          expect([told(reply), signsIn(reply)]).toEqual([{ oauth_error: 'email_unverified' }, false])
        }
      },
    )

    test('S47: a disabled account stays closed', async () => {
      const [browser, email] = [browse(), freshEmail()]
      const subject = `closed-${email}`
      await goThrough(transport(), browser, { ...proven(email), subject })
      const id = (await whoIs(browser))?.id
      const boss = openDevice(transport())
      await boss.login({ email: admin.email, password: admin.password })
      await boss.send({ method: 'PATCH', path: `/admin/users/${id}`, body: { is_active: false } })
      const reply = await goThrough(transport(), browser, { ...proven(email), subject })
      expect(told(reply)).toEqual({ oauth_error: 'account_disabled' })
      expect(await whoIs(browser)).toBeNull()
    })

    test('ten browsers of one new person at once come to one account', async () => {
      const user = { ...proven(freshEmail()), subject: `ten-${freshEmail()}` }
      const browsers = Array.from({ length: 10 }, browse)
      await Promise.all(browsers.map((browser) => goThrough(transport(), browser, user)))
      const ids = await Promise.all(browsers.map(async (browser) => (await whoIs(browser))?.id))
      expect(new Set(ids).size).toBe(1)
      expect(ids[0]).toEqual(expect.any(String))
    })
  })

  describe('linking', () => {
    const linking = async (
      browser = browse(),
      user: Parameters<typeof goThrough>[2] = { email: freshEmail(), subject: `linked-${freshEmail()}` },
    ) => {
      const { verifier, challenge } = pageSecret()
      const reply = await goThrough(transport(), browser, user, { intent: 'link', challenge, return_to: '/account' })
      expect(signsIn(reply)).toBe(false)
      return { code: told(reply)['oauth_link'] ?? '', verifier }
    }
    const link = (owner: Awaited<ReturnType<typeof member>>, body: unknown) =>
      owner.browser.send('POST', '/auth/identities', { headers: owner.bearer, body })
    const list = async (owner: Awaited<ReturnType<typeof member>>) =>
      (
        (await owner.browser.send('GET', '/auth/identities', { headers: owner.bearer })).body as {
          identities: { id: string }[]
        }
      ).identities

    test('B31: whoever is signed in links what they signed in to elsewhere, and comes in by it from then on', async () => {
      const owner = await member(transport(), false)
      const subject = `mine-${owner.email}`
      const user = { email: 'other@elsewhere.example', subject }
      const linked = await link(owner, await linking(owner.browser, user))
      expect(linked).toMatchObject({ status: 201, body: { provider: 'one', email: user.email } })
      expect(await list(owner)).toEqual([linked.body])
      expect((await lettersTo(transport(), owner.email)).at(-1)).toMatchObject({ kind: 'sign-in-linked' })
      const elsewhere = browse()
      await goThrough(transport(), elsewhere, user)
      expect((await whoIs(elsewhere))?.id).toBe(owner.id)
    })

    test('C29: a code links nothing without the page’s own secret, nor twice, nor after five minutes', async () => {
      const owner = await member(transport(), true)
      const dead = { status: 422, body: { code: 'invalid_input', errors: { code: expect.any(String) } } }
      const first = await linking()
      expect(await link(owner, { ...first, verifier: pageSecret().verifier })).toMatchObject(dead)
      expect(await link(owner, first)).toMatchObject(dead)
      const second = await linking()
      expect((await link(owner, second)).status).toBe(201)
      expect(await link(owner, second)).toMatchObject(dead)
      const third = await linking()
      await transport().advance(301_000)
      expect(await link(owner, third)).toMatchObject(dead)
    })

    test('B15: a code to link signs nobody in', async () => {
      const body = await linking()
      expect(await browse().send('POST', '/auth/login/oauth', { body })).toMatchObject({ status: 422 })
    })

    test('C29: nobody goes to link without a secret of the page', async () => {
      expect(told(await start(browse(), 'one', { intent: 'link' }))).toEqual({ oauth_error: 'challenge_missing' })
    })

    test('an identity belongs to one account, and B34 nobody sees or unlinks another’s', async () => {
      const [owner, other] = [await member(transport(), true), await member(transport(), true)]
      const user = { email: freshEmail(), subject: `one-owner-${owner.email}` }
      expect((await link(owner, await linking(browse(), user))).status).toBe(201)
      expect(await link(other, await linking(browse(), user))).toMatchObject({
        status: 409,
        body: { code: 'identity_taken' },
      })
      const [{ id } = { id: '' }] = await list(owner)
      expect(await list(other)).toEqual([])
      const path = `/auth/identities/${id}`
      expect((await other.browser.send('DELETE', path, { headers: other.bearer })).status).toBe(404)
      expect((await owner.browser.send('DELETE', path, { headers: owner.bearer })).status).toBe(204)
      expect(await list(owner)).toEqual([])
    })

    test('B28: an old login links and unlinks nothing', async () => {
      const owner = await member(transport(), true)
      const code = await linking()
      await transport().advance(901_000)
      const { body } = await owner.browser.send('POST', '/auth/refresh')
      const late = { ...owner, bearer: { authorization: `Bearer ${(body as { access_token: string }).access_token}` } }
      for (const reply of [
        await link(late, code),
        await late.browser.send('DELETE', '/auth/identities/x', { headers: late.bearer }),
      ]) {
        expect(reply).toMatchObject({ status: 401, body: { code: 'step_up_required' } })
        expect(reply.headers['www-authenticate']).toContain('insufficient_user_authentication')
      }
    })

    test('the only way to sign in stays, until there is a password', async () => {
      const [browser, email] = [browse(), freshEmail()]
      await goThrough(transport(), browser, proven(email))
      const bearerOf = ({ body }: Received) => ({
        authorization: `Bearer ${(body as { access_token: string }).access_token}`,
      })
      const headers = bearerOf(await browser.send('POST', '/auth/refresh'))
      const { body } = await browser.send('GET', '/auth/identities', { headers })
      const path = `/auth/identities/${(body as { identities: { id: string }[] }).identities[0]?.id}`
      expect(await browser.send('DELETE', path, { headers })).toMatchObject({
        status: 409,
        body: { code: 'last_sign_in' },
      })
      await stranger(transport(), '/auth/password/forgot', { email })
      const token = await tokenFor(transport(), email, 'reset-password')
      await stranger(transport(), '/auth/password/reset', { token, password })
      const login = await browser.send('POST', '/auth/login', { body: { email, password } })
      expect((await browser.send('DELETE', path, { headers: bearerOf(login) })).status).toBe(204)
    })
  })
}
