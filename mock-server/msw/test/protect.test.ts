import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createMockAuth } from '../src/index.js'
import { ada, bob, wireClient } from './wire-client.js'

const mock = createMockAuth({ baseURL: 'https://api.test', users: [ada, bob] })
const resolver = vi.fn<(info: { params: { id?: string } }) => Response>(({ params }) =>
  HttpResponse.json({ project: params.id }),
)
const server = setupServer(
  ...mock.handlers,
  mock.protect(http.get<{ id: string }>('https://api.test/projects/:id', resolver)),
  mock.protect(
    http.delete('https://api.test/projects/:id', () => new HttpResponse(null, { status: 204 })),
    { role: 'admin' },
  ),
  mock.protect(
    http.post('https://api.test/once', async ({ request }) => HttpResponse.json(await request.json()), { once: true }),
  ),
  http.post('https://api.test/once', () => HttpResponse.json('second')),
)
const client = wireClient(mock.fetch, 'https://api.test')

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => {
  mock.reset()
  resolver.mockClear()
})
afterAll(() => server.close())

test('a protected handler runs for a living token, with its params', async () => {
  const { access_token: token } = await client.login()
  expect(await (await client.ask('GET', '/projects/7', { token })).json()).toEqual({ project: '7' })
})

test('without a token the challenge is plain, and the handler does not run', async () => {
  const reply = await client.ask('GET', '/projects/7')
  expect(reply.status).toBe(401)
  expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/)
  expect(reply.headers.get('www-authenticate')).not.toContain('error=')
  expect(reply.headers.get('content-type')).toBe('application/problem+json')
  expect(resolver).not.toHaveBeenCalled()
})

test('an expired token is refused as one, by time or by expireAccessTokens', async () => {
  const { access_token: token } = await client.login()
  mock.expireAccessTokens()
  const expired = await client.ask('GET', '/projects/7', { token })
  const { access_token: next } = await client.login()
  mock.clock.advance('16m')
  const late = await client.ask('GET', '/projects/7', { token: next })
  for (const reply of [expired, late]) {
    expect(reply.status).toBe(401)
    expect(reply.headers.get('www-authenticate')).toContain('error="invalid_token"')
  }
  expect(resolver).not.toHaveBeenCalled()
})

test('a role is demanded where one is named: 403 insufficient_scope', async () => {
  const user = await client.login(bob.email, bob.password)
  const refused = await client.ask('DELETE', '/projects/7', { token: user.access_token })
  expect(refused.status).toBe(403)
  expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
  const admin = await client.login()
  expect((await client.ask('DELETE', '/projects/7', { token: admin.access_token })).status).toBe(204)
})

test('the body is the handler’s to read, and `once` still means once', async () => {
  const { access_token: token } = await client.login()
  expect(await (await client.ask('POST', '/once', { token, body: { a: 1 } })).json()).toEqual({ a: 1 })
  expect(await (await client.ask('POST', '/once', { token, body: { a: 1 } })).json()).toBe('second')
})
