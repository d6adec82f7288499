// Passkeys as people have them: Chromium's own WebAuthn, an authenticator, the real server, the product's own client.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeAt } from '../laws/phone.js'
import { password } from './person.js'
import { openPasskeyStage, type PasskeyStage, type Visit } from './passkey-stage.js'

let stage: PasskeyStage
let people = 0

beforeAll(async () => {
  stage = await openPasskeyStage()
})
afterAll(() => stage.close())

/** Somebody new, signed in. */
async function aMember(): Promise<Visit & { readonly email: string }> {
  const visit = await stage.visit()
  const email = `passkey${(people += 1)}@example.com`
  await visit.page.evaluate((input) => product.auth.register(input), { email, password })
  return { ...visit, email }
}

const status = ({ page }: Visit) => page.evaluate(() => product.auth.$session.get().status)

describe('a passkey in a real browser', () => {
  test('is made, listed, renamed, and signs its owner in without a password', async () => {
    const member = await aMember()
    const { page } = member
    expect(await page.evaluate(() => product.passkeys.isSupported())).toBe(true)
    const made = await page.evaluate(() => product.passkeys.register('My laptop'))
    expect(made).toMatchObject({ name: 'My laptop', last_used_at: null })
    expect(await member.keys()).toHaveLength(1)
    await page.evaluate(() => product.auth.logout())
    expect(await status(member)).toBe('unauthenticated')
    const entered = await page.evaluate(() => product.passkeys.signIn())
    expect(entered).toMatchObject({ status: 'authenticated', session: { user: { email: member.email } } })
    await page.evaluate(({ id }) => product.passkeys.rename(id, 'Desk'), made)
    expect(await page.evaluate(() => product.passkeys.list())).toMatchObject([
      { id: made.id, name: 'Desk', last_used_at: expect.any(String) },
    ])
    await member.close()
  })

  test('once removed signs nobody in', async () => {
    const member = await aMember()
    const { page } = member
    const { id } = await page.evaluate(() => product.passkeys.register('My laptop'))
    await page.evaluate((given) => product.passkeys.remove(given), id)
    await page.evaluate(() => product.auth.logout())
    const code = page.evaluate(() => product.passkeys.signIn().then(String, ({ code: told }: { code: string }) => told))
    expect(await code).toBe('invalid_credentials')
    expect(await status(member)).toBe('unauthenticated')
    await member.close()
  })

  test('without the right touch or PIN is passkey_cancelled, and nothing has happened', async () => {
    const member = await aMember()
    const { page } = member
    await page.evaluate(() => product.passkeys.register('My laptop'))
    await page.evaluate(() => product.auth.logout())
    await member.setVerified(false)
    const code = page.evaluate(() => product.passkeys.signIn().then(String, ({ code: told }: { code: string }) => told))
    expect(await code).toBe('passkey_cancelled')
    await member.close()
  })

  test('is not made a second time on the same authenticator', async () => {
    const member = await aMember()
    const { page } = member
    await page.evaluate(() => product.passkeys.register('My laptop'))
    const code = page.evaluate(() =>
      product.passkeys.register('Again').then(String, ({ code: told }: { code: string }) => told),
    )
    expect(await code).toBe('invalid_input')
    await member.close()
  })
})

describe('the second step of a login', () => {
  test('B26: by passkey: after the password there is no session, after the key there is', async () => {
    const member = await aMember()
    const { page } = member
    await page.evaluate(() => product.passkeys.register('My laptop'))
    const { secret } = await page.evaluate(() => product.account.mfa.enroll())
    const codes = await page.evaluate((code) => product.account.mfa.confirm(code), codeAt(secret, stage.now()))
    expect(codes).toHaveLength(10)
    await page.evaluate(() => product.auth.logout())
    const typed = { email: member.email, password }
    const first = await page.evaluate((input) => product.auth.login(input), typed)
    expect(first).toMatchObject({ status: 'mfa-required', methods: ['totp', 'backup_code', 'passkey'] })
    expect(await status(member)).toBe('unauthenticated')
    expect((await page.context().cookies()).filter(({ name }) => /latchkey_refresh/.test(name))).toEqual([])
    const challenge = first.status === 'mfa-required' ? first.challenge : ''
    const second = await page.evaluate((step) => product.passkeys.verify({ challenge: step }), challenge)
    expect(second).toMatchObject({ status: 'authenticated', session: { user: { email: member.email } } })
    await member.close()
  })

  test('B25: by a backup code, once', async () => {
    const member = await aMember()
    const { page } = member
    const { secret, qr } = await page.evaluate(() => product.account.mfa.enroll())
    const isShown = await page.evaluate(async (src) => {
      const image = Object.assign(new Image(), { src })
      await image.decode()
      return image.naturalWidth > 0
    }, qr)
    expect(isShown).toBe(true)
    const [code = ''] = await page.evaluate((now) => product.account.mfa.confirm(now), codeAt(secret, stage.now()))
    const enter = async () => {
      await page.evaluate(() => product.auth.logout())
      const first = await page.evaluate((input) => product.auth.login(input), { email: member.email, password })
      const answer = { challenge: first.status === 'mfa-required' ? first.challenge : '', code }
      return page.evaluate(
        (given) =>
          product.auth.verifyMfa(given).then(
            (entered) => entered.status,
            (error: { code: string }) => error.code,
          ),
        answer,
      )
    }
    expect(await enter()).toBe('authenticated')
    expect(await enter()).toBe('mfa_invalid')
    await member.close()
  })
})

describe('B28, F60: what wants a fresh login', () => {
  test('waits for one, and goes on by itself when the owner has shown a passkey', async () => {
    const member = await aMember()
    const { page } = member
    await page.evaluate(() => product.passkeys.register('My laptop'))
    stage.advance(16 * 60_000)
    await page.evaluate(() => product.auth.refresh())
    const refused = page.evaluate(() =>
      product.account.mfa.enroll().then(String, ({ code: told }: { code: string }) => told),
    )
    expect(await refused).toBe('step_up_required')
    const waiting = page.evaluate(() => product.auth.withStepUp(() => product.account.mfa.enroll()))
    await page.waitForFunction(() => product.auth.stepUp.waiting() === 1)
    await page.evaluate(() => product.passkeys.signIn())
    expect(await waiting).toMatchObject({ secret: expect.stringMatching(/^[A-Z2-7]{32}$/) })
    await member.close()
  })
})
