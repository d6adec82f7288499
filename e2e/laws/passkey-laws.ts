// Laws of passkeys: whoever holds the key comes in, whoever lies does not, and a question is answered once.
import { describe, expect, test } from 'vitest'
import { createCredential, type Credential, type Twist } from '../../mock-server/engine/test/authenticator.js'
import { keptCookie, openDevice, signUp, type Device } from './device.js'
import { countOf, lettersTo } from './letters.js'
import { challengeFor, challengeIn, firstStep, secondStep, signUpGuarded } from './phone.js'
import { admin, lawfulOptions, type Received, type Transport } from './transport.js'

type Creation = Parameters<typeof createCredential>[0] & {
  readonly excludeCredentials: readonly { readonly id: string }[]
}
type Request = Parameters<Credential['assert']>[0] & { readonly allowCredentials: readonly { readonly id: string }[] }

const [origin] = lawfulOptions.allowedOrigins
const refused = { status: 401, body: { code: 'invalid_credentials' }, setCookie: [] }

export function passkeyLaws(transport: () => Transport): void {
  const post = (device: Device, path: string, body?: unknown): Promise<Received> =>
    device.send({ method: 'POST', path: `/auth/passkeys${path}`, ...(body === undefined ? {} : { body }) })
  const make = async (device: Device, twist: Twist = {}) => {
    const invited = await post(device, '/register/options')
    const options = invited.body as Creation
    const credential = await createCredential(options, twist.origin ?? origin, twist)
    const added = await post(device, '/register', { name: 'My phone', passkey: credential.attestation })
    return { credential, options, added }
  }
  const ask = async (body?: unknown) => (await post(openDevice(transport()), '/login/options', body)).body as Request
  const enter = (passkey: unknown, device = openDevice(transport())) => post(device, '/login', { passkey })
  const list = async (device: Device) =>
    ((await device.send({ method: 'GET', path: '/auth/passkeys' })).body as { passkeys: readonly { id: string }[] })
      .passkeys
  const signUpWithPasskey = async (twist: Twist = {}) => {
    const device = await signUp(transport())
    const { credential, added } = await make(device, twist)
    expect(added).toMatchObject({ status: 201, body: { name: 'My phone', last_used_at: null } })
    return { device, credential, id: (added.body as { id: string }).id }
  }

  describe('a passkey', () => {
    test('is made, and signs its owner in without a password; the session is one as any other', async () => {
      const { device, credential } = await signUpWithPasskey()
      const options = await ask()
      expect(options.allowCredentials).toEqual([])
      const reply = await enter(await credential.assert(options))
      expect(reply).toMatchObject({ status: 200, body: { gen: 0, user: { email: device.email } } })
      expect(keptCookie(reply)).toMatch(/^__Host-latchkey=./)
      expect(await list(device)).toMatchObject([{ name: 'My phone', synced: false, last_used_at: expect.any(String) }])
    })

    test('is not made twice: those that are there are named, and one that comes again is refused', async () => {
      const { device, credential } = await signUpWithPasskey()
      const { options } = await make(device)
      expect(options.excludeCredentials.map(({ id }) => id)).toContain(credential.id)
      const stranger = await signUp(transport())
      const { body } = await post(stranger, '/register/options')
      const replayed = { name: 'Mine', passkey: credential.attestation }
      expect((await post(stranger, '/register', replayed)).status).toBe(422)
      expect(body).toMatchObject({ challenge: expect.any(String) })
    })

    test('is renamed and removed by its owner; then it signs nobody in', async () => {
      const { device, credential, id } = await signUpWithPasskey()
      const renamed = await device.send({ method: 'PATCH', path: `/auth/passkeys/${id}`, body: { name: 'Desk' } })
      expect(renamed).toMatchObject({ status: 200, body: { id, name: 'Desk' } })
      expect((await device.send({ method: 'DELETE', path: `/auth/passkeys/${id}` })).status).toBe(204)
      expect(await list(device)).toEqual([])
      expect(await enter(await credential.assert(await ask()))).toMatchObject(refused)
    })

    test('B34, S33: of somebody else is not there: not in the list, nor to be renamed or removed', async () => {
      const { id } = await signUpWithPasskey()
      const stranger = await signUp(transport())
      expect(await list(stranger)).toEqual([])
      const path = `/auth/passkeys/${id}`
      expect((await stranger.send({ method: 'PATCH', path, body: { name: 'Mine' } })).status).toBe(404)
      expect((await stranger.send({ method: 'DELETE', path })).status).toBe(404)
    })

    test('B40: its owner is written to when it comes and when it goes', async () => {
      const { device, id } = await signUpWithPasskey()
      await device.send({ method: 'DELETE', path: `/auth/passkeys/${id}` })
      const changes = (await lettersTo(transport(), device.email)).flatMap((mail) =>
        mail.kind === 'factor-changed' ? [mail.change] : [],
      )
      expect(changes).toEqual(['passkey-added', 'passkey-removed'])
    })
  })

  describe('an answer is refused', () => {
    const lies: Readonly<Record<string, Twist>> = {
      'from a page of another origin': { origin: 'https://app.example.com.evil.test' },
      'for another domain': { rpId: 'evil.test' },
      'that was made to register': { type: 'webauthn.create' },
      'to a question that nobody asked': { challenge: 'A'.repeat(43) },
      'without anybody being there': { userPresent: false },
      'without the owner’s PIN or touch': { userVerified: false },
      'that says it is somebody else’s': { userHandle: 'c29tZWJvZHktZWxzZQ' },
    }
    test.each(Object.entries(lies))('%s', async (_name, lie) => {
      const { credential } = await signUpWithPasskey()
      expect(await enter(await credential.assert(await ask(), lie))).toMatchObject(refused)
    })

    test('whose signature is another’s', async () => {
      const [one, two] = [await signUpWithPasskey(), await signUpWithPasskey()]
      const [mine, theirs] = [await one.credential.assert(await ask()), await two.credential.assert(await ask())]
      const mixed = { ...mine, response: { ...(mine['response'] as object), signature: signatureOf(theirs) } }
      expect(await enter(mixed)).toMatchObject(refused)
    })

    test('whose counter went back: somebody has copied the key', async () => {
      const { credential } = await signUpWithPasskey()
      expect(await enter(await credential.assert(await ask(), { counter: 9 }))).toMatchObject({ status: 200 })
      expect(await enter(await credential.assert(await ask(), { counter: 9 }))).toMatchObject(refused)
    })

    test('S43: a second time: of fifty at once exactly one comes in, and nobody after', async () => {
      const { credential } = await signUpWithPasskey()
      const answer = await credential.assert(await ask())
      const replies = await Promise.all(Array.from({ length: 50 }, () => enter(answer)))
      expect([countOf(replies, 200), countOf(replies, 401)]).toEqual([1, 49])
      expect(await enter(answer)).toMatchObject(refused)
    })

    test('after five minutes', async () => {
      const { credential } = await signUpWithPasskey()
      const answer = await credential.assert(await ask())
      await transport().advance(300_000)
      expect(await enter(answer)).toMatchObject(refused)
    })

    test('S47: of a disabled account', async () => {
      const { device, credential } = await signUpWithPasskey()
      const answer = await credential.assert(await ask())
      const boss = openDevice(transport())
      await boss.login({ email: admin.email, password: admin.password })
      await boss.send({ method: 'PATCH', path: `/admin/users/${device.grant.user.id}`, body: { is_active: false } })
      expect(await enter(answer)).toMatchObject(refused)
    })

    test.each(['', 'AAAA', '====', 'e30', 'bnVsbA', 'W10'])(
      'B18: whose bytes are %j, and it is no accident',
      async (bytes) => {
        const response = { clientDataJSON: bytes, authenticatorData: bytes, signature: bytes, attestationObject: bytes }
        const passkey = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', clientExtensionResults: {}, response }
        expect([401, 422]).toContain((await enter(passkey)).status)
        const device = await signUp(transport())
        expect((await post(device, '/register', { name: 'x', passkey })).status).toBe(422)
      },
    )
  })

  describe('a new passkey is refused', () => {
    test.each<[string, Twist]>([
      ['from a page of another origin', { origin: 'https://evil.test' }],
      ['for another domain', { rpId: 'evil.test' }],
      ['that answers as if to sign in', { type: 'webauthn.get' }],
      ['to a question that nobody asked', { challenge: 'B'.repeat(43) }],
    ])('%s', async (_name, twist) => {
      expect((await make(await signUp(transport()), twist)).added.status).toBe(422)
    })

    test('to somebody else’s question', async () => {
      const [one, two] = [await signUp(transport()), await signUp(transport())]
      const credential = await createCredential((await post(one, '/register/options')).body as Creation, origin)
      expect((await post(two, '/register', { name: 'x', passkey: credential.attestation })).status).toBe(422)
    })
  })

  describe('as a second factor', () => {
    const guardedWithPasskey = async () => {
      const guarded = await signUpGuarded(transport())
      const { credential } = await make(guarded.device)
      return { ...guarded, credential }
    }

    test('B26: it is offered, asks for this account’s keys, and ends the second step, without PIN or touch', async () => {
      const { device, credential } = await guardedWithPasskey()
      const first = await firstStep(transport(), device.email)
      expect(first.body).toMatchObject({ methods: ['totp', 'backup_code', 'passkey'] })
      const challenge = challengeIn(first)
      const options = await ask({ challenge })
      expect(options.allowCredentials.map(({ id }) => id)).toEqual([credential.id])
      const passkey = await credential.assert(options, { userVerified: false })
      expect(await secondStep(transport(), { challenge, passkey })).toMatchObject({ status: 200 })
      expect(await secondStep(transport(), { challenge, passkey })).toMatchObject({ status: 401 })
    })

    test('S43: another’s key, and an answer that was meant to sign in, end nothing', async () => {
      const { device, credential } = await guardedWithPasskey()
      const other = await guardedWithPasskey()
      const challenge = await challengeFor(transport(), device.email)
      const invalid = { status: 401, body: { code: 'mfa_invalid' }, setCookie: [] }
      const foreign = await other.credential.assert(await ask({ challenge }))
      expect(await secondStep(transport(), { challenge, passkey: foreign })).toMatchObject(invalid)
      const meant = await credential.assert(await ask())
      expect(await secondStep(transport(), { challenge, passkey: meant })).toMatchObject(invalid)
    })

    test('S43: an answer of a second step signs nobody in by itself', async () => {
      const { device, credential } = await guardedWithPasskey()
      const challenge = await challengeFor(transport(), device.email)
      expect(await enter(await credential.assert(await ask({ challenge })))).toMatchObject(refused)
    })

    test('S43: nothing is asked for a login that is over, or never was', async () => {
      const reply = await post(openDevice(transport()), '/login/options', { challenge: 'x' })
      expect(reply).toMatchObject({ status: 401, body: { code: 'challenge_expired' } })
    })

    test('alone it stands for both: no code is asked for after a login by passkey', async () => {
      const { device, credential } = await guardedWithPasskey()
      const reply = await enter(await credential.assert(await ask()))
      expect(reply).toMatchObject({ status: 200, body: { user: { email: device.email } } })
    })
  })
}

const signatureOf = (answer: Readonly<Record<string, unknown>>): string =>
  (answer['response'] as { readonly signature: string }).signature
