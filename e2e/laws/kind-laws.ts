// Laws of the kinds of secrets: each opens its own door, and is nothing at any other (B15).
import { describe, expect, test } from 'vitest'
import { createCredential } from '../../mock-server/engine/test/authenticator.js'
import { freshEmail, openDevice, password, signUp, type Device } from './device.js'
import { stranger, tokenFor } from './letters.js'
import { challengeFor, signUpGuarded } from './phone.js'
import { lawfulOptions, type Received, type Transport } from './transport.js'

const kinds = [
  'access token',
  'refresh token',
  'login challenge',
  'verification token',
  'reset token',
  'moving token',
  'passkey question',
  'passkey registration',
  'authenticator secret',
  'backup code',
] as const
type Kind = (typeof kinds)[number]

/** The doors, and the one kind that each is for. */
const doors: Readonly<Record<string, Kind>> = {
  bearer: 'access token',
  refresh: 'refresh token',
  'second step': 'login challenge',
  'email proof': 'verification token',
  'password reset': 'reset token',
  'email change': 'moving token',
  'passkey login': 'passkey question',
  'passkey options': 'login challenge',
}

export function kindLaws(transport: () => Transport): void {
  const open: Readonly<Record<keyof typeof doors, (secret: string) => Promise<Received>>> = {
    bearer: (secret) =>
      openDevice(transport()).send({ method: 'GET', path: '/auth/me', headers: { authorization: `Bearer ${secret}` } }),
    refresh: (secret) => openDevice(transport()).tryRefresh(`__Host-latchkey=${secret}`),
    'second step': (challenge) => stranger(transport(), '/auth/mfa/verify', { challenge, code: '123456' }),
    'email proof': (token) => stranger(transport(), '/auth/email/verify', { token }),
    'password reset': (token) =>
      stranger(transport(), '/auth/password/reset', { token, password: 'another horse battery staple' }),
    'email change': async (token) =>
      (await signUp(transport())).send({ method: 'POST', path: '/auth/email/change/confirm', body: { token } }),
    'passkey login': async (challenge) => {
      const user = { id: 'dXNlcg' }
      const credential = await createCredential({ challenge, rp: {}, user }, lawfulOptions.allowedOrigins[0])
      const passkey = await credential.assert({ challenge, rpId: 'app.example.com' })
      return stranger(transport(), '/auth/passkeys/login', { passkey })
    },
    'passkey options': (challenge) => stranger(transport(), '/auth/passkeys/login/options', { challenge }),
  }

  const secretsOfOne = async (): Promise<Readonly<Record<Kind, string>> & { readonly device: Device }> => {
    const { device, secret, backupCodes } = await signUpGuarded(transport())
    await stranger(transport(), '/auth/password/forgot', { email: device.email })
    const newEmail = freshEmail()
    await device.send({ method: 'POST', path: '/auth/email/change', body: { email: newEmail } })
    const challengeIn = ({ body }: Received) => (body as { challenge: string }).challenge
    const registration = await device.send({ method: 'POST', path: '/auth/passkeys/register/options' })
    return {
      device,
      'access token': device.grant?.access_token ?? '',
      'refresh token': device.cookie?.replace(/^[^=]*=/, '') ?? '',
      'login challenge': await challengeFor(transport(), device.email),
      'verification token': await tokenFor(transport(), device.email, 'verify-email'),
      'reset token': await tokenFor(transport(), device.email, 'reset-password'),
      'moving token': await tokenFor(transport(), newEmail, 'change-email'),
      'passkey question': challengeIn(await stranger(transport(), '/auth/passkeys/login/options', {})),
      'passkey registration': challengeIn(registration),
      'authenticator secret': secret,
      'backup code': backupCodes[0] ?? '',
    }
  }

  describe('B15, S44: every kind of secret at every door that is not its own', () => {
    test.each(Object.entries(doors))('%s wants its %s, and takes nothing else', async (door, own) => {
      const secrets = await secretsOfOne()
      for (const kind of kinds.filter((each) => each !== own)) {
        const reply = await open[door]?.(secrets[kind])
        expect([kind, (reply?.status ?? 0) >= 400, reply?.setCookie]).toEqual([kind, true, []])
        expect(JSON.stringify(reply?.body)).not.toContain('access_token')
      }
    })

    test('and none of them is spent by it: each still opens its own', async () => {
      const secrets = await secretsOfOne()
      for (const door of Object.keys(doors)) {
        for (const kind of kinds) if (doors[door] !== kind) await open[door]?.(secrets[kind])
      }
      const opened = async (door: string, kind: Kind) => (await open[door]?.(secrets[kind]))?.status
      expect(await opened('bearer', 'access token')).toBe(200)
      expect(await opened('passkey options', 'login challenge')).toBe(200)
      expect(await opened('email proof', 'verification token')).toBe(204)
      expect((await secrets.device.tryRefresh()).status).toBe(200)
      expect(await opened('password reset', 'reset token')).toBe(204)
    })
  })

  test('B15: a code of the authenticator or a backup code is no password', async () => {
    const { device, backupCodes, code } = await signUpGuarded(transport())
    for (const guess of [backupCodes[0], code()]) {
      const reply = await stranger(transport(), '/auth/login', { email: device.email, password: guess })
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
    }
    const other = await signUp(transport())
    expect((await stranger(transport(), '/auth/login', { email: other.email, password })).status).toBe(200)
  })
}
