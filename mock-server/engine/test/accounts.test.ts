import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalEmail, newAccount, type EngineOptions, type Mail, type Mailer } from '@latchkey/engine'
import { commonPasswords } from '../src/accounts/common-passwords.js'
import { createWeakness, type IsBreached } from '../src/accounts/password.js'
import {
  bearer,
  clearPasswords,
  codeOf,
  email,
  grantOf,
  login,
  openSetting,
  password,
  refresh,
  register,
  tokenOf,
} from './setting.js'

describe('B30: the canonical email', () => {
  test.each([
    ['Ada@Example.COM', 'ada@example.com'],
    [' ada@example.com ', 'ada@example.com'],
    ['ada＠example.com', 'ada@example.com'],
    ['ａｄａ@example.com', 'ada@example.com'],
    ['\u212Aelvin@example.com', 'kelvin@example.com'],
    ['\u017Fam@example.com', 'sam@example.com'],
    ['a.b+tag@sub.example.co', 'a.b+tag@sub.example.co'],
    ['a@xn--exmple-cua.com', 'a@xn--exmple-cua.com'],
  ])('S7, S8: %j is %s', (typed, canonical) => {
    expect(canonicalEmail(typed)).toBe(canonical)
  })

  test.each([
    '',
    'a',
    '@',
    'a@',
    '@b.com',
    'a@b',
    'a@b..com',
    'a@.com',
    'a@b.com.',
    '.a@b.com',
    'a.@b.com',
    'a..b@c.com',
    'a@b@c.com',
    'a@b.com,c@d.com',
    'a@b.com c@d.com',
    'a b@c.com',
    '"a"@b.com',
    'a@[127.0.0.1]',
    'a@-b.com',
    'a@b.c',
    '\u0130@b.com',
    'müller@b.com',
    'a@exämple.com',
    'a\n@b.com',
    'a\r\nBcc: x@b.com',
    '<a@b.com>',
    `${'a'.repeat(65)}@b.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(130)}com`,
    'a'.repeat(1_000_000),
  ])('S7: %j is none', (typed) => {
    expect(canonicalEmail(typed)).toBeNull()
  })

  test('is its own canonical form, for any text', () => {
    const near = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()).map(([one, other]) => `${one}@${other}.com`)
    const again = (text: string): string | null => canonicalEmail(canonicalEmail(text) ?? '')
    const law = fc.property(fc.oneof(fc.emailAddress(), near), (text) => again(text) === canonicalEmail(text))
    expect(fc.check(law)).toMatchObject({ failed: false })
  })

  test('of a new account is checked even where nobody types it', async () => {
    const clock = { now: () => 0.5 }
    await expect(newAccount({ email: 'x', password }, { passwords: clearPasswords, clock })).rejects.toThrow(TypeError)
    const account = await newAccount({ email: 'A@B.com', password: 'a' }, { passwords: clearPasswords, clock })
    expect(account).toMatchObject({ email: 'a@b.com', role: 'user', isActive: true, createdAt: 0 })
  })
})

describe('B19: a password', () => {
  const mails: Mail[] = []
  const mailer: Mailer = { send: async (mail) => void mails.push(mail) }
  const judge =
    (minLength: number, isBreached: IsBreached = async () => false) =>
    (text: string) =>
      createWeakness({ minLength, appName: 'Latchkey', isBreached })(text, {
        email: 'averylongname@example.com',
        displayName: 'Ada Lovelace',
      })

  test.each([
    ['fourteen characters', 'fifteen letter', true],
    ['fifteen characters', 'fifteen letters', false],
    ['fourteen emoji', '🔑'.repeat(14), true],
    ['fifteen emoji', '🔑'.repeat(15), false],
    ['S22: 1024 bytes', 'é'.repeat(512), false],
    ['S22: 1025 bytes', `${'é'.repeat(512)}x`, true],
    ['S22: a megabyte', 'x'.repeat(1_000_000), true],
    ['one of the list, shouted', 'POLNIYPIZDEC0211', true],
    ['the address itself', 'averylongname@example.com', true],
    ['spaces at the ends', '  fifteen or so  ', false],
  ])('of %s', async (_name, text, weak) => {
    expect((await judge(15)(text)) !== null).toBe(weak)
  })

  test('is compared with more than the 3,000 most common ones: any of them is refused where eight characters do', async () => {
    const long = [...(await commonPasswords()).keys()].filter((text) => text.length >= 8)
    expect(long.length).toBeGreaterThan(15_000)
    const taken = await Promise.all(long.map(async (text) => ((await judge(8)(text)) === null ? [text] : [])))
    expect(taken.flat()).toEqual([])
  })

  test.each([
    ['a common one twice', 'PasswordPassword'],
    ['a common one thrice', 'letmeinletmeinletmein'],
    ['two common ones', 'sunshineprincess'],
    ['a common one and digits in order', 'welcome123456789'],
    ['a common one, digits and signs', 'Password123456!!'],
    ['a common one and a year, twice', 'Football2024Football2024'],
    ['a short sentence of common ones', 'thisismypassword'],
    ['a walk over the keys', 'qwertyuiopasdfghjklzxcvbnm'],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyz'],
    ['one letter', 'aaaaaaaaaaaaaaaa'],
    ['three letters again and again', 'abcabcabcabcabc'],
    ['digits downwards', '987654321987654321'],
    ['the app’s name and more', 'Latchkey-Latchkey-1'],
    ['the app’s name, their own and a year', 'latchkey-ada-2024'],
    ['the name in the address, and digits', 'AVeryLongName12345'],
    ['their name without its space', 'adalovelace12345'],
    ['the domain of the address', 'example.com-1815'],
  ])('of fifteen characters is refused where it is %s', async (_name, text) => {
    expect(await judge(15)(text)).toMatch(/too easy to guess/)
  })

  test.each([
    'correct horse battery',
    'correcthorsebatterystaple',
    'three blind mice run',
    'a long enough password',
    'latchkey opens seven doors',
    'my name is ada, and I count',
    '8391 2047 6153 0',
    'lmx0 tzqw7 pbru',
    'x'.repeat(64),
    'パスワードは長いほうがいいですね',
  ])('is taken though some of its words are common: %s', async (text) => {
    expect(await judge(15)(text)).toBeNull()
  })

  test('that is good otherwise is looked up in breaches, exactly as typed and no other', async () => {
    const asked: string[] = []
    const isBreached: IsBreached = async (text) => {
      asked.push(text)
      return text === 'Leaked Long Ago, Friend'
    }
    expect(await judge(15, isBreached)('Leaked Long Ago, Friend')).toMatch(/data breach/)
    expect(await judge(15, isBreached)('leaked long ago, friend')).toBeNull()
    for (const refused of ['short', 'passwordpassword', 'averylongname@example.com', 'x'.repeat(1025)]) {
      await judge(15, isBreached)(refused)
    }
    expect(asked).toEqual(['Leaked Long Ago, Friend', 'leaked long ago, friend'])
  })

  test('of a known breach is refused where one registers, resets and changes, by its field', async () => {
    const leaked = 'Leaked Long Ago, Friend'
    const setting = openSetting({ isBreached: async (text) => text === leaked, mailer, appUrl: 'https://app.test' })
    const refused = (field: string) => ({
      status: 422,
      body: { code: 'weak_password', errors: { [field]: expect.stringMatching(/data breach/) } },
    })
    expect(await setting.send('POST', '/auth/register', { body: { email, password: leaked } })).toMatchObject(
      refused('password'),
    )
    const { access_token: token } = grantOf(await register(setting))
    const change = { current_password: password, new_password: leaked }
    expect(await setting.send('POST', '/auth/password/change', { headers: bearer(token), body: change })).toMatchObject(
      refused('new_password'),
    )
    await setting.send('POST', '/auth/password/forgot', { body: { email } })
    await setting.engine.settled()
    const link = mails.find(({ kind }) => kind === 'reset-password')
    const reset = { token: link?.kind === 'reset-password' ? link.link.split('#token=')[1] : '', password: leaked }
    expect(await setting.send('POST', '/auth/password/reset', { body: reset })).toMatchObject(refused('password'))
    const good = await setting.send('POST', '/auth/password/reset', {
      body: { ...reset, password: 'another, unseen by them' },
    })
    expect(good.status).toBe(204)
  })

  test('that is weak is refused by field, before anything is hashed or stored', async () => {
    let hashed = 0
    const passwords: EngineOptions['passwords'] = {
      ...clearPasswords,
      hash: async (text) => {
        hashed += 1
        return text
      },
    }
    const setting = openSetting({ passwords })
    const reply = await setting.send('POST', '/auth/register', { body: { email, password: 'short' } })
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'weak_password', errors: { password: expect.any(String) } },
    })
    expect(hashed).toBe(0)
    expect(await setting.store.accountByEmail(email)).toBeNull()
  })

  test('may be shorter where the option says so', async () => {
    const setting = openSetting({ minPasswordLength: 8 })
    const reply = await setting.send('POST', '/auth/register', { body: { email, password: 'eight ch' } })
    expect(reply.status).toBe(201)
  })
})

describe('registering', () => {
  test('an address twice is refused, however it is spelled, and the account stays as it was', async () => {
    const setting = openSetting()
    await register(setting)
    for (const spelled of [email, email.toUpperCase(), email.replace('@', '＠')]) {
      const reply = await setting.send('POST', '/auth/register', {
        body: { email: spelled, password: 'another long password' },
      })
      expect(reply).toMatchObject({ status: 409, body: { code: 'email_taken' }, cookie: { act: 'leave' } })
    }
    expect((await login(setting)).status).toBe(200)
  })

  test('at once with one address makes one account', async () => {
    const setting = openSetting()
    const replies = await Promise.all(Array.from({ length: 10 }, () => register(setting)))
    const count = (wanted: number): number => replies.filter(({ status }) => status === wanted).length
    expect([count(201), count(409)]).toEqual([1, 9])
  })

  test('B33, S32: sets nothing but what everybody may set', async () => {
    const setting = openSetting()
    for (const more of [
      { role: 'admin' },
      { is_active: true },
      { email_verified: true },
      { id: 'x' },
      { displayName: 'x' },
    ]) {
      const reply = await setting.send('POST', '/auth/register', { body: { email, password, ...more } })
      expect(reply).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: { [Object.keys(more)[0] ?? '']: expect.any(String) } },
      })
    }
    expect(grantOf(await register(setting)).user).toMatchObject({
      role: 'user',
      email_verified: false,
      display_name: null,
    })
  })
})

describe('B21, S9: a login', () => {
  test('of an unknown address costs the same hashing as a wrong password, and says the same', async () => {
    const log: string[] = []
    const passwords: EngineOptions['passwords'] = {
      hash: async (text) => {
        log.push('hash')
        return clearPasswords.hash(text)
      },
      verify: async (hash, text) => {
        log.push('verify')
        return clearPasswords.verify(hash, text)
      },
    }
    const setting = openSetting({ passwords })
    await register(setting)
    await login(setting)
    const work = async (address: string) => {
      log.length = 0
      const reply = await setting.send('POST', '/auth/login', { body: { email: address, password: 'wrong' } })
      return { reply, log: [...log] }
    }
    const [wrong, unknown] = [await work(email), await work('nobody@example.com')]
    expect(wrong.reply).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
    expect(unknown).toEqual(wrong)
    expect(wrong.log).toEqual(['verify'])
  })

  test('of a disabled account is refused as a stranger’s is', async () => {
    const setting = openSetting()
    const { user } = grantOf(await register(setting))
    await setting.store.updateAccount(user.id, { isActive: false })
    const [disabled, unknown] = [await login(setting), await login(setting, 'nobody@example.com')]
    expect(disabled).toEqual(unknown)
    expect(disabled.headers).toMatchObject({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' })
  })

  test('S22: with a megabyte for a password hashes nothing', async () => {
    const setting = openSetting({
      passwords: { ...clearPasswords, verify: async () => Promise.reject(new Error('hashed')) },
    })
    const body = { email, password: 'x'.repeat(1_000_000) }
    expect((await setting.send('POST', '/auth/login', { body })).status).toBe(422)
  })

  test('ignores fields that it does not know, for it stores nothing', async () => {
    const setting = openSetting()
    await register(setting)
    const body = { email, password, remember: true, role: 'admin' }
    expect(grantOf(await setting.send('POST', '/auth/login', { body })).user.role).toBe('user')
  })
})

describe('an admin', () => {
  const open = async () => {
    const setting = openSetting()
    const [boss, user] = [await register(setting, 'boss@example.com'), await register(setting)]
    await setting.store.updateAccount(grantOf(boss).user.id, { role: 'admin' })
    const headers = bearer(grantOf(await login(setting, 'boss@example.com')).access_token)
    const change = (body: unknown, id = grantOf(user).user.id) =>
      setting.send('PATCH', `/admin/users/${id}`, { body, headers })
    return { setting, boss, user, headers, change }
  }

  test('pages through accounts, newest first, and sees no password', async () => {
    const { setting, headers } = await open()
    const page = async (query: Record<string, string>) => setting.send('GET', '/admin/users', { headers, query })
    expect(await page({})).toMatchObject({ status: 200, body: { total: 2, limit: 50, offset: 0 } })
    expect((await page({ limit: '1', offset: '1' })).body).toMatchObject({
      users: [{ email: 'boss@example.com', is_active: true }],
    })
    expect(JSON.stringify((await page({})).body)).not.toMatch(/clear:|password|hash/i)
    for (const query of [{ limit: '0' }, { limit: '101' }, { limit: 'x' }, { offset: '-1' }, { offset: '1e99' }]) {
      expect((await page(query as Record<string, string>)).status).toBe(422)
    }
  })

  test('gives a role that the next refresh carries, but none that does not exist', async () => {
    const { setting, user, change } = await open()
    expect((await change({ role: 'root' })).status).toBe(422)
    expect((await change({})).status).toBe(422)
    expect((await change({ role: 'admin' })).body).toMatchObject({ role: 'admin' })
    expect(grantOf(await refresh(setting, tokenOf(user))).user.role).toBe('admin')
    expect(await change({ role: 'user' }, 'nobody')).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  test('B6, S47: disables an account, and its sessions end', async () => {
    const { setting, user, change } = await open()
    expect((await change({ is_active: false })).body).toMatchObject({ is_active: false })
    expect(codeOf(await refresh(setting, tokenOf(user)))).toBe('session_revoked')
    expect((await setting.send('GET', '/auth/me', { headers: bearer(grantOf(user).access_token) })).status).toBe(401)
    expect(codeOf(await login(setting))).toBe('invalid_credentials')
    await change({ is_active: true })
    expect((await login(setting)).status).toBe(200)
    expect(codeOf(await refresh(setting, tokenOf(user)))).toBe('session_revoked')
  })

  test('B6: who disables an account and allows it again has ended its sessions, refreshed meanwhile or not', async () => {
    const { setting, user, change } = await open()
    await change({ is_active: false })
    await change({ is_active: true })
    expect(codeOf(await refresh(setting, tokenOf(user)))).toBe('session_revoked')
  })

  test('S46: who is none any more is refused at once, whatever the token says', async () => {
    const { setting, boss, headers } = await open()
    await setting.store.updateAccount(grantOf(boss).user.id, { role: 'user' })
    const reply = await setting.send('GET', '/admin/users', { headers })
    expect(reply).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
    expect(reply.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"')
  })

  test('B33: a user is none', async () => {
    const { setting, user } = await open()
    const headers = bearer(grantOf(user).access_token)
    const body = { role: 'admin' }
    expect((await setting.send('GET', '/admin/users', { headers })).status).toBe(403)
    expect((await setting.send('PATCH', `/admin/users/${grantOf(user).user.id}`, { headers, body })).status).toBe(403)
  })
})
