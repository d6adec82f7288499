// What a cache between server and browser may keep. The law: of all replies, with and without cookies, the public keys alone (B12, S48).
import { createMemoryStore, routes } from '@latchkey/engine'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunningServer } from '../src/start-server.js'
import { aServer } from './settings.js'
import { aMail, aMember, aVisitor, password } from './visitor.js'

let server: RunningServer

beforeAll(async () => {
  server = await aServer({
    store: createMemoryStore(),
    mount: (app) => {
      app.get('/broken', () => {
        throw new Error('broken')
      })
    },
  })
})
afterAll(() => server.stop())

it('S48, B12: every route, found, refused or failing, by a member, a stranger and a page, says no-store, with every cookie', async () => {
  const member = await aMember(server.url)
  const credentials = { email: member.email, password }
  const open = new Set<string>()
  let cookies = 0
  const paths = routes.map(({ method, path }) => ({ method, path: path.replaceAll(/:\w+/g, 'x') }))
  const others = ['/nothing', '/auth/nothing', '/broken', '/auth/me/'].map((path) => ({ method: 'GET', path }))
  for (const { method, path } of [...paths, ...others]) {
    const inside = aVisitor(server.url)
    await inside.post('/auth/login', credentials)
    for (const visitor of [inside, aVisitor(server.url)]) {
      for (const json of method === 'GET' ? [undefined] : [undefined, {}, credentials, { email: aMail(), password }]) {
        const sent = { method, ...(json === undefined ? {} : { json }) }
        for (const headers of [{}, { origin: 'https://evil.test' }, { 'x-latchkey': '' }]) {
          const reply = await visitor.go(path, { ...sent, headers })
          cookies += reply.headers.getSetCookie().length
          const rule = reply.headers.get('cache-control')
          if (rule !== 'no-store') open.add(`${method} ${path} ${reply.status} ${rule}`)
          if (rule !== 'no-store') expect(reply.headers.getSetCookie()).toEqual([])
        }
      }
    }
  }
  expect([...open]).toEqual(['GET /.well-known/jwks.json 200 public, max-age=300'])
  expect(cookies).toBeGreaterThan(10)
})
