// The guards on an app's own routes, as an app would use them.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMemoryStore, StoreUnavailable } from '@latchkey/engine'
import express, { type Express, Router } from 'express'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { createAuthRouter, principalOf, requireAuth, requirePermission, requireRole } from '../src/index.js'
import { aServer, plainPasswords } from './settings.js'
import { aMember, aVisitor } from './visitor.js'

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
    const unavailable = async () => Promise.reject(new StoreUnavailable('down'))
    const auth = createAuthRouter({
      ...options,
      store: { ...store, withFamily: unavailable, accountById: unavailable },
    })
    app.use(auth)
    app.get('/mine', auth.requireAuth(), (_request, response) => void response.json({}))
    const base = await open(app)
    const member = await aMember(base)
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
