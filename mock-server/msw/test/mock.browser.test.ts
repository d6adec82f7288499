import { createAuthClient } from '@latchkey/core'
import { createPasskeys } from '@latchkey/core/passkeys'
import { http, HttpResponse } from 'msw'
import { setupWorker } from 'msw/browser'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { createMockAuth } from '../src/index.js'
import { ada, bob, codeOf, wireClient } from './wire-client.js'

const mock = createMockAuth({ baseURL: '/api', users: [ada, bob] })
const resolver = vi.fn<() => Response>(() => HttpResponse.json(['latchkey']))
const worker = setupWorker(...mock.handlers, mock.protect(http.get('/api/projects', resolver)))
const client = wireClient((input, init) => fetch(input, init), '/api')

beforeAll(async () => {
  await worker.start({ quiet: true, onUnhandledFrame: 'bypass' })
})
afterEach(async () => {
  await client.ask('POST', '/auth/logout')
  mock.reset()
})
afterAll(async () => {
  await worker.stop()
})

test('a login signs in, and its HttpOnly cookie refreshes, unseen by the page', async () => {
  const { sid, user } = await client.login()
  expect(user.email).toBe(ada.email)
  expect(document.cookie).toBe('')
  expect(await (await client.refresh()).json()).toMatchObject({ sid, gen: 1, user: { email: ada.email } })
  expect(mock.calls).toMatchObject({ login: 1, refresh: 1 })
})

test('the refreshed cookie replaces the one before: the next rotation is the next generation', async () => {
  await client.login()
  await client.refresh()
  mock.clock.advance('1m')
  expect(await (await client.refresh()).json()).toMatchObject({ gen: 2 })
})

test('a logout takes the cookie away', async () => {
  await client.login()
  expect((await client.ask('POST', '/auth/logout')).status).toBe(204)
  const reply = await client.refresh()
  expect([reply.status, await codeOf(reply)]).toEqual([401, 'no_session'])
})

test('credentials: omit carries no cookie', async () => {
  await client.login()
  expect((await client.ask('POST', '/auth/refresh', { credentials: 'omit' })).status).toBe(401)
})

test('expireAccessTokens and revokeSessions hold in the worker', async () => {
  const { access_token } = await client.login()
  expect((await client.me(access_token)).status).toBe(200)
  mock.expireAccessTokens()
  const reply = await client.me(access_token)
  expect(reply.headers.get('www-authenticate')).toContain('error="invalid_token"')
  await mock.revokeSessions(ada.email)
  expect(await codeOf(await client.refresh())).toBe('session_revoked')
})

test('protect runs the app’s own handler for a living token only', async () => {
  const { access_token: token } = await client.login(bob.email, bob.password)
  expect((await client.ask('GET', '/projects')).status).toBe(401)
  expect(resolver).not.toHaveBeenCalled()
  expect(await (await client.ask('GET', '/projects', { token })).json()).toEqual(['latchkey'])
})

test('faults strike: a status, a broken network, a portal, a lost reply', async () => {
  await client.login()
  mock.fault('refresh', { status: 503, retryAfter: 1 })
  mock.fault('refresh', { network: 'error' })
  mock.fault('refresh', { network: 'html' })
  mock.fault('refresh', { lostReply: true })
  const unavailable = await client.refresh()
  expect([unavailable.status, unavailable.headers.get('retry-after')]).toEqual([503, '1'])
  await expect(client.refresh()).rejects.toThrow(TypeError)
  expect((await client.refresh()).headers.get('content-type')).toBe('text/html')
  await expect(client.refresh()).rejects.toThrow(TypeError)
  expect(await (await client.refresh()).json()).toMatchObject({ gen: 1 })
})

test('a call without an answer ends when the page gives up', async () => {
  mock.fault('me', { network: 'timeout' })
  const giveUp = new AbortController()
  const call = fetch('/api/auth/me', { signal: giveUp.signal })
  await vi.waitUntil(() => mock.calls.me === 1)
  giveUp.abort()
  await expect(call).rejects.toThrow(/abort/i)
})

test('the real client signs in, survives expired tokens with one refresh, and restores after a reload', async () => {
  const auth = createAuthClient({ baseURL: '/api' })
  await auth.login({ email: ada.email, password: ada.password })
  mock.expireAccessTokens()
  expect(await (await auth.fetch('/api/projects')).json()).toEqual(['latchkey'])
  expect(mock.calls.refresh).toBe(1)
  auth.dispose()
  const reloaded = createAuthClient({ baseURL: '/api' })
  await expect(reloaded.restore()).resolves.toMatchObject({ status: 'authenticated', user: { email: ada.email } })
  await reloaded.logout()
  reloaded.dispose()
})

test('passkeys are real in the worker: the browser’s authenticator makes one, and the mock looks at its signature', async () => {
  const { send } = cdp() as unknown as { readonly send: (method: string, params?: object) => Promise<unknown> }
  await send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  }
  await send('WebAuthn.addVirtualAuthenticator', { options })
  const auth = createAuthClient({ baseURL: '/api', name: 'passkeys' })
  await auth.login(bob)
  const passkeys = createPasskeys(auth)
  await passkeys.register('My laptop')
  await auth.logout()
  expect(await passkeys.signIn()).toMatchObject({ status: 'authenticated', session: { user: { email: bob.email } } })
  expect(mock.calls).toMatchObject({ registerPasskey: 1, loginByPasskey: 1 })
  auth.dispose()
  await send('WebAuthn.disable')
})
