// Signing in elsewhere without a server or a page: the client leaves, and comes back as whom the test chose.
import { createAuthClient } from '@latchkey/core'
import { createAccount, type Returned } from '@latchkey/core/account'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMockAuth } from '../src/index.js'
import { ada } from './wire-client.js'

const app = 'https://app.test'
const mock = createMockAuth({ baseURL: 'https://api.test/v1', users: [ada], providers: ['google', 'github'] })
const server = setupServer(...mock.handlers)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => mock.reset())
afterAll(() => server.close())

/** A tab of the app, as far as a journey needs one: to assign an address is to go there. */
function openTab() {
  const kept = new Map<string, string>()
  let arrived: Promise<void> = Promise.resolve()
  const location = {
    href: `${app}/login`,
    assign: (url: string | URL) => {
      arrived = mock.navigate(String(url)).then((at) => void (location.href = at))
    },
  }
  const scope = {
    location,
    history: {
      state: null,
      replaceState: (_state: unknown, _title: string, url: string) => void (location.href = url),
    },
    sessionStorage: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    },
    crypto,
  }
  const auth = createAuthClient({ baseURL: mock.baseURL, fetch: mock.fetch, tabs: false })
  const account = createAccount(auth, scope as Parameters<typeof createAccount>[1])
  return { auth, account, location, arrived: () => arrived }
}

let tab = openTab()
beforeEach(() => {
  tab = openTab()
})
afterEach(() => tab.auth.dispose())

async function loginWith(provider: string): Promise<Returned<unknown> | null> {
  await tab.account.loginWith(provider, { returnTo: '/account' })
  await tab.arrived()
  return tab.account.returned()
}

describe('B32: a provider of the mock', () => {
  test('is named in the options, and signs the client in as whom the test chose', async () => {
    expect(await tab.account.providers()).toEqual(['google', 'github'])
    mock.signedInAt('google', { email: 'grace@example.com', name: 'Grace' })
    const user = { email: 'grace@example.com', display_name: 'Grace', email_verified: true }
    expect(await loginWith('google')).toMatchObject({ status: 'authenticated', session: { user } })
    expect(tab.location.href).toBe(`${app}/account`)
    expect(mock.calls).toMatchObject({ oauthStart: 1, oauthCallback: 1, login: 0 })
  })

  test('has somebody signed in where the test chose nobody, and forgets them at a reset', async () => {
    const somebody = { session: { user: { email: 'somebody@example.com' } } }
    expect(await loginWith('github')).toMatchObject(somebody)
    mock.signedInAt('github', { email: 'grace@example.com' })
    mock.reset()
    expect(await loginWith('github')).toMatchObject(somebody)
  })

  test('B31: a proven address is the account that has proven it too, and an unproven one opens nothing', async () => {
    mock.signedInAt('google', { email: ada.email })
    expect(await loginWith('google')).toMatchObject({ session: { user: { email: ada.email, role: 'admin' } } })
    mock.signedInAt('github', { email: ada.email, emailVerified: false })
    expect(await loginWith('github')).toEqual({ status: 'failed', code: 'email_unverified' })
  })

  test('B31: one person is known by the subject, whatever the address is by now', async () => {
    const idOf = (returned: unknown) => (returned as { session: { user: { id: string } } }).session.user.id
    mock.signedInAt('google', { email: 'grace@example.com', subject: 'g-1' })
    const first = idOf(await loginWith('google'))
    mock.signedInAt('google', { email: 'hopper@example.com', subject: 'g-1' })
    expect(idOf(await loginWith('google'))).toBe(first)
  })

  test('where somebody cancels tells the app so', async () => {
    mock.signedInAt('google', null)
    expect(await loginWith('google')).toEqual({ status: 'failed', code: 'cancelled' })
  })

  test('S43: an account with a second factor is asked for it', async () => {
    const authenticator = await mock.requireMfa(ada.email)
    mock.signedInAt('google', { email: ada.email })
    const returned = await loginWith('google')
    expect(returned).toMatchObject({ status: 'mfa-required', methods: ['totp', 'backup_code'] })
    const challenge = (returned as { challenge: string }).challenge
    const code = authenticator.backupCodes[0] ?? ''
    expect(await tab.auth.verifyMfa({ challenge, code })).toMatchObject({ status: 'authenticated' })
  })

  test('links to the account of whoever is signed in', async () => {
    await tab.auth.login({ email: ada.email, password: ada.password })
    mock.signedInAt('github', { email: 'ada@elsewhere.example' })
    await tab.account.identities.link('github')
    await tab.arrived()
    const identity = { provider: 'github', email: 'ada@elsewhere.example' }
    expect(await tab.account.returned()).toMatchObject({ status: 'linked', identity })
    expect(await tab.account.identities.list()).toMatchObject([identity])
  })

  test('that the options do not name is told so', () => {
    expect(() => mock.signedInAt('gitlab', null)).toThrow(/no such provider.*google, github/)
  })
})
