import { describe, expect, it } from 'vitest'
import type { Credentials, LoginResult, MfaAnswer, WireCall } from '../src/index.js'
import { latchkey } from '../src/index.js'
import { createPasskeys } from '../src/passkeys.js'

const opened = () => {
  const calls: WireCall[] = []
  const never = (): Promise<LoginResult<unknown>> => Promise.reject(new Error('no login was expected'))
  const passkeys = createPasskeys<unknown>({
    send(call) {
      calls.push(call)
      return Promise.resolve({ challenge: 'AAAA', passkeys: [] })
    },
    login: never satisfies (credentials: Credentials) => unknown,
    verifyMfa: never satisfies (answer: MfaAnswer) => unknown,
  })
  return { calls, passkeys }
}

describe('a passkey call is spelled as the server’s routes are', () => {
  const headers = { 'X-Latchkey': '1' }
  it.each<[(passkeys: ReturnType<typeof opened>['passkeys']) => Promise<unknown>, WireCall]>([
    [(p) => p.list(), { method: 'GET', path: 'auth/passkeys', headers }],
    [(p) => p.rename('k', 'Desk'), { method: 'PATCH', path: 'auth/passkeys/k', headers, json: { name: 'Desk' } }],
    [(p) => p.remove('a/b'), { method: 'DELETE', path: 'auth/passkeys/a%2Fb', headers }],
  ])('%s', async (run, call) => {
    const { calls, passkeys } = opened()
    await run(passkeys)
    expect(calls).toEqual([call])
  })

  it('a login by passkey goes to a route of its own, a second step to the one of every second step', () => {
    const { login, verifyMfa } = latchkey()
    expect(login({ passkey: {} })).toMatchObject({ path: 'auth/passkeys/login', json: { passkey: {} } })
    expect(login({ email: 'a', password: 'b' })).toMatchObject({ path: 'auth/login' })
    const answer = { challenge: 'c', passkey: {} }
    expect(verifyMfa?.(answer)).toMatchObject({ path: 'auth/mfa/verify', json: answer })
  })
})

describe('where there are no passkeys', () => {
  it('says so, and why', async () => {
    const { passkeys } = opened()
    expect(passkeys.isSupported()).toBe(false)
    await expect(passkeys.signIn()).rejects.toMatchObject({ code: 'misconfigured', message: /not supported/ })
    await expect(passkeys.register('x')).rejects.toMatchObject({ code: 'misconfigured' })
  })

  it.each(['', '.', '..'])('CVE-2025-48370: %j is no id, and nothing is sent', async (id) => {
    const { calls, passkeys } = opened()
    await expect(passkeys.remove(id)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(calls).toEqual([])
  })
})
