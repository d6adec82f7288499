// The second factor as the engine keeps it: what rests, what is told, and what becomes of a login between its two steps.
import { createMemoryStore, type Mail, type Store, StoreUnavailable } from '@latchkey/engine'
import { Secret, TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import { matchBackupCode, newBackupCodes } from '../src/accounts/backup-codes.js'
import { createSealing } from '../src/sealing.js'
import {
  bearer,
  clearPasswords,
  codeOf,
  grantOf,
  login,
  manualClock,
  openSetting,
  password,
  register,
  type Setting,
} from './setting.js'

const codeNow = ({ clock }: Pick<Setting, 'clock'>, secret: string, steps = 0): string =>
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
  const verify = (challenge: string, code: string) =>
    setting.send('POST', '/auth/mfa/verify', { body: { challenge, code } })
  return { ...setting, headers, accountId: grantOf(registered).user.id, secret, codes, verify }
}

describe('the walk', () => {
  test('B26: password, challenge, code, session', async () => {
    const setting = await withSecondFactor()
    const first = await login(setting)
    expect(first).toMatchObject({ status: 200, cookie: { act: 'leave' } })
    const second = await setting.verify(challengeOf(first), codeNow(setting, setting.secret))
    expect(second).toMatchObject({ status: 200, cookie: { act: 'set' } })
    expect(grantOf(second).user.id).toBe(setting.accountId)
  })
})

describe('B25: at rest', () => {
  test('neither the secret nor a backup code can be read out of the store', async () => {
    const { store, accountId, secret, codes } = await withSecondFactor({
      passwords: { ...clearPasswords, hash: async (text) => `hashed ${text.length}` },
    })
    const resting = JSON.stringify(await store.totpOf(accountId))
    expect(resting).not.toContain(secret)
    for (const code of codes) expect(resting).not.toContain(code.slice(4).replace('-', ''))
  })

  test('a secret that was sealed for one account opens for no other', async () => {
    const store = createMemoryStore({ clock: manualClock() })
    const one = await withSecondFactor({ store })
    const two = openSetting({ store, pepper: 'the pepper of another server' })
    const challenge = challengeOf(await login(two))
    const body = { challenge, code: codeNow(one, one.secret) }
    // Another pepper: the code cannot be looked at, and is wrong; a backup code still works.
    expect(codeOf(await two.send('POST', '/auth/mfa/verify', { body }))).toBe('mfa_invalid')
    const backup = { challenge, code: one.codes[0] }
    expect((await two.send('POST', '/auth/mfa/verify', { body: backup })).status).toBe(200)
  })

  test('B21: a code that is none costs one slow hash, like one that is', async () => {
    const seen: string[] = []
    const passwords = { ...clearPasswords, verify: async (hash: string) => seen.push(hash) < 0 }
    const { resting } = await newBackupCodes(clearPasswords)
    for (const typed of ['nosuchcode', '', resting[4]?.slice(0, 3) ?? '']) {
      expect(await matchBackupCode(typed, resting, passwords, 'decoy')).toBeNull()
    }
    expect(seen).toEqual(['decoy', 'decoy', resting[4]?.slice(4)])
  })
})

describe('B40: what is told', () => {
  test('every change and every refusal, and never a code', async () => {
    const mails: Mail[] = []
    const setting = await withSecondFactor({
      mailer: { send: async (mail) => void mails.push(mail) },
      appUrl: 'https://app.example.com',
    })
    const challenge = challengeOf(await login(setting))
    await setting.verify(challenge, '000000')
    await setting.verify(challenge, setting.codes[0] ?? '')
    await setting.send('POST', '/auth/mfa/backup-codes', { headers: setting.headers })
    await setting.send('DELETE', '/auth/mfa/totp', { headers: setting.headers })
    await setting.engine.settled()
    const told = setting.events.map(({ type }) => type).filter((type) => /mfa|totp|backup|logged/.test(type))
    expect(told).toEqual([
      'totp_enabled',
      'mfa_required',
      'mfa_refused',
      'backup_code_used',
      'logged_in',
      'backup_codes_renewed',
      'totp_disabled',
    ])
    const written = JSON.stringify([mails, setting.events])
    for (const secret of [setting.secret, challenge, ...setting.codes]) expect(written).not.toContain(secret)
  })
})

describe('B6: a login that races', () => {
  /** A store that does something just before a session of the account is opened. */
  const before = (store: Store, act: () => Promise<unknown>): Store => ({
    ...store,
    insertFamily: async (...given) => {
      await act()
      return store.insertFamily(...given)
    },
  })

  test('a second factor that was turned on in between opens nothing', async () => {
    const clock = manualClock()
    const store = createMemoryStore({ clock })
    const setting = openSetting({ store })
    const { user } = grantOf(await register(setting))
    const turnOn = async () => {
      await store.enrollTotp(user.id, 'sealed')
      await store.confirmTotp(user.id, 'sealed', 1, [])
    }
    const racing = openSetting({ store: before(store, turnOn) })
    expect(codeOf(await login(racing))).toBe('invalid_credentials')
    const alive = (await store.listFamilies(user.id)).filter(({ revokedAt }) => revokedAt === null)
    expect(alive).toHaveLength(1)
  })

  test('a password that was changed between the steps, or at the second, opens nothing', async () => {
    const clock = manualClock()
    const store = createMemoryStore({ clock })
    const pepper = 'a pepper that both of them have'
    const setting = await withSecondFactor({ store, pepper })
    const change = () => store.updateAccount(setting.accountId, { passwordHash: 'clear:another' })
    const racing = openSetting({ store: before(store, change), pepper })
    const body = { challenge: challengeOf(await login(setting)), code: codeNow(setting, setting.secret) }
    expect(codeOf(await racing.send('POST', '/auth/mfa/verify', { body }))).toBe('invalid_credentials')
    await store.updateAccount(setting.accountId, { passwordHash: `clear:${password}` })
    const later = challengeOf(await login(setting))
    await change()
    expect(codeOf(await setting.verify(later, setting.codes[0] ?? ''))).toBe('challenge_expired')
    const alive = (await store.listFamilies(setting.accountId)).filter(({ revokedAt }) => revokedAt === null)
    expect(alive).toHaveLength(1)
  })
})

describe('B5: a secret under an old pepper', () => {
  const [old, fresh] = ['an old pepper of a test', 'a fresh pepper of a test']
  const rotated = async () => {
    const before = await withSecondFactor({ pepper: old })
    const under = (pepper: readonly string[]) => openSetting({ pepper, store: before.store, clock: before.clock })
    const enter = async (setting: Setting, steps = 0) => {
      const challenge = challengeOf(await login(setting))
      const code = codeNow(before, before.secret, steps)
      return (await setting.send('POST', '/auth/mfa/verify', { body: { challenge, code } })).status
    }
    return { ...before, under, enter }
  }

  test('is sealed by the new one when its code is used, so that the old one may go', async () => {
    const { store, accountId, under, enter, clock } = await rotated()
    const sealed = (await store.totpOf(accountId))?.secret
    expect(await enter(under([fresh]))).toBe(401)
    expect((await store.totpOf(accountId))?.secret).toBe(sealed)
    expect(await enter(under([fresh, old]))).toBe(200)
    const renewed = await store.totpOf(accountId)
    expect(renewed?.secret).not.toBe(sealed)
    expect(renewed).toMatchObject({ confirmedAt: expect.any(Number), lastStep: expect.any(Number) })
    clock.advance(30_000)
    expect(await enter(under([fresh]))).toBe(200)
    expect((await store.totpOf(accountId))?.secret).toBe(renewed?.secret)
  })

  test('is not by a wrong code, and a store that goes away meanwhile costs nobody the login', async () => {
    const { store, accountId, under, enter, clock } = await rotated()
    const sealed = (await store.totpOf(accountId))?.secret
    expect(await enter(under([fresh, old]), -9)).toBe(401)
    expect((await store.totpOf(accountId))?.secret).toBe(sealed)
    const away: Store = { ...store, resealTotp: () => Promise.reject(new StoreUnavailable('down')) }
    expect(await enter(openSetting({ pepper: [fresh, old], store: away, clock }))).toBe(200)
    expect((await store.totpOf(accountId))?.secret).toBe(sealed)
  })

  test('is sealed with all others by one act, in batches, which counts what no pepper opens, and is done when it is done', async () => {
    const { store, accountId, under, enter } = await rotated()
    const account = await store.accountById(accountId)
    const before = createSealing([old])
    for (let at = 0; at < 250; at += 1) {
      const id = crypto.randomUUID()
      if (account !== null) await store.insertAccount({ ...account, id, email: `many${at}@example.com` })
      await store.enrollTotp(id, at < 248 ? await before.seal('JBSWY3DPEHPK3PXP', `totp ${id}`) : 'lost')
    }
    const { engine } = under([fresh, old])
    expect(await engine.reseal()).toEqual({ resealed: 249, unreadable: 2 })
    expect(await engine.reseal()).toEqual({ resealed: 0, unreadable: 2 })
    expect(await enter(under([fresh]))).toBe(200)
  })
})
