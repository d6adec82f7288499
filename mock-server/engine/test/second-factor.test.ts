// The second factor as the engine keeps it: what rests, what is told, and what becomes of a login between its two steps.
import { describe, expect, test } from 'vitest'
import { Secret, TOTP } from 'otpauth'
import { bearer, grantOf, login, openSetting, register, type Setting } from './setting.js'

const codeNow = ({ clock }: Setting, secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now() + steps * 30_000 })

const challengeOf = (reply: { readonly body?: unknown }): string => (reply.body as { challenge: string }).challenge

async function withSecondFactor(options: Parameters<typeof openSetting>[0] = {}) {
  const setting = openSetting(options)
  const registered = await register(setting)
  const headers = bearer(grantOf(registered).access_token)
  const { body } = await setting.send('POST', '/auth/mfa/totp/enroll', { headers })
  const { secret } = body as { secret: string }
  const confirmed = await setting.send('POST', '/auth/mfa/totp/confirm', {
    headers,
    body: { code: codeNow(setting, secret, -1) },
  })
  const { backup_codes: codes } = confirmed.body as { backup_codes: readonly string[] }
  return { ...setting, headers, registered, secret, codes }
}

describe('the walk', () => {
  test('B26: password, challenge, code, session', async () => {
    const setting = await withSecondFactor()
    const first = await login(setting)
    expect(first).toMatchObject({ status: 200, cookie: { act: 'leave' } })
    expect(first.body).toEqual({
      mfa_required: true,
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      methods: ['totp', 'backup_code'],
    })
    const body = { challenge: challengeOf(first), code: codeNow(setting, setting.secret) }
    const second = await setting.send('POST', '/auth/mfa/verify', { body })
    expect(second).toMatchObject({ status: 200, cookie: { act: 'set' } })
    expect(grantOf(second).user.email).toBe(grantOf(setting.registered).user.email)
  })
})
