// Registration that tells nobody whether an address is taken: one answer, one amount of work, and the rest by mail.
import { createEngine, createMemoryStore, type EngineOptions, type Mail } from '@latchkey/engine'
import { describe, expect, test } from 'vitest'
import { clearPasswords, email, grantOf, login, openSetting, password, start } from './setting.js'

const clock = { now: () => start }

function openPrivate(options: Partial<EngineOptions> = {}) {
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const setting = openSetting({ registration: 'private', mailer, appUrl: 'https://app.example.com', ...options })
  const register = (address: string, chosen = password) =>
    setting.send('POST', '/auth/register', { body: { email: address, password: chosen, display_name: 'Eve' } })
  /** The token of the newest mail to an address. */
  const tokenTo = async (address: string): Promise<string> => {
    await setting.engine.settled()
    const mail = mails.findLast(({ to }) => to === address)
    return mail !== undefined && 'link' in mail ? (mail.link.split('#token=')[1] ?? '') : ''
  }
  const confirm = async (address: string) =>
    setting.send('POST', '/auth/email/verify', { body: { token: await tokenTo(address) } })
  const signIn = (chosen: string) => setting.send('POST', '/auth/login', { body: { email, password: chosen } })
  return { ...setting, mails, register, tokenTo, confirm, login: signIn }
}

describe('B21, S9: private registration', () => {
  test('answers a taken address as a free one, byte for byte, and signs in neither', async () => {
    const setting = openPrivate()
    await setting.register(email)
    await setting.confirm(email)
    const [taken, free] = [await setting.register(email), await setting.register('new@example.com')]
    expect(taken).toEqual(free)
    expect(taken).toMatchObject({ status: 201, body: { registered: true }, cookie: { act: 'leave' } })
  })

  test('does the same work for both before it answers', async () => {
    const log: string[] = []
    const waiting: (() => void)[] = []
    const memory = createMemoryStore({ clock })
    const store = new Proxy(memory, {
      get: (target, name: keyof typeof memory) => {
        log.push(name)
        return target[name]
      },
    })
    const passwords = {
      ...clearPasswords,
      hash: async (text: string) => {
        log.push('hash')
        return clearPasswords.hash(text)
      },
    }
    const setting = openPrivate({ store, passwords, afterReply: (work) => void waiting.push(work) })
    const settle = async () => {
      for (const work of waiting.splice(0)) work()
      await setting.engine.settled()
    }
    const work = async (address: string) => {
      log.length = 0
      await setting.register(address)
      const done = [...log]
      await settle()
      return done
    }
    const free = await work(email)
    expect(await work(email)).toEqual(free)
    expect(free).toEqual(['hash', 'accountByEmail'])
  })

  test('sends the owner a mail that neither names the stranger nor changes anything, and its link sets a new password', async () => {
    const setting = openPrivate()
    await setting.register(email)
    await setting.confirm(email)
    await setting.register(email, 'the password of a stranger')
    await setting.engine.settled()
    expect(setting.mails.at(-1)).toMatchObject({ kind: 'already-registered', to: email, name: null })
    expect((await login(setting)).status).toBe(200)
    const body = { token: await setting.tokenTo(email), password: 'another long password' }
    expect((await setting.send('POST', '/auth/password/reset', { body })).status).toBe(204)
    expect((await setting.login(body.password)).status).toBe(200)
  })

  test('a login says nothing either: before the address is confirmed, the right password is a wrong one', async () => {
    const setting = openPrivate()
    await setting.register(email)
    await setting.engine.settled()
    const [unproven, unknown] = [await login(setting), await login(setting, 'nobody@example.com')]
    expect(unproven).toEqual(unknown)
    expect(unproven).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
    expect((await setting.confirm(email)).status).toBe(204)
    expect(grantOf(await login(setting)).user).toMatchObject({ email, email_verified: true })
  })

  test('B31: whoever registered a victim’s address first is out when its owner follows the mail of their own registration', async () => {
    const setting = openPrivate()
    await setting.register(email, 'the password of a stranger')
    await setting.engine.settled()
    await setting.register(email)
    const body = { token: await setting.tokenTo(email), password }
    expect((await setting.send('POST', '/auth/password/reset', { body })).status).toBe(204)
    expect((await setting.login('the password of a stranger')).status).toBe(401)
    expect((await login(setting)).status).toBe(200)
  })

  test('a closed account gets no mail', async () => {
    const setting = openPrivate()
    await setting.register(email)
    await setting.confirm(email)
    const account = await setting.store.accountByEmail(email)
    await setting.store.updateAccount(account?.id ?? '', { isActive: false })
    const before = setting.mails.length
    await setting.register(email)
    await setting.engine.settled()
    expect(setting.mails).toHaveLength(before)
  })

  test('at once with one address makes one account, and tells its owner of the others', async () => {
    const setting = openPrivate()
    await Promise.all(Array.from({ length: 10 }, () => setting.register(email)))
    await setting.engine.settled()
    const kinds = setting.mails.map(({ kind }) => kind).toSorted()
    expect(kinds).toEqual([...Array.from({ length: 9 }, () => 'already-registered'), 'verify-email'])
  })

  test('is counted as what sends mails', () => {
    const limitOf = ({ engine }: Pick<ReturnType<typeof openSetting>, 'engine'>) =>
      engine.routes.find(({ name }) => name === 'register')?.limit
    expect([limitOf(openPrivate()), limitOf(openSetting())]).toEqual(['mail', 'credential'])
  })

  test.each([
    ['private', undefined, 'goes on by mail'],
    ['closed', undefined, 'is none'],
  ])('the option %j without a mailer is refused', (registration, mailer, why) => {
    const options = { store: createMemoryStore({ clock }), passwords: clearPasswords, mailer, registration }
    expect(() => createEngine(options as unknown as EngineOptions)).toThrow(why)
  })
})
