import { createAuthClient } from '@latchkey/core'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMockAuth } from '../src/index.js'
import { ada } from './wire-client.js'

const baseURL = 'https://api.test'
const mock = createMockAuth({ baseURL, users: [ada] })
const server = setupServer(
  ...mock.handlers,
  mock.protect(http.get(`${baseURL}/projects`, () => HttpResponse.json(['latchkey']))),
)
const open = () => createAuthClient({ baseURL, fetch: mock.fetch })
let auth = open()

const projects = async (): Promise<unknown> => (await auth.fetch(`${baseURL}/projects`)).json()

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
beforeEach(() => {
  auth = open()
})
afterEach(() => {
  auth.dispose()
  mock.reset()
})
afterAll(() => server.close())

test('the client signs in, and its requests are answered', async () => {
  await expect(auth.login({ email: ada.email, password: ada.password })).resolves.toMatchObject({
    status: 'authenticated',
    session: { user: { email: ada.email, role: 'admin' } },
  })
  expect(await projects()).toEqual(['latchkey'])
  expect(mock.calls).toMatchObject({ login: 1, refresh: 0 })
})

test('the client survives expireAccessTokens with exactly one refresh, however many requests were under way', async () => {
  await auth.login({ email: ada.email, password: ada.password })
  mock.expireAccessTokens()
  expect(await Promise.all([projects(), projects(), projects()])).toEqual(Array.from({ length: 3 }, () => ['latchkey']))
  expect(mock.calls.refresh).toBe(1)
})

test('the client keeps the session through a 503, and refreshes when it is over', async () => {
  await auth.login({ email: ada.email, password: ada.password })
  mock.fault('refresh', { status: 503, times: Infinity })
  await expect(auth.refresh()).rejects.toMatchObject({ code: 'unreachable' })
  expect(auth.$session.get()).toMatchObject({ status: 'authenticated' })
  expect(auth.$refresh.get()).toMatchObject({ status: 'failing' })
})

test('the client’s session is ended by revokeSessions at the next refresh', async () => {
  await auth.login({ email: ada.email, password: ada.password })
  await mock.revokeSessions(ada.email)
  await auth.refresh().catch(() => undefined)
  expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'revoked' })
})

test('the client restores the session of mock.as with no login', async () => {
  await mock.as(ada.email)
  await expect(auth.restore()).resolves.toMatchObject({ status: 'authenticated', user: { email: ada.email } })
  expect(mock.calls).toMatchObject({ login: 0, refresh: 1 })
})

test('the client logs out: the cookie is gone, and a new client restores nobody', async () => {
  await auth.login({ email: ada.email, password: ada.password })
  await auth.logout()
  expect(mock.calls.logout).toBe(1)
  const next = open()
  await expect(next.restore()).resolves.toMatchObject({ status: 'unauthenticated', reason: 'no-session' })
  next.dispose()
})
