// Laws of who comes first to an address that is not theirs: when its owner proves it, nothing that they set up opens it (S40).
import { describe, expect, test } from 'vitest'
import { createCredential } from '../../mock-server/engine/test/authenticator.js'
import { openBrowser } from './browser.js'
import { freshEmail } from './device.js'
import { goThrough, member, pageSecret, told, whoIs } from './elsewhere.js'
import { resetByMail, stranger } from './letters.js'
import { codeAt } from './phone.js'
import { lawfulOptions, type Received, type Transport } from './transport.js'

const [origin] = lawfulOptions.allowedOrigins

export function firstComerLaws(transport: () => Transport): void {
  /** An account with every way in that there is, set up by whoever registered it. */
  const settle = async (isProven: boolean) => {
    const owner = await member(transport(), isProven)
    const send = (path: string, body?: unknown, method = 'POST') =>
      owner.browser.send(method, path, { headers: owner.bearer, ...(body === undefined ? {} : { body }) })
    const options = (await send('/auth/passkeys/register/options')).body as Parameters<typeof createCredential>[0]
    const passkey = await createCredential(options, origin)
    expect((await send('/auth/passkeys/register', { name: 'x', passkey: passkey.attestation })).status).toBe(201)
    const user = { subject: `first-${owner.email}`, email: freshEmail(), emailVerified: true }
    const linking = pageSecret()
    const back = await goThrough(transport(), owner.browser, user, { intent: 'link', challenge: linking.challenge })
    const link = { code: told(back)['oauth_link'], verifier: linking.verifier }
    expect((await send('/auth/identities', link)).status).toBe(201)
    const { secret } = (await send('/auth/mfa/totp/enroll')).body as { secret: string }
    const code = (steps = 0) => codeAt(secret, transport().now(), steps)
    expect((await send('/auth/mfa/totp/confirm', { code: code(-1) })).status).toBe(200)
    return { ...owner, passkey, user, code }
  }
  const byPasskey = async ({ passkey }: Pick<Awaited<ReturnType<typeof settle>>, 'passkey'>): Promise<Received> => {
    const asked = await stranger(transport(), '/auth/passkeys/login/options', {})
    const question = asked.body as Parameters<typeof passkey.assert>[0]
    return stranger(transport(), '/auth/passkeys/login', { passkey: await passkey.assert(question) })
  }
  const elsewhere = async ({ user }: Pick<Awaited<ReturnType<typeof settle>>, 'user'>) => {
    const { verifier, challenge } = pageSecret()
    const browser = openBrowser(transport())
    const brought = told(await goThrough(transport(), browser, user, { challenge }))
    return { browser, verifier, brought }
  }
  const signIn = (email: string, password: string) => stranger(transport(), '/auth/login', { email, password })

  describe('S40: a reset by mail of an address that nobody had proven', () => {
    test('drops the second factor, passkeys and sign-ins elsewhere that were set up before', async () => {
      const first = await settle(false)
      const password = await resetByMail(transport(), first.email)
      expect(await whoIs(first.browser)).toBeNull()
      const login = await signIn(first.email, password)
      expect(login).toMatchObject({ status: 200, body: { user: { id: first.id, email_verified: true } } })
      expect(await byPasskey(first)).toMatchObject({ status: 401, setCookie: [] })
      // Elsewhere the first comer is somebody of their own from now on.
      const { browser } = await elsewhere(first)
      expect(await whoIs(browser)).toMatchObject({ email: first.user.email })
      const headers = { authorization: `Bearer ${(login.body as { access_token: string }).access_token}` }
      const look = async (path: string) => (await openBrowser(transport()).send('GET', path, { headers })).body
      expect(await look('/auth/passkeys')).toEqual({ passkeys: [] })
      expect(await look('/auth/identities')).toEqual({ identities: [] })
      expect(await look('/auth/mfa')).toMatchObject({ totp: false })
    })

    test('lets nothing in that was half-way: no code of a return, and no challenge', async () => {
      const first = await settle(false)
      const [one, two] = [await elsewhere(first), await elsewhere(first)]
      const half = { code: one.brought['oauth_code'], verifier: one.verifier }
      const asked = await one.browser.send('POST', '/auth/login/oauth', { body: half })
      const { challenge } = asked.body as { challenge: string }
      await resetByMail(transport(), first.email)
      const verify = await one.browser.send('POST', '/auth/mfa/verify', { body: { challenge, code: first.code() } })
      expect(verify).toMatchObject({ status: 401, body: { code: 'challenge_expired' }, setCookie: [] })
      const late = { code: two.brought['oauth_code'], verifier: two.verifier }
      expect((await two.browser.send('POST', '/auth/login/oauth', { body: late })).status).toBe(422)
    })

    test('no passkey, code or sign-in elsewhere survives that was set up while it ran', async () => {
      const first = await member(transport(), false)
      const send = (path: string, body?: unknown) =>
        first.browser.send('POST', path, { headers: first.bearer, ...(body === undefined ? {} : { body }) })
      const options = (await send('/auth/passkeys/register/options')).body as Parameters<typeof createCredential>[0]
      const passkey = await createCredential(options, origin)
      const { secret } = (await send('/auth/mfa/totp/enroll')).body as { secret: string }
      const linking = pageSecret()
      const user = { subject: `first-${first.email}`, email: freshEmail(), emailVerified: true }
      const query = { intent: 'link', challenge: linking.challenge }
      const code = told(await goThrough(transport(), first.browser, user, query))['oauth_link']
      const [password, ...set] = await Promise.all([
        resetByMail(transport(), first.email),
        send('/auth/passkeys/register', { name: 'x', passkey: passkey.attestation }),
        send('/auth/mfa/totp/confirm', { code: codeAt(secret, transport().now()) }),
        send('/auth/identities', { code, verifier: linking.verifier }),
      ])
      // Whoever came too late was told so; whoever came in time has set up nothing that lasts.
      for (const { status } of set) expect([200, 201, 401, 422]).toContain(status)
      expect((await byPasskey({ passkey })).status).toBe(401)
      expect(await signIn(first.email, password)).toMatchObject({ status: 200, body: { user: { id: first.id } } })
      const { browser } = await elsewhere({ user })
      expect((await whoIs(browser))?.id).not.toBe(first.id)
    })

    test('nothing is set up by a session that it ended, though its access token has not expired', async () => {
      const first = await member(transport(), false)
      await resetByMail(transport(), first.email)
      for (const { method, path } of transport().routes.filter(({ needs }) => needs.recent === true)) {
        const asked = { headers: first.bearer, ...(method === 'POST' ? { body: {} } : {}) }
        const reply = await first.browser.send(method, path.replaceAll(/:\w+/g, 'x'), asked)
        expect([path, reply.status]).toEqual([path, 401])
      }
    })
  })

  test('S40: a reset by mail of a proven address keeps all of them: a letter box alone is no second factor', async () => {
    const owner = await settle(true)
    const password = await resetByMail(transport(), owner.email)
    expect((await signIn(owner.email, password)).body).toMatchObject({ mfa_required: true })
    expect(await byPasskey(owner)).toMatchObject({ status: 200, body: { user: { id: owner.id } } })
    const { brought } = await elsewhere(owner)
    expect(brought).toEqual({ oauth_code: expect.any(String) })
  })
}
