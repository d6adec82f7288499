// Mails as the engine writes them: to whom, from which base, and what becomes of a mailer that fails.
import { createMemoryStore, type EngineOptions, type Mail, StoreUnavailable } from '@latchkey/engine'
import { describe, expect, test } from 'vitest'
import { createLocks } from '../src/lock.js'
import {
  email,
  bearer,
  codeOf,
  grantOf,
  login,
  openSetting,
  password,
  refresh,
  register,
  start,
  tokenOf,
} from './setting.js'

const appUrl = 'https://app.example.com'
const clock = { now: () => start }

const openPost = (options: Partial<EngineOptions> = {}) => {
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const setting = openSetting({ mailer, appUrl, ...options })
  const linkToken = async (): Promise<string> => {
    await setting.engine.settled()
    const mail = mails.at(-1)
    return mail !== undefined && 'link' in mail ? (mail.link.split('#token=')[1] ?? '') : ''
  }
  return { ...setting, mails, linkToken }
}

describe('without a mailer', () => {
  test('nothing is sent, no ticket is made, and every route answers as ever', async () => {
    const store = createMemoryStore({ clock })
    const setting = openSetting({
      store: { ...store, insertTicket: async () => Promise.reject(new Error('a ticket')) },
    })
    const headers = bearer(grantOf(await register(setting)).access_token)
    expect((await setting.send('POST', '/auth/email/resend', { headers })).status).toBe(204)
    expect((await setting.send('POST', '/auth/password/forgot', { body: { email } })).status).toBe(204)
    await setting.engine.settled()
    expect(setting.events.map(({ type }) => type)).toEqual(['registered'])
  })
})

test('B21: nothing of a mail is begun before the reply is on its way', async () => {
  const waiting: (() => void)[] = []
  const setting = openPost({ afterReply: (work) => void waiting.push(work) })
  await register(setting)
  expect((await setting.send('POST', '/auth/password/forgot', { body: { email } })).status).toBe(204)
  expect([setting.mails.length, waiting.length]).toEqual([0, 3])
  for (const work of waiting) work()
  await setting.engine.settled()
  expect(setting.mails.map(({ kind }) => kind)).toEqual(['verify-email', 'reset-password'])
})

describe('a mailer that fails', () => {
  test.each([
    ['the mailer', { mailer: { send: async () => Promise.reject(new Error('no route to host')) } }],
    [
      'the store',
      { store: { ...createMemoryStore({ clock }), insertTicket: async () => Promise.reject(new StoreUnavailable()) } },
    ],
  ])('fails no request, and is told: %s', async (_name, broken) => {
    const setting = openPost(broken)
    const registered = await register(setting)
    await setting.engine.settled()
    expect(registered.status).toBe(201)
    expect((await setting.send('POST', '/auth/password/forgot', { body: { email } })).status).toBe(204)
    await setting.engine.settled()
    const accountId = grantOf(registered).user.id
    const failures = setting.events.filter(({ type }) => type === 'mail_failed')
    expect(failures).toEqual(
      Array.from({ length: 2 }, () => ({ type: 'mail_failed', at: expect.any(Number), accountId, sid: null })),
    )
    expect(JSON.stringify(setting.events)).not.toContain('#token')
  })

  test('B21: a mailer that never answers holds up no reply', async () => {
    const setting = openPost({ mailer: { send: () => new Promise<void>(() => undefined) } })
    expect((await register(setting)).status).toBe(201)
    expect((await setting.send('POST', '/auth/password/forgot', { body: { email } })).status).toBe(204)
  })
})

describe('B21: forgetting a password', () => {
  test('reads the same and hashes nothing for a known and an unknown address; the rest comes after the reply', async () => {
    const log: string[] = []
    const store = createMemoryStore({ clock })
    const spied = new Proxy(store, {
      get: (target, name: keyof typeof store) => {
        log.push(name)
        // Comes after the reply, or there would be none.
        return name === 'insertTicket' ? () => new Promise(() => undefined) : target[name]
      },
    })
    const setting = openPost({ store: spied })
    await register(setting)
    const work = async (address: string) => {
      log.length = 0
      await setting.send('POST', '/auth/password/forgot', { body: { email: address } })
      return log.filter((name) => name !== 'insertTicket')
    }
    expect(await work('nobody@example.com')).toEqual(['accountByEmail'])
    expect(await work(email)).toEqual(['accountByEmail'])
  })
})

describe('a mail', () => {
  test('S35: greets nobody by a name that a stranger chose for the address', async () => {
    const post = openPost()
    const body = { email, password, display_name: 'Click https://evil.example.net' }
    await post.send('POST', '/auth/register', { body })
    const token = await post.linkToken()
    expect(post.mails).toMatchObject([{ kind: 'verify-email', name: null }])
    await post.send('POST', '/auth/email/verify', { body: { token } })
    await post.send('POST', '/auth/password/forgot', { body: { email } })
    await post.engine.settled()
    expect(post.mails.at(-1)).toMatchObject({ kind: 'reset-password', name: 'Click https://evil.example.net' })
  })

  test('of one account follows the one before: whatever the delays, the last link works', async () => {
    const gates: (() => void)[] = []
    const mails: Mail[] = []
    const send = async (mail: Mail) => {
      if (mails.push(mail) === 1) await new Promise<void>((resolve) => void gates.push(resolve))
    }
    const post = openPost({ mailer: { send } })
    const headers = bearer(grantOf(await register(post)).access_token)
    await post.send('POST', '/auth/email/resend', { headers })
    await expect.poll(() => gates.length).toBe(1)
    for (const open of gates) open()
    await post.engine.settled()
    const last = mails.at(-1)
    const token = last !== undefined && 'link' in last ? last.link.split('#token=')[1] : ''
    expect(mails).toHaveLength(2)
    expect((await post.send('POST', '/auth/email/verify', { body: { token } })).status).toBe(204)
  })

  test('B5, B29: rests in no store: only the digest of its token does', async () => {
    const seen: unknown[] = []
    const store = createMemoryStore({ clock })
    const insertTicket: typeof store.insertTicket = async (ticket) => {
      seen.push(ticket)
      await store.insertTicket(ticket)
    }
    const post = openPost({ store: { ...store, insertTicket } })
    await register(post)
    const token = await post.linkToken()
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(seen).toMatchObject([{ purpose: 'verify-email', email, hash: expect.stringMatching(/^[\w-]{43}$/) }])
    expect(JSON.stringify(seen)).not.toContain(token)
  })

  test.each([
    undefined,
    '',
    'app.example.com',
    'javascript:alert(1)',
    'https://app.example.com?a=b',
    'https://me@app.example.com',
  ])('S34: needs an address of the app, and %j is none', (wrong) => {
    const options = wrong === undefined ? {} : { appUrl: wrong }
    const mailer = { send: async () => undefined }
    expect(() => openSetting({ mailer, ...options })).toThrow(/appUrl/)
  })

  test('S34: links below the path of the app, with one slash between', async () => {
    const post = openPost({ appUrl: 'https://example.com/app/' })
    await register(post)
    await post.engine.settled()
    expect(post.mails).toMatchObject([
      { link: expect.stringMatching(/^https:\/\/example\.com\/app\/verify-email#token=/) },
    ])
  })
})

describe('B6: a new password', () => {
  test('wins over a login that has checked the old one, and opens its session only afterwards', async () => {
    const held = createLocks()
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const store = createMemoryStore({ clock })
    let slow = false
    const insertFamily: typeof store.insertFamily = async (...given) => {
      if (slow) await held('gate', () => gate)
      await store.insertFamily(...given)
    }
    const post = openPost({ store: { ...store, insertFamily } })
    const first = await register(post)
    slow = true
    const racing = login(post)
    const headers = bearer(grantOf(first).access_token)
    const body = { current_password: password, new_password: 'another long password' }
    expect((await post.send('POST', '/auth/password/change', { headers, body })).status).toBe(204)
    release()
    expect(codeOf(await racing)).toBe('invalid_credentials')
    const families = await store.listFamilies(grantOf(first).user.id)
    expect(families.filter(({ revokedAt }) => revokedAt === null)).toMatchObject([{ id: grantOf(first).sid }])
    expect((await refresh(post, tokenOf(first))).status).toBe(200)
  })

  test.each(['updateAccount', 'spendTicket'] as const)(
    'leaves no old session behind where the store goes away at %s',
    async (broken) => {
      const store = createMemoryStore({ clock })
      const post = openPost({ store: { ...store, [broken]: async () => Promise.reject(new StoreUnavailable()) } })
      await register(post)
      const [other, own] = [await login(post), await login(post)]
      await post.send('POST', '/auth/password/forgot', { body: { email } })
      const token = await post.linkToken()
      const headers = bearer(grantOf(own).access_token)
      const [path, body] =
        broken === 'spendTicket'
          ? (['/auth/password/reset', { token, password: 'another long password' }] as const)
          : (['/auth/password/change', { current_password: password, new_password: 'another long password' }] as const)
      expect(codeOf(await post.send('POST', path, { headers, body }))).toBe('unavailable')
      expect(codeOf(await refresh(post, tokenOf(other)))).toBe('session_revoked')
    },
  )
})
