// Laws of bad input: whatever is sent, the answer is a problem, never an accident.
import { describe, expect, test } from 'vitest'
import { freshEmail, type Grant, openDevice, password, signUp } from './device.js'
import type { Transport } from './transport.js'

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown

const bodies: Record<string, unknown> = {
  null: null,
  'a number': 1,
  'a string': 'x',
  'an array': [],
  'an empty object': {},
  'the wrong types': { email: 1, password: [] },
  'S5: a NUL in the address': { email: 'a\0b@example.com', password },
  'S5: a NUL in the password': { email: 'a@example.com', password: `${password}\0` },
  'S6: a lone surrogate in the password': { email: 'a@example.com', password: `${password}\uD800` },
  'S6: a lone surrogate in a key': { email: 'a@example.com', password, ['\uDFFF']: 1 },
  'an operator in place of a string': { email: { $ne: null }, password: { $ne: null } },
  'S4: a body of depth 500': { email: 'a@example.com', password, deep: nested(500) },
}

export function inputLaws(transport: () => Transport): void {
  describe('a bad body', () => {
    test.each(Object.entries(bodies))('B35: %s is a bad request to every route that reads one', async (_name, body) => {
      const device = await signUp(transport())
      const routes = transport().routes.filter((route) => route.body !== undefined && route.method === 'POST')
      const strict = routes.filter(({ path }) => ['/auth/register', '/auth/login'].includes(path))
      expect(strict).toHaveLength(2)
      for (const { method, path } of strict) {
        const reply = await device.send({ method, path, body, headers: { authorization: '', cookie: '' } })
        expect([400, 413, 422]).toContain(reply.status)
      }
    })

    test('S5, S6: control characters do not reach a stored name', async () => {
      const device = await signUp(transport())
      for (const display_name of ['a\0b', '\uD800', '\uDC00x']) {
        const reply = await device.send({ method: 'PATCH', path: '/auth/me', body: { display_name } })
        expect([400, 422]).toContain(reply.status)
      }
    })

    test('F36: a prototype is not a key', async () => {
      const text = `{"email":${JSON.stringify(freshEmail())},"password":"${password}","__proto__":{"role":"admin"}}`
      const headers = { 'content-type': 'application/json' }
      const reply = await openDevice(transport()).send({ method: 'POST', path: '/auth/register', text, headers })
      const { role } = reply.status === 201 ? (reply.body as Grant).user : { role: 'user' }
      expect([201, 400, 422]).toContain(reply.status)
      expect(role).toBe('user')
      expect(({} as Record<string, unknown>)['role']).toBeUndefined()
    })

    test.each(['', '{', '{"email":', 'undefined', "{'a':1}", '{"a":1}x'])('%j is no JSON', async (text) => {
      const headers = { 'content-type': 'application/json' }
      const reply = await openDevice(transport()).send({ method: 'POST', path: '/auth/login', text, headers })
      expect([400, 422]).toContain(reply.status)
    })

    test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
      'B10: of type %j is not read',
      async (type) => {
        const { email } = await signUp(transport())
        const text = JSON.stringify({ email, password })
        const sent = { method: 'POST', path: '/auth/login', text, headers: { 'content-type': type } }
        expect((await openDevice(transport()).send(sent)).status).toBe(415)
      },
    )

    test('S3: of more than 16 KB is refused', async () => {
      const body = { email: freshEmail(), password, display_name: 'x'.repeat(17_000) }
      const reply = await openDevice(transport()).send({ method: 'POST', path: '/auth/register', body })
      expect(transport().limitsBytes ? [413] : [400, 413, 422]).toContain(reply.status)
    })
  })

  describe('a wrong call', () => {
    test('B10: a GET changes nothing: it is not allowed where the table has none, and told what is', async () => {
      const known = new Map<string, string[]>()
      for (const { path, method } of transport().routes) known.set(path, [...(known.get(path) ?? []), method])
      const device = await signUp(transport())
      for (const [path, methods] of known) {
        if (methods.includes('GET')) continue
        const reply = await device.send({ method: 'GET', path: path.replace(/:\w+/, 'x') })
        expect(reply).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
        for (const method of methods) expect(reply.headers['allow']).toContain(method)
      }
      expect((await device.refresh()).gen).toBe(1)
    })

    test('of no route is not found', async () => {
      if (!transport().answersUnknownPaths) return
      for (const path of ['/auth/nothing', '/auth', '/auth/login/', '/auth/sessions/a/b', '/auth/__proto__']) {
        const reply = await openDevice(transport()).send({ method: 'POST', path, body: {} })
        expect([400, 404, 415]).toContain(reply.status)
      }
    })
  })

  test.each(["' OR '1'='1", "'; DROP TABLE accounts; --", '") OR 1=1 --', '%27', '\\'])(
    'S1: %j is a password like any other',
    async (injection) => {
      const { email } = await signUp(transport())
      const body = { email, password: injection }
      const reply = await openDevice(transport()).send({ method: 'POST', path: '/auth/login', body })
      expect(reply.status).toBe(401)
    },
  )
}
