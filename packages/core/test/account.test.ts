import { describe, expect, it } from 'vitest'
import { createAccount } from '../src/account.js'
import type { WireCall } from '../src/index.js'
import { json } from './backend.js'
import { credentials, openClient, signedInTabs } from './open-client.js'

const spy = (): { readonly calls: WireCall[]; readonly account: ReturnType<typeof createAccount> } => {
  const calls: WireCall[] = []
  const account = createAccount({
    baseURL: 'https://api.test/',
    login: () => Promise.reject(new Error('Nobody logs in here.')),
    logout: () => Promise.resolve(),
    restore: () => Promise.reject(new Error('Nobody looks here.')),
    send(call) {
      calls.push(call)
      return Promise.resolve({ sessions: [] })
    },
  })
  return { calls, account }
}

describe('an account call is spelled as the server’s routes are', () => {
  const headers = { 'X-Latchkey': '1' }
  type Account = ReturnType<typeof createAccount>
  it.each<[(account: Account) => Promise<unknown>, WireCall]>([
    [(a) => a.verifyEmail('t'), { method: 'POST', path: 'auth/email/verify', headers, json: { token: 't' } }],
    [(a) => a.resendVerification(), { method: 'POST', path: 'auth/email/resend', headers }],
    [(a) => a.changeEmail('e'), { method: 'POST', path: 'auth/email/change', headers, json: { email: 'e' } }],
    [
      (a) => a.confirmEmailChange('t'),
      { method: 'POST', path: 'auth/email/change/confirm', headers, json: { token: 't' } },
    ],
    [(a) => a.forgotPassword('e'), { method: 'POST', path: 'auth/password/forgot', headers, json: { email: 'e' } }],
    [
      (a) => a.resetPassword({ token: 't', password: 'p' }),
      { method: 'POST', path: 'auth/password/reset', headers, json: { token: 't', password: 'p' } },
    ],
    [
      (a) => a.changePassword({ currentPassword: 'a', newPassword: 'b' }),
      { method: 'POST', path: 'auth/password/change', headers, json: { current_password: 'a', new_password: 'b' } },
    ],
    [(a) => a.sessions.list(), { method: 'GET', path: 'auth/sessions', headers }],
    [(a) => a.sessions.revokeOthers(), { method: 'DELETE', path: 'auth/sessions', headers }],
    [(a) => a.mfa.status(), { method: 'GET', path: 'auth/mfa', headers }],
    [(a) => a.mfa.enroll(), { method: 'POST', path: 'auth/mfa/totp/enroll', headers }],
    [(a) => a.mfa.confirm('1'), { method: 'POST', path: 'auth/mfa/totp/confirm', headers, json: { code: '1' } }],
    [(a) => a.mfa.disable(), { method: 'DELETE', path: 'auth/mfa/totp', headers }],
    [(a) => a.mfa.regenerateBackupCodes(), { method: 'POST', path: 'auth/mfa/backup-codes', headers }],
    [(a) => a.identities.list(), { method: 'GET', path: 'auth/identities', headers }],
    [(a) => a.identities.unlink('i-1'), { method: 'DELETE', path: 'auth/identities/i-1', headers }],
    [(a) => a.deleteAccount(), { method: 'DELETE', path: 'auth/me', headers, query: { confirm: 'true' } }],
    [(a) => a.providers(), { method: 'GET', path: 'auth/oauth', headers }],
    [(a) => a.sessions.revoke('s-1'), { method: 'DELETE', path: 'auth/sessions/s-1', headers }],
  ])('%s', async (run, call) => {
    const { calls, account } = spy()
    await run(account)
    expect(calls).toEqual([call])
  })
})

describe('an id is one path segment, whatever it holds', () => {
  it.each(['a/b', '../x', 'a?b', 'a#b', '%2e%2e', 'a\\b', '...', ' '])('%j stays one', async (id) => {
    const { calls, account } = spy()
    await account.sessions.revoke(id)
    const { pathname, search, hash } = new URL(calls[0]?.path ?? '', 'https://api.test/')
    expect([pathname.split('/').length, pathname.startsWith('/auth/sessions/'), search, hash]).toEqual([
      4,
      true,
      '',
      '',
    ])
    expect(decodeURIComponent(pathname.split('/')[3] ?? '')).toBe(id)
  })
  it.each(['', '.', '..'])('%j is invalid_input, and nothing is sent', async (id) => {
    const { calls, account } = spy()
    await expect(account.sessions.revoke(id)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(calls).toEqual([])
  })
})

describe('B28: an account that is deleted', () => {
  it('ends the session here and in every tab, and tells the server so', async () => {
    const [one, two] = await signedInTabs(2)
    const asked: string[] = []
    one.backend.answer('/auth/me', ({ path, init }) => {
      asked.push(`${init.method} ${path}`)
      return new Response(null, { status: 204 })
    })
    const deleted = createAccount(one.auth).deleteAccount()
    await one.clock.advance(5_000)
    await deleted
    expect(asked).toEqual(['DELETE /auth/me'])
    expect(one.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(two?.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out-elsewhere' })
    expect(one.backend.count('/auth/logout')).toBe(1)
    const again = openClient(one)
    await again.auth.restore()
    expect(again.auth.$session.get().status).toBe('unauthenticated')
  })
  it.each([
    ['step_up_required', 401, 'step_up_required'],
    ['last_admin', 409, 'protocol_error'],
    ['unavailable', 503, 'unreachable'],
  ])('leaves the session as it is where the server says %s', async (code, status, said) => {
    const { auth, backend } = openClient()
    await auth.login(credentials)
    backend.answer('/auth/me', () => json({ code, detail: 'No.' }, status))
    await expect(createAccount(auth).deleteAccount()).rejects.toMatchObject({ code: said, status })
    expect(auth.$session.get().status).toBe('authenticated')
    auth.dispose()
  })
})

describe('an account call', () => {
  it('bears the token, to the auth server only', async () => {
    const { auth, backend } = openClient()
    await auth.login(credentials)
    backend.answer('/auth/sessions', () => json({ sessions: [{ id: 's' }] }))
    expect(await createAccount(auth).sessions.list()).toEqual([{ id: 's' }])
    expect(backend.sent.at(-1)?.authorization).toBe(`Bearer ${backend.token()}`)
    for (const path of [
      'https://evil.test/x',
      '//evil.test/x',
      '/\\evil.test',
      'http://api.test/x',
      'https://api.test:444/',
    ]) {
      const before = backend.sent.length
      await expect(auth.send({ method: 'GET', path })).rejects.toMatchObject({ code: 'misconfigured' })
      expect(backend.sent.length).toBe(before)
    }
    auth.dispose()
  })
  it('C5 bears no token over plain http', async () => {
    const { auth, backend } = openClient(undefined, { baseURL: 'http://api.test' })
    await auth.login(credentials)
    backend.answer('/auth/sessions', () => json({ sessions: [] }))
    await createAccount(auth).sessions.list()
    expect(backend.sent.map((one) => one.authorization)).toEqual([null, null])
    auth.dispose()
  })
  it('C13 is never refreshed and replayed: its 401 is its answer', async () => {
    const { auth, backend } = openClient()
    await auth.login(credentials)
    backend.answer('/auth/sessions', () =>
      json({ code: 'x' }, 401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }),
    )
    await expect(createAccount(auth).sessions.list()).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect([backend.count('/auth/sessions'), backend.count('/auth/refresh')]).toEqual([1, 0])
    auth.dispose()
  })
})
