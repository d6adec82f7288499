// The guards on an app's own routes, as an app would use them.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMemoryStore, StoreUnavailable } from '@latchkey/engine'
import express, { type Express, Router } from 'express'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import {
  createAuthRouter,
  principalOf,
  requireAuth,
  requirePermission,
  requireRecentLogin,
  requireRole,
} from '../src/index.js'
import { aServer, plainPasswords } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

const servers: Server[] = []
afterAll(() => servers.forEach((server) => server.close()))

const open = (app: Express) =>
  new Promise<string>((resolve) => {
    const server = app.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    )
    servers.push(server)
  })

const store = createMemoryStore()
const options = {
  store,
  passwords: plainPasswords,
  allowedOrigins: ['https://app.example.com'],
  permissions: { user: ['posts:read'], editor: ['posts:read', 'posts:write'] },
}

describe('behind a router that the request passes', () => {
  let base: string

  beforeAll(async () => {
    const app = express()
    app.use(createAuthRouter(options))
    app.get('/mine', requireAuth(), (request, response) => {
      expectTypeOf(request.auth?.sub).toEqualTypeOf<string | undefined>()
      response.json({ sub: principalOf(request).sub, auth: request.auth })
    })
    app.get('/admin', requireRole('admin'), (_request, response) => void response.json({}))
    app.get('/posts', requirePermission('posts:write'), (_request, response) => void response.json({}))
    app.get('/open', (request, response) => void response.json({ auth: request.auth ?? null }))
    base = await open(app)
  })

  it('strangers get 401 with a challenge, members go on with req.auth (B17)', async () => {
    const refused = await aVisitor(base).go('/mine')
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(refused.headers.get('content-type')).toContain('application/problem+json')
    const member = await aMember(base)
    const { status, body } = await member.go('/mine')
    expect([status, body]).toMatchObject([
      200,
      { auth: { sub: body['sub'], role: 'user', permissions: ['posts:read'] } },
    ])
  })

  it('a role or a permission that is missing is 403 insufficient_scope (B33)', async () => {
    const member = await aMember(base)
    for (const path of ['/admin', '/posts']) {
      const { status, headers } = await member.go(path)
      expect([status, headers.get('www-authenticate')]).toEqual([403, expect.stringContaining('insufficient_scope')])
    }
    expect((await aVisitor(base).go('/admin')).status).toBe(401)
  })

  it('other routes are not touched', async () => {
    expect((await (await aMember(base)).go('/open')).body).toEqual({ auth: null })
    expect((await aVisitor(base).go('/auth/unknown')).headers.get('content-type')).toContain('text/html')
  })
})

it('the runnable server takes routes of its own, guarded and readable by the app', async () => {
  const server = await aServer({
    store: createMemoryStore(),
    mount: (app, { requireAuth }) => {
      app.get('/api/hello', requireAuth(), (request, response) => {
        response.json({ message: 'hello', user: principalOf(request).sub })
      })
    },
  })
  const headers = { origin: 'http://localhost:5173' }
  const refused = await aVisitor(server.url).go('/api/hello', { headers })
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, headers.origin])
  const member = await aMember(server.url)
  const { status, body } = await member.go('/api/hello', { headers })
  await server.stop()
  expect([status, body['message']]).toEqual([200, 'hello'])
})

describe('with guards of the router', () => {
  it('the router may be mounted anywhere, under a prefix and inside another', async () => {
    const app = express()
    const api = Router()
    const auth = createAuthRouter(options)
    app.get('/early', auth.requireAuth(), (request, response) => void response.json(request.auth))
    api.use('/v1', auth)
    app.use('/api', api)
    const base = await open(app)
    const member = await aMember(`${base}/api/v1`)
    expect((await aVisitor(base, '', member.token).go('/early')).status).toBe(200)
    expect((await member.post('/auth/refresh')).status).toBe(200)
  })

  it("an app's own JSON parser before the router does no harm", async () => {
    const app = express()
    app.use(express.json(), createAuthRouter(options))
    const member = await aMember(await open(app))
    expect((await member.post('/auth/refresh')).status).toBe(200)
  })

  it("a store that does not answer closes the auth routes, not the app's own (B37)", async () => {
    const app = express()
    let isDown = false
    const unavailable = async () => Promise.reject(new StoreUnavailable('down'))
    const auth = createAuthRouter({
      ...options,
      store: {
        ...store,
        withFamily: async (id, step) => (isDown ? unavailable() : store.withFamily(id, step)),
        accountById: async (id) => (isDown ? unavailable() : store.accountById(id)),
      },
    })
    app.use(auth)
    app.get('/mine', auth.requireAuth(), (_request, response) => void response.json({}))
    const base = await open(app)
    const member = await aMember(base)
    isDown = true
    const { status, headers } = await member.go('/auth/me')
    expect([status, headers.get('retry-after')]).toEqual([503, '1'])
    expect((await member.go('/mine')).status).toBe(200)
  })

  it('a guard that finds no engine says what to do', async () => {
    const app = express()
    app.get('/mine', requireAuth())
    const told: unknown[] = []
    app.use(((error, _request, response, _next) => {
      told.push(error)
      response.status(500).json({})
    }) satisfies express.ErrorRequestHandler)
    await aVisitor(await open(app)).go('/mine')
    expect(String(told[0])).toContain('app.use(createAuthRouter(…)) before the guarded routes')
  })
})

describe('where the bearer is a cookie', () => {
  const origin = 'https://app.example.com'
  let base: string
  let cookie: string

  beforeAll(async () => {
    const app = express()
    const auth = createAuthRouter({ ...options, transport: 'cookie-only' })
    app.use(auth)
    app.all('/mine', auth.requireAuth(), (request, response) => void response.json({ sub: principalOf(request).sub }))
    base = await open(app)
    const registered = await fetch(`${base}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-latchkey': '1' },
      body: JSON.stringify({ email: 'cookie-only@example.com', password: 'correct horse battery staple' }),
    })
    cookie = registered.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
  })

  const go = async (method: string, headers: Readonly<Record<string, string>>) =>
    (await fetch(`${base}/mine`, { method, headers: { cookie, ...headers } })).status

  it('a request that only reads needs the cookie alone', async () => {
    expect(await go('GET', {})).toBe(200)
    expect(await go('HEAD', {})).toBe(200)
    expect(await go('GET', { cookie: '' })).toBe(401)
  })

  it.each([
    ['an allowed origin', { origin }],
    ['an allowed origin of the same site', { origin, 'sec-fetch-site': 'same-site' }],
    ['the same origin, by the browser’s word', { 'sec-fetch-site': 'same-origin' }],
    ['the header of the client', { 'x-latchkey': '1' }],
    ['an allowed Referer, where the browser says neither', { referer: `${origin}/account` }],
  ])('B9: one that may change something is let through from %s', async (_name, headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(await go(method, headers)).toBe(200)
  })

  it.each([
    ['who does not say where from', {}],
    ['another origin', { origin: 'https://evil.test' }],
    ['S24: a sibling of the site', { origin: 'https://evil.example.com', 'sec-fetch-site': 'same-site' }],
    ['S24: a sibling that does not say its name', { 'sec-fetch-site': 'same-site' }],
    ['S29: the origin null', { origin: 'null' }],
    ['another site under an allowed origin', { origin, 'sec-fetch-site': 'cross-site' }],
    ['another origin with the header', { origin: 'https://evil.test', 'x-latchkey': '1' }],
    ['another Referer, where the browser says neither', { referer: 'https://evil.test/' }],
    [
      'an allowed Referer of a sibling that does not say its name',
      { referer: `${origin}/`, 'sec-fetch-site': 'same-site' },
    ],
    ['the address bar', { 'sec-fetch-site': 'none' }],
  ])('B9: one that may change something is refused from %s', async (_name, headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(await go(method, headers)).toBe(403)
  })
})

describe('B28: requireRecentLogin', () => {
  let now = Date.now()
  let base: string

  beforeAll(async () => {
    const app = express()
    const clock = { now: () => now }
    app.use(createAuthRouter({ ...options, store: createMemoryStore({ clock }), clock }))
    app.get('/transfer', requireRecentLogin('15m'), (request, response) => {
      response.json({ authTime: principalOf(request).authTime, amr: principalOf(request).amr })
    })
    base = await open(app)
  })

  it('lets through who has just logged in, and says when and how', async () => {
    const { status, body } = await (await aMember(base)).go('/transfer')
    expect([status, body]).toEqual([200, { authTime: Math.floor(now / 1000) * 1000, amr: ['pwd'] }])
  })

  it('is 401 with the challenge of RFC 9470 after that, whatever was refreshed, until the next login', async () => {
    const member = await aMember(base)
    now += 15 * 60_000 + 1_000
    const { body: grant } = await member.post('/auth/refresh')
    member.token = String(grant['access_token'])
    const refused = await member.go('/transfer')
    expect([refused.status, refused.body['code'], refused.headers.get('www-authenticate')]).toEqual([
      401,
      'step_up_required',
      'Bearer error="insufficient_user_authentication", max_age=900',
    ])
    const { body: fresh } = await member.post('/auth/login', { email: member.email, password })
    member.token = String(fresh['access_token'])
    expect((await member.go('/transfer')).status).toBe(200)
  })

  it('is 401 without an error where nobody is signed in (B17)', async () => {
    const { status, headers } = await aVisitor(base).go('/transfer')
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })

  it.each(['', '15', 'm', '0m', '-1m', '15 minutes', '1.5h'])('%j is no duration, and says so at once', (within) => {
    expect(() => requireRecentLogin(within)).toThrow(/requireRecentLogin\(.*15m/)
  })
})
